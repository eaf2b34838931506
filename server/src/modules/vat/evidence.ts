import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { canonicalJson } from '../../kernel/canonical.ts';
import { newId } from '../../kernel/ids.ts';
import type { VatNumber } from '../../kernel/vat-number.ts';
import type { App } from '../app.ts';
import type { VatAnswer } from './register.ts';
import { insertValidation } from './vat.store.ts';

/** What led to a row of evidence. */
export type CheckType = 'automatic' | 'requested' | 'recheck' | 'override' | 'override_cleared';

/** A row of evidence as it is kept (billing.md C5, contracts/README.md decision 32). */
export interface VatValidation {
  workspace_id: string;
  id: string;
  seq: number;
  customer_id: string;
  provider: 'vies' | 'manual';
  check_type: CheckType;
  country: string | null;
  number: string | null;
  requester: string | null;
  verdict: 'valid' | 'invalid' | 'unavailable' | null;
  failure: string | null;
  consultation_number: string | null;
  payload: Record<string, unknown>;
  actor_id: string;
  checked_at: string;
  expires_at: string | null;
  name: string | null;
  address: string | null;
  reason: string | null;
}

interface Evidence {
  customerId: string;
  type: CheckType;
  number: VatNumber | undefined;
  at: string;
  /** Until when it holds; only where it says that the number is valid. */
  expiresAt: string | null;
}

/** Keeps what the register answered, or why it did not. */
export function keepAnswer(
  app: App,
  w: Work,
  caller: Caller,
  evidence: Evidence,
  answer: VatAnswer,
): void {
  const said = answer.verdict === 'unavailable' ? undefined : answer;
  const personal = [said?.name ?? null, said?.address ?? null, null] as const;
  w.defer(
    insertValidation(
      ...start(caller, evidence, 'vies'),
      app.vies?.requester ?? null,
      answer.verdict,
      answer.verdict === 'unavailable' ? answer.failure : null,
      said?.consultationNumber ?? null,
      answer.payload,
      digest(app, personal),
      ...end(caller, evidence),
      ...personal,
    ),
  );
}

/** Keeps what a person decided, or that it was taken back. */
export function keepDecision(
  app: App,
  w: Work,
  caller: Caller,
  evidence: Evidence,
  reason: string | null,
): void {
  const personal = [null, null, reason] as const;
  w.defer(
    insertValidation(
      ...start(caller, evidence, 'manual'),
      null,
      null,
      null,
      null,
      {},
      digest(app, personal),
      ...end(caller, evidence),
      ...personal,
    ),
  );
}

const start = (caller: Caller, { customerId, type, number }: Evidence, provider: string) => [
  caller.workspaceId,
  newId(),
  customerId,
  provider,
  type,
  number?.country ?? null,
  number?.number ?? null,
];
const end = (caller: Caller, { at, expiresAt }: Evidence) => [
  caller.actor.kind,
  caller.actor.id,
  at,
  expiresAt,
];
const digest = (app: App, personal: readonly (string | null)[]) =>
  personal.every((part) => part === null) ? null : app.keys.personalDigest(canonicalJson(personal));
