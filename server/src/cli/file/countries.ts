import countries from 'i18n-iso-countries';
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };

countries.registerLocale(english);

/** Names in daily use that the standard does not list. */
const OTHERS: Record<string, string> = {
  bolivia: 'BO',
  brunei: 'BN',
  burma: 'MM',
  'dr congo': 'CD',
  drc: 'CD',
  england: 'GB',
  eswatini: 'SZ',
  holland: 'NL',
  korea: 'KR',
  laos: 'LA',
  macedonia: 'MK',
  micronesia: 'FM',
  moldova: 'MD',
  'northern ireland': 'GB',
  'republic of ireland': 'IE',
  scotland: 'GB',
  swaziland: 'SZ',
  syria: 'SY',
  vatican: 'VA',
  'viet nam': 'VN',
  wales: 'GB',
};

/** The alpha-2 code of a country given by code or English name; what is unknown stays as it is. */
export function countryCode(given: string): string {
  const text = given.trim().replace(/\s+/g, ' ');
  if (/^[a-z]{2}$/i.test(text) && text.toUpperCase() !== 'UK') return text.toUpperCase();
  return (
    (/^[a-z]{3}$/i.test(text) ? countries.alpha3ToAlpha2(text.toUpperCase()) : undefined) ??
    countries.getAlpha2Code(text, 'en') ??
    OTHERS[text.toLowerCase()] ??
    given
  );
}
