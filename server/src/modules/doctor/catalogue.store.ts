import { statement } from '../../db/drivers/statement.ts';

/** What the catalogue says of a role. */
export interface RoleFacts {
  name: string;
  session: boolean;
  login: boolean;
  /** Superuser, BYPASSRLS, CREATEROLE, CREATEDB or REPLICATION, each by its name. */
  powers: string[];
  member_of: string[];
  /** Roles whose rights it has without becoming them. */
  inherits: string[];
  owns: boolean;
  creates_in: string[];
}

/** What the catalogue says of a table, view or sequence of ours. */
export interface RelationFacts {
  name: string;
  kind: string;
  scoped: boolean;
  enabled: boolean;
  forced: boolean;
  policies: {
    name: string;
    roles: string[];
    permissive: boolean;
    command: string;
    using: string | null;
    check: string | null;
  }[];
  /** `role privilege` or `role privilege (column)`, the owner's own left out. */
  grants: string[];
}

/** What the catalogue says of a function. */
export interface FunctionFacts {
  schema: string;
  name: string;
  definer: boolean;
  owner: string;
  path: string | null;
  callers: string[];
}

export const roleFacts = statement(
  'doctor.roles',
  `select r.rolname::text as name, r.rolname = session_user as session, r.rolcanlogin as login,
     array_remove(array[case when r.rolsuper then 'superuser' end,
       case when r.rolbypassrls then 'BYPASSRLS' end, case when r.rolcreaterole then 'CREATEROLE' end,
       case when r.rolcreatedb then 'CREATEDB' end,
       case when r.rolreplication then 'REPLICATION' end], null) as powers,
     array(select m.rolname::text from pg_roles m
           where m.oid <> r.oid and pg_has_role(r.oid, m.oid, 'member') order by 1) as member_of,
     array(select m.rolname::text from pg_roles m
           where m.oid <> r.oid and pg_has_role(r.oid, m.oid, 'usage') order by 1) as inherits,
     exists (select 1 from pg_class c where c.relnamespace = 'clientele'::regnamespace
               and c.relowner = r.oid) as owns,
     array(select n.nspname::text from pg_namespace n where n.nspname in ('clientele', 'public')
             and has_schema_privilege(r.oid, n.oid, 'create') order by 1) as creates_in
   from pg_roles r where r.rolname = session_user or r.rolname = any($1::text[])`,
);

export const relationFacts = statement(
  'doctor.relations',
  `select c.relname::text as name, c.relkind::text as kind,
     c.relkind in ('r', 'p') and exists (
       select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id'
         and not a.attisdropped) as scoped,
     c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
     coalesce((select jsonb_agg(jsonb_build_object(
         'name', p.polname, 'permissive', p.polpermissive, 'command', p.polcmd::text,
         'roles', array(select coalesce(r.rolname::text, 'public') from unnest(p.polroles) as o
                        left join pg_roles r on r.oid = o),
         'using', pg_get_expr(p.polqual, p.polrelid),
         'check', pg_get_expr(p.polwithcheck, p.polrelid)))
       from pg_policy p where p.polrelid = c.oid), '[]'::jsonb) as policies,
     array(
       select coalesce(r.rolname::text, 'public') || ' ' || lower(a.privilege_type)
       from aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
       where a.grantee <> c.relowner
       union
       select coalesce(r.rolname::text, 'public') || ' ' || lower(a.privilege_type)
         || ' (' || t.attname || ')'
       from pg_attribute t cross join aclexplode(t.attacl) a left join pg_roles r on r.oid = a.grantee
       where t.attrelid = c.oid and a.grantee <> c.relowner
       order by 1) as grants
   from pg_class c
   where c.relnamespace = 'clientele'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
   order by c.relname`,
);

/** Functions of ours, and definer functions of anybody but an extension. */
export const functionFacts = statement(
  'doctor.functions',
  `select n.nspname::text as schema, f.proname::text as name, f.prosecdef as definer,
     o.rolname::text as owner,
     (select substr(s, 13) from unnest(f.proconfig) as s where s like 'search\\_path=%') as path,
     array(select coalesce(r.rolname::text, 'public')
           from aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
           left join pg_roles r on r.oid = a.grantee
           where a.grantee <> f.proowner order by 1) as callers
   from pg_proc f join pg_namespace n on n.oid = f.pronamespace join pg_roles o on o.oid = f.proowner
   where (n.nspname = 'clientele' or f.prosecdef)
     and n.nspname not in ('pg_catalog', 'information_schema')
     and not exists (select 1 from pg_depend d where d.objid = f.oid
                       and d.classid = 'pg_proc'::regclass and d.deptype = 'e')
   order by 1, 2`,
);

/** Views that show rows with their owner's rights; extensions' own are left out. */
export const openViews = statement(
  'doctor.views',
  `select n.nspname || '.' || c.relname as name
   from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('v', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
     and not coalesce(array_to_string(c.reloptions, ',') ~* 'security_invoker=(true|on|1|yes)', false)
     and not exists (select 1 from pg_depend d where d.objid = c.oid
                       and d.classid = 'pg_class'::regclass and d.deptype = 'e')
   order by 1`,
);

/** Throw-away workspaces that a doctor left behind when it was killed. */
export const leftBehind = statement(
  'doctor.left_behind',
  `select id from workspaces where ephemeral and created_at < now() - interval '10 minutes'`,
);
