/** Prefixes that VIES knows: Greece is EL, Northern Ireland XI. */
const PREFIXES = new Set(
  'AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI'.split(' '),
);

/** A VAT number as VIES takes it: its prefix, and the number without it. */
export interface VatNumber {
  country: string;
  number: string;
}

/**
 * Reads a VAT number with its country, in any usual spelling; undefined where the prefix is none
 * that VIES knows. Says nothing about check digits.
 */
export function readVatNumber(text: string | undefined): VatNumber | undefined {
  const compact = (text ?? '').toUpperCase().replace(/[\s.\-/]/g, '');
  const [country, number] = [compact.slice(0, 2).replace('GR', 'EL'), compact.slice(2)];
  return PREFIXES.has(country) && /^[0-9A-Z+*]{2,12}$/.test(number)
    ? { country, number }
    : undefined;
}
