import type { Caller } from '../../kernel/caller.ts';
import { type Issue, invalid } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { catalogue, type SettingKey, settingKeys } from './catalogue.ts';
import { listed, type Setting } from './read-settings.ts';
import { dropSettings, lockSettings, writeSettings } from './settings.store.ts';

/** Settings to change, by key; null goes back to the default. */
export type SettingsPatch = Partial<Record<SettingKey, string | null>>;

/** The patch in normal form. Errors: 400 that names every bad value. */
function checked(patch: SettingsPatch): Map<SettingKey, string | null> {
  const wanted = new Map<SettingKey, string | null>();
  const issues: Issue[] = [];
  for (const key of settingKeys) {
    const given = patch[key];
    if (given === undefined) continue;
    const found = given === null ? { value: null } : catalogue[key].read(given);
    if ('value' in found) wanted.set(key, found.value);
    else {
      const { problem: message } = found;
      issues.push({ in: 'body', path: [key], type: 'value_error', message, input: given });
    }
  }
  if (issues.length > 0) throw invalid(issues);
  return wanted;
}

/**
 * Changes settings, all of them or none (billing.md C11). Out: every setting, as it is now.
 * Errors: 400 that names every bad value.
 */
export async function changeSettings(
  app: App,
  caller: Caller,
  patch: SettingsPatch,
): Promise<Setting[]> {
  const wanted = checked(patch);
  return app.work(caller, async (w) => {
    const { workspaceId } = caller;
    const { rows } = await w.run<{ key: string; value: string }>(lockSettings(workspaceId));
    const set = new Map(rows.map((r) => [r.key, r.value]));
    const changed = [...wanted].filter(([key, value]) => (set.get(key) ?? null) !== value);
    if (changed.length === 0) return listed(rows);
    const before = changed.map(([key]) => [key, set.get(key) ?? null]);
    const dropped = changed.filter(([, value]) => value === null).map(([key]) => key);
    const written = changed.filter(([, value]) => value !== null);
    if (dropped.length > 0) w.defer(dropSettings(workspaceId, dropped));
    if (written.length > 0) {
      const pairs = written.map(([key, value]) => ({ key, value }));
      w.defer(writeSettings(workspaceId, JSON.stringify(pairs)));
    }
    w.record({
      entity: 'settings',
      entityId: workspaceId,
      customerId: null,
      before: Object.fromEntries(before),
      after: Object.fromEntries(changed),
      personal: [],
    });
    for (const [key, value] of changed) {
      if (value === null) set.delete(key);
      else set.set(key, value);
    }
    return listed([...set].map(([key, value]) => ({ key, value })));
  });
}
