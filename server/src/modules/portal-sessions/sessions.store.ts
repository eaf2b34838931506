import { statement } from '../../db/drivers/statement.ts';

export const findSession = statement(
  'portal.find',
  'select workspace_id, id, customer_id, member_id, role from clientele.find_session($1)',
);
export const insertSession = statement(
  'portal.insert',
  `insert into portal_sessions (workspace_id, id, customer_id, member_id, hash, return_url,
     created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
export const sessionById = statement(
  'portal.by_id',
  `select workspace_id, id, customer_id, member_id, return_url, created_at, expires_at
   from portal_sessions where workspace_id = $1 and id = $2`,
);
export const endSession = statement(
  'portal.end',
  `update portal_sessions set ended_at = now()
   where workspace_id = $1 and id = $2 and ended_at is null`,
);
/** Puts a code in the place of the one that was live for this customer and e-mail. */
export const insertCode = statement(
  'portal.insert_code',
  `insert into one_time_tokens as t (workspace_id, id, kind, hash, customer_id, member_id,
     email_digest, expires_at)
   values ($1, $2, 'code', $3, $4, $5, $6, $7)
   on conflict (workspace_id, customer_id, email_digest) where kind = 'code' do update
     set hash = excluded.hash, member_id = excluded.member_id, created_at = now(),
         expires_at = excluded.expires_at`,
);
export const insertTicket = statement(
  'portal.insert_ticket',
  `insert into one_time_tokens (workspace_id, id, kind, hash, customer_id, member_id, session_id,
     expires_at)
   values ($1, $2, 'ticket', $3, $4, $5, $6, $7)`,
);
/** Bound to a session, and as old as 10 minutes at most (README decision 7). */
export const insertState = statement(
  'portal.insert_state',
  `insert into one_time_tokens (workspace_id, id, kind, hash, customer_id, member_id, session_id,
     sealed, expires_at)
   values ($1, $2, 'oauth_state', $3, $4, $5, $6, $7, now() + interval '10 minutes')`,
);
/** Takes a token out of circulation: of two who hold it, one gets the row. */
export const takeToken = statement(
  'portal.take',
  `delete from one_time_tokens where kind = $1 and hash = $2
   returning workspace_id, customer_id, member_id, session_id, email_digest, sealed`,
);
/** Codes that too many wrong tries have spent. */
export const killCodes = statement(
  'portal.kill_codes',
  `delete from one_time_tokens where kind = 'code' and email_digest = $1`,
);

/** Counts a try; a window that has ended begins anew. */
export const countTry = statement(
  'portal.count_try',
  `insert into attempt_counters as a (bucket, subject, tries, window_ends)
   values ($1, $2, 1, now() + $3 * interval '1 second')
   on conflict (bucket, subject) do update
     set tries = case when a.window_ends <= now() then 1 else a.tries + 1 end,
         window_ends = case when a.window_ends <= now() then excluded.window_ends
                            else a.window_ends end
   returning tries, ceil(extract(epoch from window_ends - now()))::int as seconds_left`,
);
export const forgetTries = statement(
  'portal.forget_tries',
  'update attempt_counters set tries = 0 where bucket = $1 and subject = $2',
);

/** A live workspace, for a mail and its link. */
export const liveWorkspace = statement(
  'portal.workspace',
  `select id, slug, name from workspaces
   where id = $1 and deleted_at is null and blocked_at is null`,
);
/** The workspace of the transaction. */
export const ownWorkspace = statement(
  'portal.own_workspace',
  'select id, slug, name from clientele.own_workspace()',
);
/**
 * Who of a workspace goes by an e-mail: a member where one holds the address, else the customer
 * itself. `email` is the stored address, the only one that mail goes to (threats.md T19).
 */
export const whoGoesBy = statement(
  'portal.who',
  `select distinct on (f.customer_id) f.customer_id, f.member_id, f.email, c.name
   from (
     select m.customer_id, m.id as member_id, m.email, 0 as rank from members m
     where m.workspace_id = $1 and m.email_key = lower($2) and m.deleted_at is null
     union all
     select id, null, email, 1 from customers
     where workspace_id = $1 and email_key = lower($2) and deleted_at is null
   ) f join customers c on c.workspace_id = $1 and c.id = f.customer_id and c.deleted_at is null
   where $3::uuid is null or f.customer_id = $3
   order by f.customer_id, f.rank`,
);

export const whoIsIn = statement(
  'portal.user',
  `select c.id as customer_id, c.name as customer_name, c.email as customer_email,
     m.id as member_id, m.name as member_name, m.email as member_email, m.role
   from customers c
   left join members m on m.workspace_id = c.workspace_id and m.customer_id = c.id and m.id = $3
   where c.workspace_id = $1 and c.id = $2`,
);
