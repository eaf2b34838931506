import { iso31661, iso31662 } from 'iso-3166';

const countries = new Set(iso31661.filter((c) => c.state === 'assigned').map((c) => c.alpha2));
const subdivisions = new Set(iso31662.filter((s) => /^(US|CA)-/.test(s.code)).map((s) => s.code));
const CHECKED = new Map([
  ['US', 'US state'],
  ['CA', 'CA province'],
]);

/** Whether a text is an assigned ISO 3166-1 alpha-2 code in upper case (README decision 17). */
export function isCountry(code: string): boolean {
  return countries.has(code);
}

/**
 * Reads a state of an address (README decision 18). In the US and Canada it must be an ISO 3166-2
 * subdivision, given with or without the country's prefix, and is kept with it; elsewhere any text.
 */
export function readSubdivision(
  country: string,
  state: string,
): { code: string | null } | { reason: string } {
  const given = state.trim();
  if (given === '') return { code: null };
  const kind = CHECKED.get(country);
  if (kind === undefined) return { code: given };
  const code = given.startsWith(`${country}-`) ? given : `${country}-${given}`;
  return subdivisions.has(code)
    ? { code }
    : { reason: `Not a valid ${kind}: ${given.slice(0, 50)}` };
}
