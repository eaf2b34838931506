import { operation } from '../../lib/operation.ts';
import { reads, writes } from '../../workspace/operations/common.ts';
import { SettingList, SettingsUpdate } from '../schemas/settings.ts';

const path = '/billing/v1/settings';
const tag = 'Settings';
const success = { status: 200, description: 'Every setting', schema: SettingList } as const;

export const settingsList = operation({
  id: 'settings_list',
  method: 'get',
  path,
  tag,
  summary: 'List settings',
  description: 'Each with what holds now and whether the workspace set it itself.',
  access: reads('settings'),
  success,
  errors: [],
});

export const settingsUpdate = operation({
  id: 'settings_update',
  method: 'patch',
  path,
  tag,
  summary: 'Change settings',
  description: 'All of them or none: one bad value refuses the whole change.',
  access: writes('settings'),
  body: SettingsUpdate,
  success,
  errors: [400],
});
