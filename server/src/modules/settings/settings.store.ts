import { statement } from '../../db/drivers/statement.ts';

export const allSettings = statement(
  'settings.all',
  'select key, value from workspace_settings where workspace_id = $1',
);
export const lockSettings = statement(
  'settings.lock',
  'select key, value from workspace_settings where workspace_id = $1 for update',
);
/** In: rows of key and value as JSON. */
export const writeSettings = statement(
  'settings.write',
  `insert into workspace_settings (workspace_id, key, value)
   select $1, r.key, r.value from jsonb_to_recordset($2::jsonb) as r(key text, value text)
   on conflict (workspace_id, key) do update set value = excluded.value, modified_at = now()`,
);
export const dropSettings = statement(
  'settings.drop',
  'delete from workspace_settings where workspace_id = $1 and key = any($2::text[])',
);
/** What workspaces have set under some keys, for periodic jobs. */
export const overridesOf = statement(
  'settings.overrides',
  'select workspace_id, key, value from workspace_settings where key = any($1::text[])',
);
