import type { VatRegister } from '../../modules/vat/index.ts';
import { TEST_ERRORS } from './stand-in.ts';

/**
 * What every register must do with the official test numbers, the stand-in as well as the service's
 * own operation for tests. In: makes a register that has not been asked yet. Out: what it does
 * otherwise, in words; nothing, if it keeps the contract.
 */
export async function breaches(make: () => VatRegister, country = 'DE'): Promise<string[]> {
  const wanted: [number: string, verdict: string, failure: string | undefined][] = [
    ['100', 'valid', undefined],
    ['200', 'invalid', undefined],
    ...Object.entries(TEST_ERRORS).map(([number, failure]): [string, string, string] => [
      number,
      'unavailable',
      failure,
    ]),
  ];
  const found: string[] = [];
  for (const [number, verdict, failure] of wanted) {
    const answer = await make().check({ country, number });
    const said = answer.verdict === 'unavailable' ? answer.failure : undefined;
    if (answer.verdict !== verdict || said !== failure) {
      found.push(`${number}: ${answer.verdict} ${said ?? ''}, not ${verdict} ${failure ?? ''}`);
    }
    if (answer.verdict === 'unavailable' && !answer.asked) found.push(`${number}: was not asked`);
  }
  return found;
}
