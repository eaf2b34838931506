import { readDuration } from '../../kernel/duration.ts';
import type { Settings } from '../settings/index.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Milliseconds between two checks of a valid number. */
export const intervalOf = (text: string): number => {
  const length = readDuration(text);
  if (length === undefined) throw new Error('The interval was checked when it was set');
  return length;
};

/** Until when a number counts that the register called valid. */
export const validUntil = (settings: Settings, at: Date): string =>
  new Date(at.getTime() + intervalOf(settings('verification.vat.recheck_interval'))).toISOString();

/** Until when an override holds. In: days, or undefined for those of the settings. */
export const overriddenUntil = (settings: Settings, at: Date, days: number | undefined): string =>
  new Date(
    at.getTime() + (days ?? Number(settings('verification.vat.manual_ttl_days'))) * DAY_MS,
  ).toISOString();
