import { statement } from '../../db/drivers/statement.ts';

const COLUMNS = `w.id, w.slug, w.name, w.blocked_at, w.deleted_at, w.ephemeral, w.created_at,
  w.modified_at, w.avatar_url, w.email, w.website, w.customer_portal_settings, coalesce((select sum(n.listed) from customer_counts n
    where n.workspace_id = w.id), 0)::int8 as customers`;

export const insertWorkspace = statement(
  'workspaces.insert',
  `insert into workspaces (id, slug, name, ephemeral, created_at) values ($1, $2, $3, $4, $5)`,
);
export const workspaceById = statement(
  'workspaces.by_id',
  `select ${COLUMNS} from workspaces w where w.id = $1 and w.deleted_at is null
   for share of w`,
);
export const lockWorkspace = statement(
  'workspaces.lock',
  `select ${COLUMNS} from workspaces w where w.id = $1 and w.deleted_at is null for update of w`,
);
export const workspacesPage = statement(
  'workspaces.page',
  `with hits as (
     select w.id, w.created_at from workspaces w
     where w.deleted_at is null and not w.ephemeral
       and ($1::text is null or lower(w.slug) = lower($1))
   ), page as (select * from hits order by created_at desc, id desc limit $2 offset $3)
   select t.total, ${COLUMNS}
   from (select count(*)::int8 as total from hits) t
   left join page p on true left join workspaces w on w.id = p.id
   order by w.created_at desc, w.id desc`,
);
export const updateWorkspace = statement(
  'workspaces.update',
  `update workspaces set slug = $2, name = $3, blocked_at = $4, deleted_at = $5, modified_at = $6,
     avatar_url = $7, email = $8, website = $9, customer_portal_settings = $10::jsonb
   where id = $1`,
);
export const suspendCredentials = statement(
  'workspaces.suspend_credentials',
  'update credentials set suspended = $2 where workspace_id = $1 and suspended <> $2',
);
export const purge = statement('workspaces.purge', 'select clientele.purge_workspace($1) as done');
