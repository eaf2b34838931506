import { settingsList, settingsUpdate } from '@clientele/contracts/billing/operations/settings.ts';
import { route } from '../../../http/route.ts';
import { changeSettings, listSettings } from '../../../modules/settings/index.ts';

export const get = route(settingsList, {
  run: (app, caller) => listSettings(app, caller),
  answer: (settings) => ({ body: { data: settings } }),
});

export const patch = route(settingsUpdate, {
  run: (app, caller, { body }) => changeSettings(app, caller, body),
  answer: (settings) => ({ body: { data: settings } }),
});
