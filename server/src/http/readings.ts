import Ajv, { type SchemaValidateFunction } from 'ajv';
import { isCurrency } from '../kernel/currencies.ts';
import { readEmail } from '../kernel/email.ts';
import { parseUuid } from '../kernel/ids.ts';
import { isCountry, readSubdivision } from '../kernel/places.ts';
import { readTime } from '../kernel/time.ts';

interface Finding {
  type: string;
  message: string;
  ctx?: Record<string, unknown>;
}
type Outcome = { value: unknown } | Finding;
type Place = { parentData: Record<string, unknown>; parentDataProperty: string | number };

function reading(read: (data: never, setting: never) => Outcome): SchemaValidateFunction {
  const validate: SchemaValidateFunction = (setting, data, parentSchema, context) => {
    const outcome = read(data as never, setting as never);
    if ('value' in outcome) {
      const { parentData, parentDataProperty } = context as unknown as Place;
      if (outcome.value !== data) parentData[parentDataProperty] = outcome.value;
      return true;
    }
    validate.errors = [
      {
        keyword: 'reading',
        message: outcome.message,
        params: { ...outcome },
        parentSchema: parentSchema ?? {},
      },
    ];
    return false;
  };
  return validate;
}

function readUuid(text: string, version: number): Outcome {
  const found = parseUuid(text);
  if (found === undefined) return { type: 'uuid_parsing', message: 'Must be a UUID' };
  if (version !== 0 && found.version !== version) {
    return {
      type: 'uuid_version',
      message: `Must be a UUID of version ${version}`,
      ctx: { expected_version: version },
    };
  }
  return { value: found.id };
}

function valueError(reason: string): Finding {
  return { type: 'value_error', message: reason, ctx: { reason } };
}

const amountForm: Finding = {
  type: 'decimal_parsing',
  message: 'Must be a decimal amount, such as "120.00"',
};

function readAmount(given: unknown): Outcome {
  // What has another type is told by the type, once.
  if (given === null || typeof given === 'boolean' || Array.isArray(given)) return { value: given };
  if (typeof given === 'object') {
    const { value, currency } = given as { value?: unknown; currency?: unknown };
    const amount = readAmount(value);
    if (!('value' in amount) || typeof amount.value !== 'string') return amountForm;
    if (typeof currency !== 'string' || !isCurrency(currency.toUpperCase())) return amountForm;
    return { value: `${amount.value} ${currency.toUpperCase()}` };
  }
  const text = typeof given === 'number' ? String(given) : given;
  return typeof text === 'string' && /^-?\d{1,30}(\.\d{1,30})?$/.test(text)
    ? { value: text }
    : amountForm;
}

/** An Ajv instance that knows the words of contracts/lib/schema.ts and reports every issue. */
export function createAjv(): Ajv.default {
  const ajv = new Ajv.default({
    allErrors: true,
    verbose: true,
    strict: false,
    useDefaults: true,
    validateFormats: false,
    messages: false,
  });
  const string = (keyword: string, read: (data: never, setting: never) => Outcome) =>
    ajv.addKeyword({
      keyword,
      type: 'string',
      modifying: true,
      errors: true,
      validate: reading(read),
    });
  string('x-uuid', readUuid as never);
  string('x-email', ((text: string) => {
    const email = readEmail(text);
    return 'email' in email ? { value: email.email } : valueError(email.reason);
  }) as never);
  string('x-blank-null', ((text: string) => ({ value: text.trim() || null })) as never);
  string('x-trim', ((text: string) => {
    const value = text.trim();
    // Runs after minLength, which cannot know what trimming leaves.
    return value === '' && text !== ''
      ? { type: 'string_too_short', message: 'Must not be blank', ctx: { min_length: 1 } }
      : { value };
  }) as never);
  string('x-time', ((text: string) => {
    const time = readTime(text);
    return time === undefined
      ? { type: 'datetime_parsing', message: 'Must be an RFC 3339 time with its offset' }
      : { value: time };
  }) as never);
  string('x-url', ((text: string) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol)
      ? { value: url.href }
      : { type: 'url_parsing', message: 'Must be a URL that starts with http:// or https://' };
  }) as never);
  string('x-currency', ((text: string) => {
    const code = text.trim().toUpperCase();
    return isCurrency(code)
      ? { value: code }
      : {
          type: 'enum',
          message: 'Must be an ISO 4217 currency code',
          ctx: { expected: 'an ISO 4217 currency code' },
        };
  }) as never);
  string('x-locale', ((text: string) => {
    try {
      return { value: Intl.getCanonicalLocales(text.trim())[0] };
    } catch {
      return valueError('Must be a BCP 47 language tag');
    }
  }) as never);
  ajv.addKeyword({
    keyword: 'x-money',
    modifying: true,
    errors: true,
    validate: reading(readAmount as never),
  });
  string('x-country', ((text: string) => {
    const code = text.trim().toUpperCase();
    return isCountry(code)
      ? { value: code }
      : {
          type: 'enum',
          message: 'Must be an ISO 3166-1 alpha-2 country code',
          ctx: { expected: 'an ISO 3166-1 alpha-2 country code' },
        };
  }) as never);
  ajv.addKeyword({
    keyword: 'x-subdivision',
    type: 'object',
    modifying: true,
    errors: true,
    validate: reading(((address: { country?: unknown; state?: unknown }) => {
      if (typeof address.state !== 'string' || typeof address.country !== 'string') {
        return { value: address };
      }
      const state = readSubdivision(address.country.trim().toUpperCase(), address.state);
      if ('reason' in state) return valueError(state.reason);
      address.state = state.code;
      return { value: address };
    }) as never),
  });
  return ajv;
}
