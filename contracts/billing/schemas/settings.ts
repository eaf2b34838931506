import { Type } from '@sinclair/typebox';
import { nullable, words } from '../../lib/schema.ts';

/** Every setting there is, in the order in which they are listed. */
const KEYS = [
  'default_currency',
  'default_locale',
  'date_format',
  'invoice_prefix',
  'invoice_footer',
  'payment_terms_days',
  'auto_finalize_invoices',
  'wallet.default_credit_limit',
  'wallet.default_max_balance',
  'wallet.default_max_single_credit',
  'wallet.default_low_balance_threshold',
  'tax.vat_validation_enabled',
  'verification.vat.enabled',
  'verification.vat.manual_ttl_days',
  'verification.vat.recheck_interval',
  'verification.vat.maintenance_window',
] as const;

export const Setting = Type.Object(
  {
    key: words(KEYS, { description: 'Name of the setting' }),
    value: Type.String({ description: 'What holds now, as text' }),
    source: words(['default', 'override'], { description: 'Whether the workspace set it itself' }),
    type: words(['string', 'int', 'bool', 'duration', 'json'], {
      description: 'How the text is read',
    }),
    default: Type.String({ description: 'What holds unless it is set' }),
    category: Type.String({ description: 'What it belongs to' }),
    label: Type.String({ description: 'Its name for people' }),
    description: Type.String({ description: 'What it does' }),
  },
  { title: 'Setting', description: 'A setting of the workspace' },
);

export const SettingList = Type.Object(
  { data: Type.Array(Setting) },
  { title: 'SettingList', description: 'Every setting' },
);

const text = Type.Optional(
  nullable(Type.String({ description: 'The new value as text; null for the default' })),
);

export const SettingsUpdate = Type.Object(
  Object.fromEntries(KEYS.map((key) => [key, text])) as Record<(typeof KEYS)[number], typeof text>,
  {
    title: 'SettingsUpdate',
    description: 'Settings to change by their keys; what is absent stays',
    examples: [{ payment_terms_days: '14' }],
  },
);
