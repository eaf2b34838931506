import type { Validator } from 'stdnum';
import type { Issue } from '../../kernel/errors.ts';
import { isCountry } from '../../kernel/places.ts';
import { readVatNumber } from '../../kernel/vat-number.ts';

/** What stdnum calls the VAT number of each country that VIES knows, by the prefix of VIES. */
const EU_VAT: Record<string, readonly [country: string, name: string]> = {
  AT: ['at', 'uid'],
  BE: ['be', 'vat'],
  BG: ['bg', 'vat'],
  CY: ['cy', 'vat'],
  CZ: ['cz', 'dic'],
  DE: ['de', 'vat'],
  DK: ['dk', 'cvr'],
  EE: ['ee', 'kmkr'],
  EL: ['gr', 'vat'],
  ES: ['es', 'nif'],
  FI: ['fi', 'alv'],
  FR: ['fr', 'tva'],
  HR: ['hr', 'oib'],
  HU: ['hu', 'anum'],
  IE: ['ie', 'vat'],
  IT: ['it', 'iva'],
  LT: ['lt', 'pvm'],
  LU: ['lu', 'tva'],
  LV: ['lv', 'pvn'],
  MT: ['mt', 'vat'],
  NL: ['nl', 'btw'],
  PL: ['pl', 'nip'],
  PT: ['pt', 'nif'],
  RO: ['ro', 'cif'],
  SE: ['se', 'vat'],
  SI: ['si', 'ddv'],
  SK: ['sk', 'dph'],
  XI: ['gb', 'vat'],
};

/** stdnum takes most of a second to load whole, so a country is loaded when it is first met. */
async function validatorOf(country: string, name: string): Promise<Validator | undefined> {
  if (!isCountry(country.toUpperCase())) return undefined;
  try {
    const found = await import(`stdnum/lib/cjs/${country}/index.js`);
    const known = found.default as Record<string, Validator>;
    return Object.hasOwn(known, name) ? known[name] : undefined;
  } catch (error) {
    // A country that stdnum does not have.
    if ((error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

const refused = (kind: string, input: string, message: string): Issue => ({
  in: 'body',
  path: ['tax_identifiers', kind],
  type: 'value_error',
  message,
  input,
});

async function read(kind: string, text: string): Promise<string | Issue> {
  if (kind === 'eu_vat') {
    const found = readVatNumber(text);
    const [country = '', name = ''] = EU_VAT[found?.country ?? ''] ?? [];
    const validator = await validatorOf(country, name);
    return found !== undefined && validator?.validate(found.number).isValid
      ? found.country + found.number
      : refused(kind, text, 'Must be a VAT number of the European Union, with its country');
  }
  const [, country = '', name = ''] = /^([a-z]{2})_([a-z0-9]+)$/.exec(kind) ?? [];
  const validator = await validatorOf(country, name);
  return validator === undefined || validator.validate(text).isValid
    ? text
    : refused(kind, text, `Is not a number of the kind ${kind}`);
}

/**
 * Checks tax numbers by the syntax and check digits of their countries; kinds that nobody knows
 * stay as they are. Out: the numbers, `eu_vat` without blanks, and what is wrong with them (400).
 */
export async function readTaxNumbers(
  given: Record<string, string>,
): Promise<{ numbers: Record<string, string>; issues: Issue[] }> {
  const entries = await Promise.all(
    Object.entries(given).map(async ([kind, text]) => [kind, await read(kind, text)] as const),
  );
  const numbers = entries.filter((e): e is readonly [string, string] => typeof e[1] === 'string');
  return {
    numbers: Object.fromEntries(numbers),
    issues: entries.flatMap(([, found]) => (typeof found === 'string' ? [] : [found])),
  };
}
