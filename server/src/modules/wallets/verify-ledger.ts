import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { ledgerProblems } from './wallets.store.ts';

/** A wallet whose ledger is not what was written. */
export interface LedgerProblem {
  workspace_id: string;
  wallet_id: string;
  seq: number;
  problem: string;
}

const MOST = 100;

/** Checks the hash chain and the sums of every wallet's ledger (threats.md T30). */
export async function verifyLedger(app: App, caller: Caller): Promise<LedgerProblem[]> {
  return (
    await app.work(caller, (w) => w.defer<LedgerProblem>(ledgerProblems(MOST)), { lane: 'slow' })
  ).rows;
}
