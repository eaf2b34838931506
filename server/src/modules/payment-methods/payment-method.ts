import type { ProcessorName, ProviderMethod } from './port.ts';

/** A saved way to pay. */
export interface PaymentMethod {
  workspace_id: string;
  id: string;
  customer_id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  processor: ProcessorName;
  processor_id: string;
  type: string;
  brand: string | null;
  last4: string | null;
  exp_month: number | null;
  exp_year: number | null;
  funding: string | null;
  wallet: string | null;
  is_default: boolean;
}

/** What is kept of a method beside its ids (workspace-and-portal.md §8.8). */
export type MethodDetails = Pick<
  PaymentMethod,
  'type' | 'brand' | 'last4' | 'exp_month' | 'exp_year' | 'funding' | 'wallet'
>;

const LONGEST_WORD = 64;

/** What another service calls something, as a short plain word; it may have sent anything (T49). */
function word(text: string | null): string | null {
  const plain = (text ?? '').slice(0, LONGEST_WORD).replace(/[^\p{L}\p{N} ._-]/gu, '');
  return plain === '' ? null : plain;
}

const LONGEST_REASON = 300;

/** What a processor says to who pays, as one line; a text without words is none. */
export function reasonOf(text: string | null): string | null {
  const line = (text ?? '')
    .slice(0, LONGEST_REASON)
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu, ' ')
    .trim();
  return line === '' ? null : line;
}

function within(value: number | null, least: number, most: number): number | null {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
    ? value
    : null;
}

/** The details of a processor's method that are kept. */
export function detailsOf(m: ProviderMethod): MethodDetails {
  return {
    type: word(m.type) ?? 'unknown',
    brand: word(m.brand),
    last4: /^\w{1,4}$/.test(m.last4 ?? '') ? m.last4 : null,
    exp_month: within(m.exp_month, 1, 12),
    exp_year: within(m.exp_year, 1970, 9999),
    funding: word(m.funding),
    wallet: word(m.wallet),
  };
}
