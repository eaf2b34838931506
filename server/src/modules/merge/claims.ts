import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Customer } from '../customers/index.ts';
import {
  type HoldMove,
  type MergedBalance,
  mergeWallets,
  splitWallets,
  type Unsplit,
  type WalletMove,
} from '../wallets/index.ts';
import {
  addMoves,
  dropTokens,
  endSessions,
  handingOn,
  movesOf,
  repointing,
} from './merge.store.ts';
import type { Counts } from './merge.ts';
import { joinTeams, partTeams } from './merge-members.ts';

interface Both {
  caller: Caller;
  workspaceId: string;
  mergeId: string;
  /** As they were when they were locked. */
  source: Customer;
  target: Customer;
  at: string;
}

/** What a merge knows while it goes through the tables, and what it has found out. */
export interface Merging extends Both {
  counts: Counts;
  balances: MergedBalance[];
}

/** What an undo knows while it goes through the tables, and what it could not return. */
export interface Undoing extends Both {
  unsplit: Unsplit[];
}

/** What a merge does in one table that points at customers, and how that is undone. */
interface Claim {
  merge(w: Work, m: Merging): Promise<void> | void;
  undo(w: Work, u: Undoing): Promise<void> | void;
}

const nothing = () => {};

/** Rows that stay with the source, and why. */
const stays = (_why: string): Claim => ({ merge: nothing, undo: nothing });

/**
 * Rows that go to the survivor and come back. `count`: the name under which they are counted, or
 * one for each value of `shown`; the other options are those of `repointing`.
 */
function goes(
  table: string,
  options: Parameters<typeof repointing>[1] & {
    count?: keyof Counts;
    countBy?: Record<string, keyof Counts>;
  } = {},
): Claim {
  const { count, countBy, ...how } = options;
  const { go, back } = repointing(table, how);
  const values = ({ workspaceId, source, target, mergeId }: Both) =>
    [workspaceId, source.id, target.id, mergeId] as const;
  return {
    async merge(w, m) {
      const { rows } = await w.run<{ shown: unknown; n: number }>(go(...values(m)));
      for (const { shown, n } of rows) {
        const name = countBy?.[String(shown)] ?? count;
        if (name !== undefined) m.counts[name] += n;
      }
    },
    async undo(w, u) {
      const { rows } = await w.run<{ gone: number }>(back(...values(u)));
      const gone = rows[0]?.gone ?? 0;
      if (gone === 0) return;
      const detail = `${gone} of its rows are not with the target any more`;
      u.unsplit.push({ kind: table, id: u.source.id, detail });
    },
  };
}

const rowsOf = <T>(map: Map<string, T>) =>
  JSON.stringify([...map].map(([row_id, detail]) => ({ row_id, detail })));

/** Rows without an id that go to the survivor and come back; those of `handingOn`. */
function handed(table: string, key: string, unless?: string): Claim {
  const { go, back } = handingOn(table, key, unless);
  return {
    async merge(w, m) {
      const { rows } = await w.run<{ key: string }>(go(m.workspaceId, m.source.id, m.target.id));
      const keys = new Map([[m.source.id, rows.map((row) => row.key)]]);
      if (rows.length > 0) w.defer(addMoves(m.workspaceId, m.mergeId, table, rowsOf(keys)));
    },
    async undo(w, u) {
      type Move = { detail: string[] };
      const { rows } = await w.run<Move>(movesOf(u.workspaceId, u.mergeId, table));
      const keys = rows.flatMap((row) => row.detail);
      w.defer(back(u.workspaceId, u.source.id, u.target.id, keys));
    },
  };
}

const wallets: Claim = {
  async merge(w, m) {
    const done = await mergeWallets(w, m.caller, m.source.id, m.target.id);
    m.balances.push(...done.balances);
    for (const { how } of done.wallets.values()) {
      m.counts[how === 'moved' ? 'wallets_moved_count' : 'wallets_merged_count'] += 1;
    }
    w.defer(addMoves(m.workspaceId, m.mergeId, 'wallets', rowsOf(done.wallets)));
    w.defer(addMoves(m.workspaceId, m.mergeId, 'wallet_holds', rowsOf(done.holds)));
  },
  async undo(w, u) {
    const moves = async <T>(relation: string) => {
      type Move = { row_id: string; detail: T };
      const { rows } = await w.run<Move>(movesOf(u.workspaceId, u.mergeId, relation));
      return new Map(rows.map((row) => [row.row_id, row.detail]));
    };
    const moved = {
      wallets: await moves<WalletMove>('wallets'),
      holds: await moves<HoldMove>('wallet_holds'),
    };
    u.unsplit.push(...(await splitWallets(w, u.caller, u, moved)));
  },
};

/** Of promotions and prices with the same scope the survivor keeps its own (billing.md C8). */
const ONE_A_SCOPE = `t.kind in ('promotion_redemption', 'price') and exists (
  select 1 from customer_records r where r.workspace_id = $1 and r.customer_id = $3
    and r.kind = t.kind and r.metadata ->> 'scope' = t.metadata ->> 'scope')`;

/** An account that the survivor has linked, too, is the survivor's already. */
const ONE_A_PLATFORM = `exists (
  select 1 from linked_accounts r where r.workspace_id = $1 and r.customer_id = $3
    and r.member_id is not distinct from t.member_id and r.platform = t.platform
    and r.account_id = t.account_id)`;
const ONE_A_PROCESSOR = `exists (
  select 1 from payment_customers r where r.workspace_id = $1 and r.customer_id = $3
    and r.processor = t.processor)`;

/**
 * What a merge does in every table that points at a customer, in this order; the two customers
 * themselves are written last. The `claims` law checks that no such table is missing here.
 */
export const mergeClaims: Record<string, Claim> = {
  wallets,
  members: { merge: joinTeams, undo: partTeams },
  usage_events: goes('usage_events', { count: 'usage_events_count' }),
  meter_credits: goes('meter_credits'),
  customer_records: goes('customer_records', {
    unless: ONE_A_SCOPE,
    shown: 't.kind',
    countBy: {
      invoice: 'invoices_count',
      promotion_redemption: 'promotion_redemptions_count',
      price: 'customer_scoped_prices_count',
    },
  }),
  linked_accounts: goes('linked_accounts', { unless: ONE_A_PLATFORM }),
  payment_methods: goes('payment_methods', {
    count: 'payment_methods_count',
    clears: 'is_default',
    unless: 't.deleted_at is not null',
  }),
  // The processor's customer that the methods are attached to, where the survivor has none.
  payment_customers: handed('payment_customers', 'processor', ONE_A_PROCESSOR),
  sandbox_objects: handed('sandbox_objects', 'id'),
  payment_intents: stays('is settled with whom it was asked for'),
  file_share_payments: goes('file_share_payments'),
  // A charge under way is told to its processor in the name it began with.
  wallet_topups: goes('wallet_topups', { unless: "t.status = 'pending'" }),
  // Whoever was merged into the source leads to the survivor in one step (threats.md I5).
  customers: goes('customers', { column: 'merged_into' }),
  portal_sessions: {
    merge: (w, m) => void w.defer(endSessions(m.workspaceId, m.source.id)),
    undo: nothing,
  },
  one_time_tokens: {
    merge: (w, m) => void w.defer(dropTokens(m.workspaceId, m.source.id)),
    undo: nothing,
  },
  vat_validations: stays('is evidence of what was asked about the source, and never changes'),
  vat_validation_personal: stays('belongs to its evidence; erasing the survivor reaches it'),
  customer_tags: stays('follows the tags and the life of its customer'),
  ledger_notes: stays('belongs to what happened in a wallet; erasing the survivor reaches it'),
  merges: stays('says what became of whom'),
  audit_log: stays('says what was true at its time'),
  audit_personal: stays('belongs to the audit trail; erasing the survivor reaches it'),
  outbox: stays('says what was true at its time'),
  events: stays('says what was true at its time'),
  mails: stays('was written to who was there at its time'),
  jobs: stays('finds nobody to work for, which every job has to expect'),
  idempotency_keys: stays('repeats what was answered at its time'),
};
