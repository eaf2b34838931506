import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VatRegister } from '../../src/modules/vat/index.ts';
import { PUBLIC_VIES } from '../../src/providers/vies/client.ts';
import { breaches } from '../../src/providers/vies/contract.ts';
import { FAULTS, startViesStandIn, type ViesStandIn } from '../../src/providers/vies/stand-in.ts';
import { size } from '../kit/soak.ts';
import { clientOf } from '../kit/vies.ts';

let stand: ViesStandIn;
beforeAll(async () => {
  stand = await startViesStandIn();
});
afterAll(() => stand.close());
beforeEach(() => {
  stand.seen = { requests: 0, perCountry: 0, inAll: 0 };
  stand.bodies = [];
  stand.outcomes.clear();
  stand.otherwise = '100';
  stand.delayMs = 0;
});

const about = (country: string, n: number) => ({ country, number: String(123_456_000 + n) });

describe('the client', () => {
  it('keeps the contract over the stand-in', async () => {
    expect(await breaches(() => clientOf(stand))).toEqual([]);
  });

  // Only where it is asked for: the service is somebody else’s, and needs the network.
  if (process.env.CLIENTELE_TEST_VIES === 'public') {
    it('keeps the contract over the operation for tests of the public service', async () => {
      const options = {
        url: PUBLIC_VIES,
        operation: 'check-vat-test-service',
        timeoutMs: 30_000,
        requester: undefined,
      };
      expect(await breaches(() => clientOf(stand, options))).toEqual([]);
    }, 600_000);
  }

  it('is told apart from one that takes an error for a verdict', async () => {
    const wrong = (): VatRegister => {
      const client = clientOf(stand);
      return {
        requester: client.requester,
        async check(asked) {
          const answer = await client.check(asked);
          if (answer.verdict !== 'unavailable') return answer;
          const { payload } = answer;
          return {
            verdict: 'invalid',
            consultationNumber: null,
            name: null,
            address: null,
            payload,
          };
        },
      };
    };
    expect((await breaches(wrong)).length).toBeGreaterThan(5);
  });

  it('asks in the name of the requester and keeps the consultation number', async () => {
    const answer = await clientOf(stand).check({ country: 'EL', number: '094259216' });
    expect(stand.bodies).toEqual([
      {
        countryCode: 'EL',
        vatNumber: '094259216',
        requesterMemberStateCode: 'DE',
        requesterNumber: '136695976',
      },
    ]);
    expect(answer).toMatchObject({
      verdict: 'valid',
      consultationNumber: expect.stringMatching(/^WAPI/),
      name: 'ACME GMBH',
      address: 'MAIN STREET 1\n10115 BERLIN',
      payload: { valid: true, countryCode: 'EL', vatNumber: '094259216' },
    });
    expect(JSON.stringify(answer.payload)).not.toContain('ACME');
    const anonymous = await clientOf(stand, { requester: undefined }).check(about('XI', 1));
    expect(anonymous).toMatchObject({ verdict: 'valid', consultationNumber: null });
    expect(stand.bodies[1]).toEqual({ countryCode: 'XI', vatNumber: '123456001' });
  });

  it.each([...FAULTS])('takes no verdict from the fault %s', async (fault) => {
    stand.otherwise = fault;
    const answer = await clientOf(stand).check(about('DE', 1));
    expect(answer).toMatchObject({ verdict: 'unavailable', asked: true });
    expect(JSON.stringify(answer).length).toBeLessThan(500);
  });

  it('takes no verdict where nobody listens', async () => {
    const gone = await startViesStandIn();
    await gone.close();
    expect(await clientOf(gone).check(about('DE', 1))).toMatchObject({
      verdict: 'unavailable',
      failure: 'NO_CONNECTION',
    });
  });

  it.each([
    ['a NUL and a lone surrogate', 'A\u0000B\ud800C', 'A B\ufffdC'],
    ['markup', '<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['a formula', '=cmd|calc', '=cmd|calc'],
    ['dashes', '---', null],
    ['a very long name', '𝒳'.repeat(3_000), '𝒳'.repeat(500)],
  ])('keeps %s as harmless text (T49)', async (_, given, kept) => {
    stand.named = { name: given, address: given };
    const answer = await clientOf(stand).check(about('DE', 1));
    stand.named = { name: 'ACME GMBH', address: 'MAIN STREET 1\n10115 BERLIN' };
    expect(answer).toMatchObject({ verdict: 'valid', name: kept });
  });

  it('keeps requests within the caps whatever comes (T48)', async () => {
    stand.delayMs = 2;
    const client = clientOf(stand, { timeoutMs: 20_000, patienceMs: 600_000 });
    const countries = ['DE', 'FR', 'IT', 'ES', 'PL', 'NL', 'AT'];
    const flood = size(1_000, 10_000);
    const answers = await Promise.all(
      Array.from({ length: flood }, (_, n) =>
        client.check(about(countries[n % countries.length] as string, n)),
      ),
    );
    expect(answers.filter((a) => a.verdict !== 'valid')).toEqual([]);
    expect(stand.seen).toEqual({ requests: flood, perCountry: 2, inAll: 8 });
  });

  it('does not ask about whom it has no place for in time', async () => {
    stand.otherwise = 'stall';
    const client = clientOf(stand, { patienceMs: 20 });
    const answers = await Promise.all([1, 2, 3, 4].map((n) => client.check(about('DE', n))));
    expect(answers.map((a) => a.verdict === 'unavailable' && [a.failure, a.asked])).toEqual([
      ['NO_ANSWER', true],
      ['NO_ANSWER', true],
      ['TOO_MANY_CHECKS', false],
      ['TOO_MANY_CHECKS', false],
    ]);
    expect(stand.seen.requests).toBe(2);
  });

  it('asks again where it met too many others, and tells it if that goes on', async () => {
    stand.otherwise = '600';
    const client = clientOf(stand, { pausesMs: [1, 1] });
    const checked = client.check(about('DE', 1));
    expect(await checked).toMatchObject({ failure: 'MS_MAX_CONCURRENT_REQ' });
    expect(stand.seen.requests).toBe(3);
  });

  it('stops asking a country that fails in a row, and the others not', async () => {
    const breaker = { after: 3, pauseMs: 60_000, longestMs: 60_000 };
    const client = clientOf(stand, { breaker });
    stand.otherwise = '301';
    for (let n = 0; n < 3; n += 1) await client.check(about('DE', n));
    expect(await client.check(about('DE', 9))).toMatchObject({
      failure: 'CIRCUIT_OPEN',
      asked: false,
    });
    stand.otherwise = '100';
    expect(await client.check(about('FR', 1))).toMatchObject({ verdict: 'valid' });
    expect(stand.seen.requests).toBe(4);
  });

  it('stops at once where it is told to go away, and tries again after a while', async () => {
    const breaker = { after: 5, pauseMs: 500, longestMs: 500 };
    const client = clientOf(stand, { breaker });
    stand.otherwise = '401';
    expect(await client.check(about('DE', 1))).toMatchObject({ failure: 'IP_BLOCKED' });
    expect(await client.check(about('FR', 1))).toMatchObject({ failure: 'CIRCUIT_OPEN' });
    stand.otherwise = '100';
    await new Promise((resolve) => setTimeout(resolve, 520));
    expect(await client.check(about('FR', 2))).toMatchObject({ verdict: 'valid' });
    expect(await client.check(about('DE', 2))).toMatchObject({ verdict: 'valid' });
  });
});
