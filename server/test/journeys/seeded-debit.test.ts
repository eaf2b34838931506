import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Statement } from '../../src/db/drivers/statement.ts';
import { engine } from '../kit/database.ts';
import { startProgram, type TestProgram } from '../kit/program.ts';
import {
  type BillingWorkspace,
  billingWorkspace,
  newCustomer,
} from '../surfaces/billing/billing-kit.ts';

/**
 * A storm counts for something only if it turns red where a fault is put in (threats.md, "What
 * follows for the build" 6): here a debit reads the balance first and writes it later. The
 * embedded database has one session, so nothing interleaves there.
 */
vi.mock('../../src/modules/wallets/wallets.store.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('../../src/modules/wallets/wallets.store.ts')>();
  const unlocked =
    (make: (...values: unknown[]) => Statement) =>
    (...values: unknown[]): Statement => {
      const s = make(...values);
      return { ...s, name: undefined, text: s.text.replace(/for update( of w)?/, '') };
    };
  return { ...real, debit: unlocked(real.debit), lockWallets: unlocked(real.lockWallets) };
});

let program: TestProgram;
let ws: BillingWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await billingWorkspace(program);
});
afterAll(() => program.close());

describe.runIf(engine === 'postgres')('the check of the ledger', () => {
  it('turns red for a debit that reads first and writes later', async () => {
    const { walletId } = await newCustomer(ws, { mode: 'POSTPAID', default_credit_limit: '100' });
    const answers = await Promise.all(
      Array.from({ length: 150 }, () =>
        ws.bill('POST', `/wallets/${walletId}/debit`, { amount: '1' }),
      ),
    );
    const through = answers.filter((a) => a.status === 201).length;
    const { body } = await program.root('GET', '/admin/v1/doctor/ledger');
    expect(through !== 100 || !body.ok).toBe(true);
  });
});
