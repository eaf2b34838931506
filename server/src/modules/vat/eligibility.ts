import { readDailyWindow, secondsLeft } from '../../kernel/daily-window.ts';
import { readVatNumber } from '../../kernel/vat-number.ts';
import type { Customer } from '../customers/index.ts';
import type { Settings } from '../settings/index.ts';

/** Either of two switches of the workspace ends every check (billing.md C5). */
export const SWITCHES = ['verification.vat.enabled', 'tax.vat_validation_enabled'] as const;

/** Whether the workspace lets numbers be checked. */
export const switchedOn = (settings: Settings): boolean =>
  SWITCHES.every((key) => settings(key) !== 'false');

/** Whether a customer's number may be checked without being asked to (billing.md C5). */
export const eligible = (customer: Customer, settings: Settings): boolean =>
  readVatNumber(customer.tax_identifiers.eu_vat) !== undefined &&
  customer.customer_type !== 'CONSUMER' &&
  !customer.vat_validation_disabled &&
  switchedOn(settings);

/** Seconds until the workspace's maintenance window is over; 0 outside of it. */
export const maintenanceLeft = (settings: Settings, at: Date): number =>
  secondsLeft(readDailyWindow(settings('verification.vat.maintenance_window')) ?? null, at);
