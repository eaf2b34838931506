import { type Intent, LONGEST_WAIT_HOURS } from './intent.ts';
import { PaymentProviderDown } from './port.ts';

/** Whether a processor is asked no more about an intent. */
export const isOld = (intent: Pick<Intent, 'created_at'>) =>
  Date.now() - Date.parse(intent.created_at) > LONGEST_WAIT_HOURS * 3_600_000;

/**
 * Whether a refusal says nothing of what stands: what is asked for under a new key each time may
 * have been done by an earlier try all the same.
 */
export const isUnsure = (intent: Intent) =>
  intent.attempts > 1 && !['customer', 'setup'].includes(intent.kind) && !isOld(intent);

/**
 * Has something made exactly once: what an earlier try may have made is looked for before it is
 * asked for again, and after an answer that will not change. Out: undefined if it was not made.
 */
export async function once<T>(
  intent: Pick<Intent, 'attempts' | 'created_at'>,
  find: () => Promise<T | undefined>,
  ask: (() => Promise<T>) | undefined,
): Promise<T | undefined> {
  if (intent.attempts > 1) {
    const found = await find();
    if (found !== undefined) return found;
  }
  if (ask === undefined || isOld(intent)) return undefined;
  try {
    return await ask();
  } catch (error) {
    if (error instanceof PaymentProviderDown && error.final) return find();
    throw error;
  }
}
