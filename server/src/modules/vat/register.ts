import type { VatNumber } from '../../kernel/vat-number.ts';

/** What the register said of a number. Texts are cleaned and cut (threats.md T49). */
export interface VatVerdict {
  verdict: 'valid' | 'invalid';
  /** Proof of the consultation; only where the request named a requester. */
  consultationNumber: string | null;
  name: string | null;
  address: string | null;
  payload: Record<string, unknown>;
}

/** The register said nothing about the number; never to be read as a verdict (threats.md T47). */
export interface VatOutage {
  verdict: 'unavailable';
  /** A code of VIES, or one of ours. */
  failure: string;
  /** Whether a request went out; not where caps or the breaker held it back. */
  asked: boolean;
  payload: Record<string, unknown>;
}

export type VatAnswer = VatVerdict | VatOutage;

/** The register of VAT numbers; the port of providers/vies. */
export interface VatRegister {
  /** In whose name it is asked, with the country in front. */
  requester: string | null;
  /** Asks once. Never fails: whatever goes wrong is an outage. */
  check(asked: VatNumber): Promise<VatAnswer>;
}

/** Asks the register, if there is one. */
export async function ask(
  register: VatRegister | undefined,
  number: VatNumber,
): Promise<VatAnswer> {
  if (register !== undefined) return register.check(number);
  return { verdict: 'unavailable', failure: 'NO_REGISTER', asked: false, payload: {} };
}
