import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { catalogue, type Definition, type SettingKey, settingKeys } from './catalogue.ts';
import { allSettings, overridesOf } from './settings.store.ts';

/** A setting with what holds now. */
export interface Setting extends Omit<Definition, 'read'> {
  key: SettingKey;
  value: string;
  source: 'default' | 'override';
}

/** The effective value of a setting, as text. */
export type Settings = (key: SettingKey) => string;

interface Row {
  key: string;
  value: string;
}

/** The settings of the transaction's workspace. */
export async function readSettings(w: Work, caller: Caller): Promise<Settings> {
  const { rows } = await w.run<Row>(allSettings(caller.workspaceId));
  const set = new Map(rows.map((r) => [r.key, r.value]));
  return (key) => set.get(key) ?? catalogue[key].default;
}

/** What a setting is unless a workspace sets it. */
export const settingDefault = (key: SettingKey): string => catalogue[key].default;

/** What workspaces set otherwise than by default, for a periodic job of the relay. */
export async function readOverrides(
  w: Work,
  keys: SettingKey[],
): Promise<{ workspace_id: string; key: SettingKey; value: string }[]> {
  return (await w.run<{ workspace_id: string; key: SettingKey; value: string }>(overridesOf(keys)))
    .rows;
}

/** Every setting of the catalogue with what is set. */
export function listed(rows: Row[]): Setting[] {
  const set = new Map(rows.map((r) => [r.key, r.value]));
  return settingKeys.map((key) => {
    const { read: _, ...definition } = catalogue[key];
    const own = set.get(key);
    return {
      key,
      ...definition,
      value: own ?? definition.default,
      source: own === undefined ? 'default' : 'override',
    };
  });
}

/** Every setting with its effective value (billing.md C11). */
export function listSettings(app: App, caller: Caller): Promise<Setting[]> {
  return app.work(caller, (w) =>
    w.defer<Row>(allSettings(caller.workspaceId)).map(({ rows }) => listed(rows)),
  );
}
