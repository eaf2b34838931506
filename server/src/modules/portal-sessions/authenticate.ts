import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { markEmailVerified } from '../customers/index.ts';
import { limits, overLimit, tooMany } from './limits.ts';
import { readCode } from './login-codes.ts';
import { withToken } from './one-time.ts';
import { emailDigest, type PortalSession } from './session.ts';
import { killCodes, sessionById } from './sessions.store.ts';
import { startSession } from './start-session.ts';

const codeDead = () =>
  new DomainError(
    'CustomerSessionCodeInvalidOrExpired',
    'unauthenticated',
    'This code is wrong, used or expired',
  );

/** Counts a try by address, and by e-mail where one is named. Out: whether to look at the code. */
async function admit(app: App, caller: Caller, digest: Buffer | undefined): Promise<boolean> {
  const address = app.keys.requestDigest('address\n', caller.address ?? '');
  const verdict = await app.work(caller, async (w) => {
    const byAddress = await overLimit(w, limits.authenticate, address);
    if (byAddress.over || digest === undefined) return { byAddress, dead: false };
    const guesses = await overLimit(w, limits.guesses, digest);
    const today = await overLimit(w, limits.guessesADay, digest);
    const dead = guesses.over || today.over;
    if (dead) w.defer(killCodes(digest));
    return { byAddress, dead };
  });
  if (verdict.byAddress.over) throw tooMany(verdict.byAddress.seconds);
  return !verdict.dead;
}

/**
 * Signs in with a login code (§8.5, README decisions 8 and 22): the session of the member it was
 * sent to, else of the customer. Errors: 401 for a code that is wrong, used, expired, or not of
 * the e-mail named with it; 429.
 */
export async function authenticate(
  app: App,
  caller: Caller,
  input: { code: string; email?: string | null },
): Promise<{ token: string }> {
  const named = input.email?.trim() ? emailDigest(app.keys, input.email) : undefined;
  if (!(await admit(app, { ...caller }, named))) throw codeDead();
  const hash = app.keys.tokenHash(readCode(input.code));
  return withToken(app, caller, { kind: 'code', hash }, codeDead, async (w, taken) => {
    const sentTo = taken.email_digest as Buffer;
    if (named !== undefined && !named.equals(sentTo)) throw codeDead();
    await markEmailVerified(w, taken.workspace_id, taken.customer_id, (email) =>
      emailDigest(app.keys, email).equals(sentTo),
    );
    return { token: startSession(w, app.keys, { ...taken, return_url: null }).token };
  });
}

const ticketDead = () =>
  new DomainError(
    'CustomerSessionTicketInvalidOrExpired',
    'unauthenticated',
    'This link was used already or is too old',
  );

/**
 * Turns the ticket of a portal link into a session (README decision 23). Errors: 401 for a ticket
 * that is unknown, used, expired, or whose session was ended; 429.
 */
export async function exchangeTicket(
  app: App,
  caller: Caller,
  ticket: string,
): Promise<{ token: string }> {
  const address = app.keys.requestDigest('address\n', caller.address ?? '');
  const verdict = await app.work({ ...caller }, (w) => overLimit(w, limits.exchange, address));
  if (verdict.over) throw tooMany(verdict.seconds);
  const hash = app.keys.tokenHash(ticket);
  return withToken(app, caller, { kind: 'ticket', hash }, ticketDead, async (w, taken) => {
    const opened = await w.run<PortalSession>(sessionById(taken.workspace_id, taken.session_id));
    const { return_url = null } = opened.rows[0] ?? {};
    return { token: startSession(w, app.keys, { ...taken, return_url }).token };
  });
}
