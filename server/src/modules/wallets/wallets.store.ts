import { compose, type Statement, statement } from '../../db/drivers/statement.ts';

/** Promotional money that has not expired. */
export const LIVE = `case when w.promotional_expires_at is null or w.promotional_expires_at > now()
  then w.promotional else 0 end`;

const WALLET = `w.workspace_id, w.id, w.customer_id, w.currency, c.mode, w.is_primary,
  w.cash::text, w.promotional::text, w.promotional_expires_at, w.held::text,
  (w.cash + ${LIVE} - w.held)::text as available, w.credit_limit::text, w.max_balance::text,
  w.max_single_credit::text, w.low_balance_threshold::text, w.auto_topup_enabled,
  w.auto_topup_amount::text, w.created_at, w.modified_at`;
const LIVING = `from wallets w
  join customers c on c.workspace_id = w.workspace_id and c.id = w.customer_id
    and c.deleted_at is null
  where w.workspace_id = $1 and w.closed_at is null`;

export const walletById = statement('wallets.by_id', `select ${WALLET} ${LIVING} and w.id = $2`);
/**
 * A wallet after a movement, and whether a charge is due: its cash is below the threshold, none is
 * under way, and no window is waited for. One that is not filled up costs no look.
 */
export const walletAfter = statement(
  'wallets.after',
  `select ${WALLET}, case when w.auto_topup_enabled then
     w.cash < w.low_balance_threshold and w.auto_topup_amount is not null
       and (w.auto_topup_paused_until is null or w.auto_topup_paused_until <= now())
       and not exists (select 1 from wallet_topups t
         where t.workspace_id = w.workspace_id and t.wallet_id = w.id and t.status = 'pending')
     end is true as topup_due ${LIVING} and w.id = $2`,
);
export const primaryWallet = statement(
  'wallets.primary',
  `select ${WALLET} ${LIVING} and w.customer_id = $2 and w.is_primary`,
);
/** Locks wallets in the order of their ids, so that two transfers never wait for each other. */
export const lockWallets = statement(
  'wallets.lock',
  `select w.id, w.currency from wallets w
   where w.workspace_id = $1 and w.id = any($2::uuid[]) and w.closed_at is null
   order by w.id for update`,
);
export const insertWallet = statement(
  'wallets.insert',
  `insert into wallets (workspace_id, id, customer_id, currency, is_primary, credit_limit,
     max_balance, max_single_credit, low_balance_threshold, auto_topup_enabled, auto_topup_amount,
     created_at)
   values ($1, $2, $3, $4, false, $5, $6, $7, $8, $9, $10, $11)`,
);

/** What a movement does to a wallet, as SQL over the locked row `w` and the amount `$3`. */
interface Movement {
  kind: string;
  cash: string;
  promotional: string;
  held: string;
  counter: string;
  /** Whether the wallet's limits allow it. */
  guard: string;
  /** Goes into the wallet of a deleted customer, too. */
  evenDeleted?: boolean;
  /** Further columns that change with it. */
  also?: string;
}

const USED = `least(${LIVE}, $3::bigint)`;
/** What is left after spending: above zero when prepaid, above the credit limit when postpaid. */
const AFFORDS = `case w.mode
  when 'PREPAID' then w.cash + ${LIVE} - w.held >= $3::bigint
  else w.credit_limit is null or w.cash + ${LIVE} - w.held - $3::bigint >= -w.credit_limit end`;
const ROOM = `(w.max_balance is null or w.cash + ${LIVE} + $3::bigint <= w.max_balance)`;
const FITS = `(w.max_single_credit is null or $3::bigint <= w.max_single_credit) and ${ROOM}`;

/**
 * One movement of money as one statement: it locks the wallet, moves the balances only if the
 * guard holds for the locked row, and writes the entry with its note. No row comes back where it
 * was refused. Parameters: workspace, wallet, amount, entry id, time, related id, reason,
 * reference; further ones belong to the movement.
 */
export function movement(name: string, m: Movement) {
  return statement(
    `ledger.${name}`,
    `with w as (
       select w.*, c.mode from wallets w
       join customers c on c.workspace_id = w.workspace_id and c.id = w.customer_id
         ${m.evenDeleted ? '' : 'and c.deleted_at is null'}
       where w.workspace_id = $1 and w.id = $2 and w.closed_at is null
       for update of w
     ), moved as (
       update wallets x set cash = w.cash + (${m.cash}), promotional = w.promotional + (${m.promotional}),
         held = w.held + (${m.held}), ${m.also === undefined ? '' : `${m.also}, `}modified_at = $5
       from w where x.workspace_id = w.workspace_id and x.id = w.id and (${m.guard})
       returning x.workspace_id, x.id, x.customer_id, x.currency, x.cash, x.promotional, x.held,
         (${m.cash})::bigint as d_cash, (${m.promotional})::bigint as d_promotional,
         (${m.held})::bigint as d_held
     ), noted as (
       insert into ledger_notes (workspace_id, entry_id, customer_id, reason, reference)
       select workspace_id, $4::uuid, customer_id, $7::text, $8::text from moved
       where $7::text is not null or $8::text is not null
     )
     insert into ledger_entries (workspace_id, wallet_id, seq, id, kind, currency, cash, promotional,
       held, counter_account, counter_amount, cash_after, promotional_after, held_after, related_id,
       at, previous_hash, hash)
     select workspace_id, id, 0, $4::uuid, '${m.kind}', currency, d_cash, d_promotional, d_held,
       '${m.counter}', -(d_cash + d_promotional), cash, promotional, held, $6::uuid, $5::timestamptz,
       '', ''
     from moved
     returning id, seq`,
  );
}

const spend = { cash: `${USED} - $3::bigint`, promotional: `-(${USED})` };
const still = { cash: '0', promotional: '0', held: '0' };

export const credit = movement('credit', {
  ...still,
  kind: 'credit',
  cash: '$3::bigint',
  counter: 'external',
  guard: FITS,
});
/** What was charged goes in whatever the limits say; they were looked at before. */
export const topUp = movement('topup', {
  ...still,
  kind: 'topup',
  cash: '$3::bigint',
  counter: 'external',
  guard: 'true',
  evenDeleted: true,
});
/** The later of two ends holds for all promotional money; `$9`: the end of what is added, or none. */
export const creditPromotional = movement('credit_promotional', {
  ...still,
  kind: 'credit',
  promotional: '$3::bigint',
  counter: 'promotions',
  guard: FITS,
  also: `promotional_expires_at = case
    when $9::timestamptz is null or (w.promotional > 0 and w.promotional_expires_at is null) then null
    else greatest($9::timestamptz, case when w.promotional > 0 then w.promotional_expires_at end) end`,
});
export const debit = movement('debit', {
  ...spend,
  kind: 'debit',
  held: '0',
  counter: 'revenue',
  guard: AFFORDS,
});
export const hold = movement('hold', {
  ...still,
  kind: 'hold',
  held: '$3::bigint',
  counter: 'none',
  guard: AFFORDS,
});
/** `$9`: the whole hold, of which `$3` is spent. */
export const capture = movement('capture', {
  ...spend,
  kind: 'capture',
  held: '-($9::bigint)',
  counter: 'revenue',
  guard: `case w.mode
    when 'PREPAID' then w.cash + ${LIVE} - (w.held - $9::bigint) >= $3::bigint
    else w.credit_limit is null
      or w.cash + ${LIVE} - (w.held - $9::bigint) - $3::bigint >= -w.credit_limit end`,
});
export const release = movement('release', {
  ...still,
  kind: 'release',
  held: '-($3::bigint)',
  counter: 'none',
  guard: 'true',
});
export const transferOut = movement('transfer_out', {
  ...still,
  kind: 'transfer_out',
  cash: '-($3::bigint)',
  counter: 'transfer',
  guard: `w.cash >= $3::bigint and w.cash + ${LIVE} - w.held >= $3::bigint`,
});
export const transferIn = movement('transfer_in', {
  ...still,
  kind: 'transfer_in',
  cash: '$3::bigint',
  counter: 'transfer',
  guard: ROOM,
});
/** Ends promotional money whose time is up; `$3` is not looked at. */
export const expirePromotional = movement('promotional_expiry', {
  ...still,
  kind: 'promotional_expiry',
  promotional: '-w.promotional + 0 * $3::bigint',
  counter: 'promotions_expired',
  guard: 'w.promotional > 0 and w.promotional_expires_at <= now()',
  also: 'promotional_expires_at = null',
});

export const insertHold = statement(
  'wallets.insert_hold',
  `insert into wallet_holds (workspace_id, id, wallet_id, amount, reference, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);
const HOLD =
  'id, wallet_id, amount::text, captured::text, status, reference, expires_at, created_at';
/** Locks a hold, after its wallet. */
export const lockHold = statement(
  'wallets.lock_hold',
  `select ${HOLD}, expires_at <= now() as overdue from wallet_holds
   where workspace_id = $1 and wallet_id = $2 and id = $3 for update`,
);
export const settleHold = statement(
  'wallets.settle_hold',
  `update wallet_holds set status = $3, captured = $4, settled_at = $5
   where workspace_id = $1 and id = $2`,
);

const ENTRY = `e.id, e.wallet_id, e.seq, e.kind, e.currency, e.cash::text, e.promotional::text,
  e.held::text, e.counter_account, e.cash_after::text, e.promotional_after::text,
  e.held_after::text, e.related_id, n.reason, n.reference, e.at`;
const ENTRIES = `from ledger_entries e
  left join ledger_notes n on n.workspace_id = e.workspace_id and n.entry_id = e.id
  where e.workspace_id = $1`;
export const entryById = statement('ledger.by_id', `select ${ENTRY} ${ENTRIES} and e.id = $2`);
export const entriesPage = statement(
  'ledger.page',
  `select ${ENTRY} ${ENTRIES} and e.wallet_id = $2 and ($3::bigint is null or e.seq < $3)
   order by e.seq desc limit $4`,
);

/** What a list of wallets is narrowed by. */
export interface WalletFilter {
  customer_id?: string;
  currency: string[];
  is_primary?: boolean;
  auto_topup_enabled?: boolean;
  created_after?: string;
  created_before?: string;
}

/** A page of wallets by keyset, newest first. */
export function walletsPage(
  workspaceId: string,
  filter: WalletFilter,
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Statement {
  const values: unknown[] = [workspaceId];
  const add = (value: unknown) => `$${values.push(value)}`;
  const all: string[] = [];
  if (filter.customer_id !== undefined) all.push(`w.customer_id = ${add(filter.customer_id)}`);
  if (filter.currency.length > 0) all.push(`w.currency = any(${add(filter.currency)}::text[])`);
  for (const flag of ['is_primary', 'auto_topup_enabled'] as const) {
    if (filter[flag] !== undefined) all.push(`w.${flag} = ${add(filter[flag])}`);
  }
  const { created_after: from, created_before: to } = filter;
  if (from !== undefined) all.push(`w.created_at >= ${add(from)}::timestamptz`);
  if (to !== undefined) all.push(`w.created_at < ${add(to)}::timestamptz`);
  if (after !== undefined) {
    all.push(`(w.created_at, w.id) < (${add(after[0])}::timestamptz, ${add(after[1])}::uuid)`);
  }
  return compose(
    `select ${WALLET} ${LIVING} ${all.map((c) => `and ${c}`).join(' ')}
     order by w.created_at desc, w.id desc limit ${add(limit)}`,
    values,
  );
}

/** Wallets and holds whose time is up, of all workspaces. */
export const duePromotions = statement(
  'wallets.due_promotions',
  `select workspace_id, id from wallets
   where promotional > 0 and promotional_expires_at <= now() limit $1`,
);
export const dueHolds = statement(
  'wallets.due_holds',
  `select workspace_id, wallet_id, id from wallet_holds
   where status = 'PENDING' and expires_at <= now() limit $1`,
);
export const ledgerProblems = statement(
  'ledger.verify',
  'select workspace_id, wallet_id, seq, problem from clientele.verify_ledger() limit $1',
);
