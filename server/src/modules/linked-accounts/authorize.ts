import { randomBytes } from 'node:crypto';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError, invalid } from '../../kernel/errors.ts';
import { type PlatformName, platformTitles } from '../../kernel/platforms.ts';
import type { App } from '../app.ts';
import { keepState, newState, returnUrl } from '../portal-sessions/index.ts';
import { PlatformFailure, type RoundTrip } from './platform.ts';
import { callbackUrl, type KeptTrip } from './round-trip.ts';

const random = () => randomBytes(32).toString('base64url');

/**
 * Begins to link an account (§8.7, README decision 7). Out: where to send the person; what comes
 * back from there is bound to this session. Errors: 422 for a platform that is not switched on;
 * 503 if it cannot be reached.
 */
export async function authorizeAccount(
  app: App,
  caller: Caller,
  input: { platform: PlatformName; return_to?: string | null },
): Promise<{ url: string }> {
  const platform = app.platforms[input.platform];
  const title = platformTitles[input.platform];
  if (platform === undefined) {
    throw invalid([
      {
        in: 'query',
        path: ['platform'],
        type: 'value_error',
        message: `Accounts of ${title} cannot be linked here: the platform is not switched on`,
        input: input.platform,
      },
    ]);
  }
  const trip: RoundTrip = {
    state: newState(),
    nonce: random(),
    verifier: random(),
    redirectUri: callbackUrl(app.publicUrl),
  };
  const url = await platform.authorizationUrl(trip).catch((error) => {
    if (!(error instanceof PlatformFailure)) throw error;
    throw new DomainError('Unavailable', 'unavailable', `${title} cannot be reached just now`);
  });
  await app.work(caller, async (w) => {
    const kept: KeptTrip = {
      platform: input.platform,
      returnTo: await w.now(returnUrl(app, w, caller, input.return_to)),
      nonce: trip.nonce,
      verifier: trip.verifier,
    };
    keepState(w, app.keys, caller, trip.state, kept);
  });
  return { url };
}
