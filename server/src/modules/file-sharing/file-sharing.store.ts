import { compose, statement } from '../../db/drivers/statement.ts';

const COLUMNS = `s.workspace_id, s.id, s.created_at, s.modified_at, s.share_id,
  null::uuid as user_id, s.short_slug, s.long_slug, s.status, s.max_downloads, s.download_count,
  s.price_cents, s.currency, s.title, s.file_name, s.file_size_bytes, s.ttl_seconds, s.expires_at,
  s.activated_at, s.completed_at`;
const PAYMENT = `p.id, p.created_at, p.modified_at, p.session_id, p.status, p.amount_cents,
  p.currency, p.platform_fee_cents, p.stripe_checkout_session_id, p.stripe_payment_intent_id,
  p.buyer_email, p.buyer_name`;

export const insertSession = statement(
  'file_sharing.insert_session',
  `insert into file_share_sessions (workspace_id, id, created_at, share_id, short_slug, long_slug,
     status, max_downloads, price_cents, currency, title, file_name, file_size_bytes, ttl_seconds,
     expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
);
export const sessionById = statement(
  'file_sharing.session',
  `select ${COLUMNS} from file_share_sessions s where s.workspace_id = $1 and s.id = $2`,
);
export const lockSession = statement(
  'file_sharing.lock_session',
  `select ${COLUMNS} from file_share_sessions s where s.workspace_id = $1 and s.id = $2 for update`,
);
export const updateSession = statement(
  'file_sharing.update_session',
  `update file_share_sessions set modified_at = $3, status = $4, download_count = $5,
     expires_at = $6, activated_at = $7, completed_at = $8
   where workspace_id = $1 and id = $2`,
);

/** One statement: the exact total and one page. `order` is SQL, made of names of columns alone. */
export const sessionsPage = (
  workspaceId: string,
  order: string,
  slice: { limit: number; offset: number },
) =>
  compose(
    `with page as (
       select ${COLUMNS}, row_number() over (order by ${order}) as place
       from file_share_sessions s where s.workspace_id = $1
       order by ${order} limit $2 offset $3
     ), total as (
       select count(*)::int8 as total from file_share_sessions s where s.workspace_id = $1
     )
     select t.total, p.* from total t left join page p on true order by p.place`,
    [workspaceId, slice.limit, slice.offset],
  );

export const downloadsOf = statement(
  'file_sharing.downloads',
  `select d.id, d.created_at, null::timestamptz as modified_at, d.session_id, d.slot_number
   from file_share_downloads d where d.workspace_id = $1 and d.session_id = $2
   order by d.created_at, d.slot_number, d.id`,
);
export const insertDownload = statement(
  'file_sharing.insert_download',
  `insert into file_share_downloads
     (workspace_id, id, session_id, slot_number, downloader_ip_hash, created_at)
   values ($1, $2, $3, $4, $5, $6)`,
);

export const paymentsOf = statement(
  'file_sharing.payments',
  `select ${PAYMENT} from file_share_payments p
   where p.workspace_id = $1 and p.session_id = $2 order by p.created_at, p.id`,
);
export const paymentFromStripe = statement(
  'file_sharing.payment_from_stripe',
  `select ${PAYMENT} from file_share_payments p
   where p.workspace_id = $1 and p.session_id = $2
     and (p.stripe_checkout_session_id = $3 or p.stripe_payment_intent_id = $4)
   order by p.created_at, p.id limit 1`,
);
export const insertPayment = statement(
  'file_sharing.insert_payment',
  `insert into file_share_payments (workspace_id, id, created_at, session_id, customer_id, status,
     amount_cents, currency, platform_fee_cents, stripe_checkout_session_id,
     stripe_payment_intent_id, buyer_email, buyer_name)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
);
export const lockPayment = statement(
  'file_sharing.lock_payment',
  `select ${PAYMENT}, p.customer_id from file_share_payments p
   where p.workspace_id = $1 and p.session_id = $2 and p.id = $3 for update`,
);
export const updatePayment = statement(
  'file_sharing.update_payment',
  `update file_share_payments set modified_at = $3, status = $4
   where workspace_id = $1 and id = $2`,
);
/** Locked so that who is deleted or erased meanwhile gets no payment afterwards. */
export const lockBuyer = statement(
  'file_sharing.lock_buyer',
  `select id from customers where workspace_id = $1 and id = $2 and deleted_at is null
   for key share`,
);

export const dueWorkspaces = statement(
  'file_sharing.due_workspaces',
  `select distinct workspace_id from file_share_sessions
   where status in ('created', 'active') and expires_at <= $1`,
);
export const lockDue = statement(
  'file_sharing.lock_due',
  `select ${COLUMNS} from file_share_sessions s
   where s.workspace_id = $1 and s.status in ('created', 'active') and s.expires_at <= $2
   order by s.expires_at limit $3 for update skip locked`,
);
export const expireSessions = statement(
  'file_sharing.expire',
  `update file_share_sessions set status = 'expired', modified_at = $3
   where workspace_id = $1 and id = any($2::uuid[])`,
);
