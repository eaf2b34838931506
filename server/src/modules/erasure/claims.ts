import { type Statement, statement } from '../../db/drivers/statement.ts';
import type { Work } from '../../db/work.ts';
import type { Keys } from '../../kernel/secrets.ts';
import { type Customer, personalFields, updateAll } from '../customers/index.ts';
import { recordEvents } from '../events/index.ts';
import { type Member, personalMemberFields } from '../members/index.ts';
import { anonymisedMember } from './anonymise.ts';

/** What erasing one customer knows. */
export interface Erasure {
  keys: Keys;
  workspaceId: string;
  before: Customer;
  after: Customer;
  at: string;
}

type Claim = (w: Work, e: Erasure) => Promise<void> | void;

const allMembers = statement(
  'erasure.members',
  `select workspace_id, id, customer_id, created_at, modified_at, deleted_at, email, name,
     external_id, role from members where workspace_id = $1 and customer_id = $2 for update`,
);
const writeMembers = statement(
  'erasure.write_members',
  `update members m set email = r.email, name = r.name, external_id = r.external_id,
     modified_at = r.modified_at, deleted_at = r.deleted_at
   from jsonb_populate_recordset(null::members, $1) r
   where m.workspace_id = $2 and r.workspace_id = m.workspace_id and m.id = r.id`,
);
const rewrite = (table: 'events' | 'outbox') =>
  statement(
    `erasure.${table}`,
    `update ${table} set data = case
         when type = any($5::text[]) then data || $3::jsonb
         when data ? 'reason' then data || '{"reason": null}'
         when type like 'member.%' then data || $4::jsonb
         else data end
     where workspace_id = $1 and customer_id = $2`,
  );
const rewriteEvents = rewrite('events');
const rewriteOutbox = rewrite('outbox');
const dropPersonalAudit = statement(
  'erasure.audit',
  'delete from audit_personal where workspace_id = $1 and customer_id = $2',
);
/** A mail about several customers names them all. */
const dropMails = statement(
  'erasure.mails',
  'delete from mails where workspace_id = $1 and (customer_id = $2 or customer_id is null)',
);
const endSessions = statement(
  'erasure.sessions',
  `update portal_sessions set ended_at = coalesce(ended_at, now()), return_url = null
   where workspace_id = $1 and customer_id = $2`,
);
const dropTokens = statement(
  'erasure.tokens',
  'delete from one_time_tokens where workspace_id = $1 and customer_id = $2',
);
const dropAccounts = statement(
  'erasure.accounts',
  'delete from linked_accounts where workspace_id = $1 and customer_id = $2',
);
const emptyIntents = statement(
  'erasure.payment_intents',
  'update payment_intents set details = null where workspace_id = $1 and customer_id = $2',
);
/** The processor is told afterwards: what is open stays open until it has answered. */
const detachMethods = statement(
  'erasure.detach_methods',
  `insert into payment_intents (workspace_id, id, customer_id, processor, kind, subject, method_id,
     due_at)
   select workspace_id, gen_random_uuid(), customer_id, processor, 'detach', id::text, id, now()
   from payment_methods where workspace_id = $1 and customer_id = $2 and deleted_at is null
   on conflict do nothing`,
);
const emptyMethods = statement(
  'erasure.payment_methods',
  `update payment_methods set brand = null, last4 = null, exp_month = null, exp_year = null,
     funding = null, wallet = null, is_default = false, modified_at = $3,
     deleted_at = coalesce(deleted_at, $3::timestamptz)
   where workspace_id = $1 and customer_id = $2`,
);
const forgetPayers = statement(
  'erasure.forget_payers',
  `insert into payment_intents (workspace_id, id, customer_id, processor, kind, subject, due_at)
   select workspace_id, gen_random_uuid(), customer_id, processor, 'forget', processor_id, now()
   from payment_customers where workspace_id = $1 and customer_id = $2
   on conflict do nothing`,
);
const dropSandbox = statement(
  'erasure.sandbox_objects',
  'delete from sandbox_objects where workspace_id = $1 and customer_id = $2',
);
const emptyNotes = statement(
  'erasure.ledger_notes',
  `update ledger_notes set reason = null, reference = null
   where workspace_id = $1 and customer_id = $2`,
);
const emptyVat = statement(
  'erasure.vat_validation_personal',
  `update vat_validation_personal set name = null, address = null, reason = null
   where workspace_id = $1 and customer_id = $2`,
);
const dropJobs = statement(
  'erasure.jobs',
  'delete from jobs where workspace_id = $1 and customer_id = $2',
);
/** Buyers by the customer itself or by an address that it or its team ever had. */
const emptyPayments = statement(
  'erasure.file_share_payments',
  `update file_share_payments set buyer_email = null, buyer_name = null
   where workspace_id = $1 and (customer_id = $2 or buyer_email_key = any($3::text[]))`,
);
const emptyUsage = statement(
  'erasure.usage',
  `update usage_events set metadata = '{}', external_id = null
   where workspace_id = $1 and customer_id = $2`,
);
const emptyRecords = statement(
  'erasure.records',
  `update customer_records set metadata = '{}' where workspace_id = $1 and customer_id = $2`,
);
const emptyMerges = statement(
  'erasure.merges',
  `with emptied as (
     update merges set fields = null
     where workspace_id = $1 and (source_customer_id = $2 or target_customer_id = $2)
     returning id
   )
   update merge_moves set detail = null
   where workspace_id = $1 and merge_id in (select id from emptied)`,
);
const emptyAnswers = statement(
  'erasure.answers',
  `update idempotency_keys set answer = null
   where workspace_id = $1 and (customer_id = $2 or key_hash = any($3::bytea[]))`,
);
/** Answers about nobody, and refusals: one given to another customer may name this one's address. */
const suspects = statement(
  'erasure.suspects',
  `select key_hash, answer from idempotency_keys
   where workspace_id = $1 and answer is not null and (customer_id is null or status >= 400)`,
);

/** Everything the customer and its team ever went by; read before the audit trail forgets it. */
const knownAs = statement(
  'erasure.known_as',
  `select distinct t.word from (
     select v.value as word from audit_personal p, lateral (
       select * from jsonb_each_text(coalesce(p.before, '{}'))
       union all select * from jsonb_each_text(coalesce(p.after, '{}'))) v
     where p.workspace_id = $1 and p.customer_id = $2
       and v.key in ('email', 'name', 'external_id', 'billing_name')
     union all
     select unnest(array[m.email, m.name, m.external_id]) from members m
     where m.workspace_id = $1 and m.customer_id = $2
     union all
     select unnest(array[c.email, c.name, c.external_id, c.billing_name]) from customers c
     where c.workspace_id = $1 and c.id = $2
   ) t where length(t.word) >= 3`,
);

/** A text as it looks inside a kept answer, without regard to case. */
const trace = (word: string) => JSON.stringify(word).slice(1, -1).toLowerCase();

const ids = (e: Erasure) => [e.workspaceId, e.before.id] as const;
const plain =
  (make: (e: Erasure) => Statement): Claim =>
  (w, e) => {
    w.defer(make(e));
  };

function rewritten(make: (...values: unknown[]) => Statement): Claim {
  return plain((e) => {
    const customer = Object.fromEntries(
      personalFields.map((f) => [f, e.after[f as keyof Customer]]),
    );
    const member = Object.fromEntries(personalMemberFields.map((f) => [f, null]));
    return make(...ids(e), customer, member, recordEvents);
  });
}

/** A table without personal data, and why. */
const nothing =
  (_why: string): Claim =>
  () => {};

/**
 * What erasure does in every table that points at a customer. The `claims` law checks that no
 * such table is missing here.
 */
export const erasureClaims: Record<string, Claim> = {
  // Before the audit trail: it knows the names the customer had earlier.
  idempotency_keys: async (w, e) => {
    const known = await w.run<{ word: string }>(knownAs(...ids(e)));
    const words = known.rows.map((r) => trace(r.word));
    const { rows } = await w.run<{ key_hash: Buffer; answer: Buffer }>(suspects(e.workspaceId));
    const found = rows.filter(({ answer }) => {
      const text = JSON.parse(e.keys.open(answer)).body?.toLowerCase() ?? '';
      return words.some((word) => text.includes(word));
    });
    w.defer(
      emptyAnswers(
        ...ids(e),
        found.map((r) => r.key_hash),
      ),
    );
  },
  file_share_payments: async (w, e) => {
    const { rows } = await w.run<{ word: string }>(knownAs(...ids(e)));
    const addresses = rows.map((r) => r.word.toLowerCase());
    w.defer(emptyPayments(...ids(e), addresses));
  },
  customers: plain((e) => updateAll([e.after], e.workspaceId)),
  members: async (w, e) => {
    const { rows } = await w.run<Member>(allMembers(...ids(e)));
    const after = rows.map((m) => anonymisedMember(e.keys, m, e.at));
    w.defer(writeMembers(JSON.stringify(after), e.workspaceId));
  },
  audit_log: nothing('holds names of fields and a keyed digest, never a personal value'),
  audit_personal: plain((e) => dropPersonalAudit(...ids(e))),
  // First where events come from: one that is moved meanwhile is then met in the change log.
  outbox: rewritten(rewriteOutbox),
  events: rewritten(rewriteEvents),
  mails: plain((e) => dropMails(...ids(e))),
  usage_events: plain((e) => emptyUsage(...ids(e))),
  portal_sessions: plain((e) => endSessions(...ids(e))),
  one_time_tokens: plain((e) => dropTokens(...ids(e))),
  jobs: plain((e) => dropJobs(...ids(e))),
  linked_accounts: plain((e) => dropAccounts(...ids(e))),
  payment_intents: plain((e) => emptyIntents(...ids(e))),
  payment_methods: (w, e) => {
    w.defer(detachMethods(...ids(e)));
    w.defer(emptyMethods(...ids(e), e.at));
  },
  payment_customers: plain((e) => forgetPayers(...ids(e))),
  sandbox_objects: plain((e) => dropSandbox(...ids(e))),
  customer_tags: nothing('follows the tags of the customer, which are cleared'),
  wallets: nothing('holds amounts alone'),
  wallet_topups: nothing('holds amounts, and ids and reasons of the processor'),
  ledger_notes: plain((e) => emptyNotes(...ids(e))),
  vat_validations: nothing('is evidence for the tax office: numbers, verdicts and a keyed digest'),
  vat_validation_personal: plain((e) => emptyVat(...ids(e))),
  meter_credits: nothing('holds amounts alone'),
  // Amounts and ids stay: they are evidence for the tax office (threats.md T41).
  customer_records: plain((e) => emptyRecords(...ids(e))),
  // A merge that has forgotten the records cannot be undone any more.
  merges: plain((e) => emptyMerges(...ids(e))),
};
