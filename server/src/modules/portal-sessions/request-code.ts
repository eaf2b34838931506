import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { limits, overLimit, tooMany } from './limits.ts';

/** Whom somebody wants a login code for. */
export interface CodeRequest {
  email: string;
  workspace_id: string;
  customer_id?: string | null;
}

/** The kind of job that looks the address up and sends what there is to send. */
export const SEND_CODES = 'send_login_codes';

/**
 * Takes a request for a login code. Whether anybody goes by the address is looked up by a job, so
 * that the answer and the time it takes are the same for every address (README decision 8b,
 * threats.md T16). Errors: 429 by client address.
 */
export async function requestCode(app: App, caller: Caller, input: CodeRequest): Promise<null> {
  const subject = app.keys.requestDigest('address\n', caller.address ?? '');
  const { over, seconds } = await app.work(caller, async (w) => {
    const verdict = await overLimit(w, limits.request, subject);
    if (!verdict.over) w.enqueue({ kind: SEND_CODES, payload: input });
    return verdict;
  });
  if (over) throw tooMany(seconds);
  return null;
}
