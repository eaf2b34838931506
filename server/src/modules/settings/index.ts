export { changeSettings, type SettingsPatch } from './change-settings.ts';
export {
  listSettings,
  readOverrides,
  readSettings,
  type Setting,
  type Settings,
  settingDefault,
} from './read-settings.ts';
