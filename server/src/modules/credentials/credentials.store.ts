import { statement } from '../../db/drivers/statement.ts';

const COLUMNS =
  'workspace_id, id, kind, name, client_id, scopes, expires_at, revoked_at, suspended, last_used_at, created_at';

export const insertCredential = statement(
  'credentials.insert',
  `insert into credentials (workspace_id, id, kind, name, client_id, hash, scopes, expires_at,
     rotated_from, created_at, suspended)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);
export const listForWorkspace = statement(
  'credentials.list',
  `select ${COLUMNS} from credentials where workspace_id = $1 order by created_at desc, id desc`,
);
export const lockCredential = statement(
  'credentials.lock',
  `select ${COLUMNS} from credentials
   where workspace_id = $1 and id = $2 and revoked_at is null
     and (expires_at is null or expires_at > now())
   for update`,
);
export const endCredential = statement(
  'credentials.end',
  `update credentials set revoked_at = $3, expires_at = coalesce($4, expires_at)
   where workspace_id = $1 and id = $2`,
);
export const shorten = statement(
  'credentials.shorten',
  `update credentials set expires_at = least(coalesce(expires_at, 'infinity'), now() + $3 * interval '1 second')
   where workspace_id = $1 and id = $2`,
);
export const findByHash = statement(
  'credentials.find',
  'select workspace_id, id, kind, name, scopes from clientele.find_credential($1)',
);
export const touch = statement(
  'credentials.touch',
  `update credentials c set last_used_at = greatest(c.last_used_at, r.at)
   from jsonb_to_recordset($1) as r(id uuid, workspace_id uuid, at timestamptz)
   where c.workspace_id = r.workspace_id and c.id = r.id`,
);
