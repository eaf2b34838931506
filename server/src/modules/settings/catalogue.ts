import { isCurrency } from '../../kernel/currencies.ts';
import { readDailyWindow } from '../../kernel/daily-window.ts';
import { readDuration } from '../../kernel/duration.ts';
import { readMoney } from '../../kernel/money.ts';

export type SettingType = 'string' | 'int' | 'bool' | 'duration' | 'json';

/** A setting of the catalogue (billing.md C11); values are always text. */
export interface Definition {
  type: SettingType;
  default: string;
  category: string;
  label: string;
  description: string;
  /** The value in its normal form, or what is wrong with it. */
  read: (text: string) => { value: string } | { problem: string };
}

type Read = Definition['read'];

const when =
  (holds: (text: string) => boolean, problem: string): Read =>
  (text) =>
    holds(text) ? { value: text } : { problem };

const bool = when((text) => text === 'true' || text === 'false', 'Must be true or false');
const int = (least: number, most: number): Read =>
  when(
    (text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most,
    `Must be a whole number from ${least} to ${most}`,
  );
const line = (most: number): Read =>
  when(
    (text) => text.length <= most && !/\p{Cc}/u.test(text),
    `Must be one line of at most ${most} characters`,
  );
const prose = (most: number): Read =>
  when((text) => text.length <= most, `Must have at most ${most} characters`);

/** Digits that a currency does not have are cut off where a wallet is made. */
const amount = when(
  (text) => text === '' || (/^\d/.test(text) && typeof readMoney(text, 'KWD') === 'bigint'),
  'Must be a decimal amount not below zero, or empty for none',
);

const currency: Read = (text) => {
  const code = text.trim().toUpperCase();
  return isCurrency(code) ? { value: code } : { problem: 'Must be an ISO 4217 currency code' };
};

const locale: Read = (text) => {
  try {
    return { value: Intl.getCanonicalLocales(text.trim())[0] as string };
  } catch {
    return { problem: 'Must be a BCP 47 language tag' };
  }
};

const LONGEST_INTERVAL = 40;
const LEAST_INTERVAL = 3_600_000;
const MOST_INTERVAL = 10 * 365 * 24 * 3_600_000;
const interval = when((text) => {
  const length = text.length > LONGEST_INTERVAL ? undefined : readDuration(text);
  return length !== undefined && length >= LEAST_INTERVAL && length <= MOST_INTERVAL;
}, 'Must be a length of time of one hour to ten years, such as 720h');

const window: Read = (text) => {
  if (readDailyWindow(text) === undefined) {
    return {
      problem:
        'Must be {"start": "HH:MM", "end": "HH:MM", "tz": "Europe/Berlin"}, or null for none',
    };
  }
  const given = JSON.parse(text) as { start: string; end: string; tz?: string } | null;
  return {
    value: JSON.stringify(given && { start: given.start, end: given.end, tz: given.tz ?? 'UTC' }),
  };
};

const wallet = (label: string, description: string): Definition => ({
  type: 'string',
  default: '',
  category: 'wallets',
  label,
  description: `${description}, unless its customer says otherwise; empty for none`,
  read: amount,
});

/** Every setting, in the order in which they are listed. */
export const catalogue = {
  default_currency: {
    type: 'string',
    default: 'EUR',
    category: 'general',
    label: 'Currency',
    description: 'Currency of customers that prefer none',
    read: currency,
  },
  default_locale: {
    type: 'string',
    default: 'en',
    category: 'general',
    label: 'Language',
    description: 'Language of customers that prefer none',
    read: locale,
  },
  date_format: {
    type: 'string',
    default: 'YYYY-MM-DD',
    category: 'general',
    label: 'Dates',
    description: 'How dates are written, of D, M, Y and separators',
    read: when((text) => /^[DMY./ -]{1,20}$/.test(text), 'Must consist of D, M, Y and separators'),
  },
  invoice_prefix: {
    type: 'string',
    default: 'INV-',
    category: 'invoices',
    label: 'Prefix of invoice numbers',
    description: 'What stands in front of the number of an invoice',
    read: line(20),
  },
  invoice_footer: {
    type: 'string',
    default: '',
    category: 'invoices',
    label: 'Footer of invoices',
    description: 'What stands below an invoice',
    read: prose(2_000),
  },
  payment_terms_days: {
    type: 'int',
    default: '30',
    category: 'invoices',
    label: 'Days to pay within',
    description: 'Payment terms of customers that have none of their own',
    read: int(0, 3_650),
  },
  auto_finalize_invoices: {
    type: 'bool',
    default: 'false',
    category: 'invoices',
    label: 'Finalise invoices by themselves',
    description: 'Whether an invoice becomes final without a person',
    read: bool,
  },
  'wallet.default_credit_limit': wallet('Credit limit', 'Credit limit of a new wallet'),
  'wallet.default_max_balance': wallet('Highest balance', 'Highest balance of a new wallet'),
  'wallet.default_max_single_credit': wallet(
    'Highest single credit',
    'Highest single credit of a new wallet',
  ),
  'wallet.default_low_balance_threshold': wallet('Low balance', 'Below it a new wallet is low'),
  'tax.vat_validation_enabled': {
    type: 'bool',
    default: 'true',
    category: 'tax',
    label: 'VAT numbers are checked',
    description: 'Switches every check of VAT numbers off',
    read: bool,
  },
  'verification.vat.enabled': {
    type: 'bool',
    default: 'true',
    category: 'tax',
    label: 'VAT verification',
    description: 'Switches every check of VAT numbers off, as the other switch does',
    read: bool,
  },
  'verification.vat.manual_ttl_days': {
    type: 'int',
    default: '90',
    category: 'tax',
    label: 'Days a manual override holds',
    description: 'For overrides that do not say how long they hold',
    read: int(1, 365),
  },
  'verification.vat.recheck_interval': {
    type: 'duration',
    default: '2160h',
    category: 'tax',
    label: 'Time between checks',
    description: 'How long a valid number counts as such before it is checked again',
    read: interval,
  },
  'verification.vat.maintenance_window': {
    type: 'json',
    default: 'null',
    category: 'tax',
    label: 'Maintenance window',
    description: 'When of every day no number is checked; it may go over midnight',
    read: window,
  },
} as const satisfies Record<string, Definition>;

export type SettingKey = keyof typeof catalogue;
export const settingKeys = Object.keys(catalogue) as SettingKey[];
