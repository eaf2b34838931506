import type { VatNumber } from '../../kernel/vat-number.ts';
import type { VatAnswer, VatRegister } from '../../modules/vat/index.ts';
import { outage, readAnswer } from './answer.ts';
import { Breaker, type BreakerRules } from './breaker.ts';
import { Slots } from './slots.ts';

/** The public service. */
export const PUBLIC_VIES = 'https://ec.europa.eu/taxation_customs/vies/rest-api';

/** Where VIES is, and how it is treated. Times in milliseconds. */
export interface ViesOptions {
  /** Base of its REST API. */
  url: string;
  /** In whose name it is asked: a VAT number with its country; only then it numbers consultations. */
  requester: string | undefined;
  /** The operation that is asked; the service has another one for tests. */
  operation?: string;
  perCountry?: number;
  inAll?: number;
  /** The longest an answer may take. */
  timeoutMs?: number;
  /** The longest a request waits for its turn. */
  patienceMs?: number;
  /** Pauses before a request is repeated that met too many others. */
  pausesMs?: readonly number[];
  breaker?: BreakerRules;
}

const LARGEST_ANSWER = 256 * 1024;
const CROWDED = /_MAX_CONCURRENT_REQ(_TIME)?$/;
/** Failures that speak of one country's part of the service. */
const OF_COUNTRY = /^(MS_|TIMEOUT$|NO_ANSWER$)/;
/** Failures that speak of the request, not of the service. */
const OF_REQUEST = /^(INVALID_|VAT_BLOCKED$|ANSWER_)/;
const BANNED = 'IP_BLOCKED';
const WHOLE_SERVICE = '*';

class TooLarge extends Error {}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > LARGEST_ANSWER) throw new TooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * Asks VIES over its REST API. Caps hold for the process: so many requests for each country and in
 * all; who finds no place in time, or a breaker open, is not asked about (threats.md T48).
 */
export function viesClient(options: ViesOptions): VatRegister {
  const {
    perCountry = 2,
    inAll = 8,
    timeoutMs = 15_000,
    patienceMs = 10_000,
    pausesMs = [250, 1_000],
    operation = 'check-vat-number',
    breaker: rules = { after: 5, pauseMs: 15_000, longestMs: 300_000 },
  } = options;
  const target = `${options.url.replace(/\/+$/, '')}/${operation}`;
  const slots = new Slots(perCountry, inAll);
  const breaker = new Breaker(rules);
  const requester = options.requester ?? null;

  async function request({ country, number }: VatNumber): Promise<VatAnswer> {
    try {
      const response = await fetch(target, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({
          countryCode: country,
          vatNumber: number,
          ...(requester === null
            ? {}
            : {
                requesterMemberStateCode: requester.slice(0, 2),
                requesterNumber: requester.slice(2),
              }),
        }),
      });
      return readAnswer(response.status, await textOf(response), { country, number });
    } catch (error) {
      if (error instanceof TooLarge) return outage('ANSWER_TOO_LARGE');
      const { name } = error as Error;
      return outage(name === 'TimeoutError' ? 'NO_ANSWER' : 'NO_CONNECTION');
    }
  }

  function note(country: string, answer: VatAnswer): void {
    if (answer.verdict !== 'unavailable') {
      breaker.succeeded(country);
      breaker.succeeded(WHOLE_SERVICE);
    } else if (OF_COUNTRY.test(answer.failure)) {
      breaker.failed(country);
    } else if (!OF_REQUEST.test(answer.failure)) {
      breaker.failed(WHOLE_SERVICE, answer.failure === BANNED);
    }
  }

  const closed = (country: string) => breaker.allows(WHOLE_SERVICE) && breaker.allows(country);

  return {
    requester,
    async check(asked) {
      for (let tries = 0; ; tries += 1) {
        const release = await slots.take(asked.country, patienceMs);
        if (release === undefined) return outage('TOO_MANY_CHECKS', tries > 0);
        let answer: VatAnswer;
        try {
          if (!closed(asked.country)) return outage('CIRCUIT_OPEN', tries > 0);
          answer = await request(asked);
          note(asked.country, answer);
        } finally {
          release();
        }
        const pause = pausesMs[tries];
        const crowded = answer.verdict === 'unavailable' && CROWDED.test(answer.failure);
        if (!crowded || pause === undefined) return answer;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    },
  };
}
