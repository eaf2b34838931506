import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { platformTitles } from '../../kernel/platforms.ts';
import type { App } from '../app.ts';
import { lockCustomer, recordOf } from '../customers/index.ts';
import { resumeState, stateDead, subjectOf } from '../portal-sessions/index.ts';
import { findAccount, insertAccount, renewAccount } from './linked-accounts.store.ts';
import { type PlatformAccount, PlatformFailure } from './platform.ts';
import { callbackUrl, type KeptTrip } from './round-trip.ts';

/** What a platform sent a person back with. */
export interface Callback {
  state: string;
  code?: string | null;
  error?: string | null;
  iss?: string | null;
}

/** Where the person goes next, and whether an account was linked. */
export interface Landing {
  to: string;
  linked: boolean;
}

/** An error code as platforms write it (RFC 6749 §4.1.2.1); any other text is not passed on. */
const ERROR_CODE = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}$/;

/** The session or the customer ended while the person was away. */
const GONE = new Set(['invalid_token', 'ResourceNotFound']);

function failed(trip: KeptTrip, text: string, retryAfterSeconds?: number): Landing {
  const url = new URL(trip.returnTo);
  url.searchParams.set('error', text);
  url.searchParams.set('error_platform', trip.platform);
  if (retryAfterSeconds !== undefined) {
    url.searchParams.set('error_retry_after', String(retryAfterSeconds));
  }
  return { to: url.href, linked: false };
}

async function fetchAccount(
  app: App,
  trip: KeptTrip,
  { state, code, iss }: Callback,
): Promise<PlatformAccount> {
  const platform = app.platforms[trip.platform];
  if (platform === undefined || !code) throw new PlatformFailure({});
  const { nonce, verifier } = trip;
  const redirectUri = callbackUrl(app.publicUrl);
  return platform.account({ state, nonce, verifier, redirectUri }, { code, iss: iss ?? undefined });
}

/** Links the account, or renews what is kept of it; the session must still be live. */
async function store(app: App, caller: Caller, trip: KeptTrip, account: PlatformAccount) {
  const { customerId, memberId } = subjectOf(caller);
  const { workspaceId } = caller;
  const { platform } = trip;
  const { username, issuer } = account;
  const tokens = app.keys.seal(JSON.stringify(account.tokens));
  await app.work(caller, async (w) => {
    // Locked, so that it cannot be erased before the account is there for erasure to find.
    const customer = await lockCustomer(w, caller, { id: customerId });
    if (memberId !== null && !customer.members.some((m) => m.id === memberId)) throw stateDead();
    const found = await w.run<{ id: string; account_username: string | null }>(
      findAccount(workspaceId, customerId, memberId, platform, account.id),
    );
    const before = found.rows[0];
    const id = before?.id ?? newId();
    w.defer(
      before === undefined
        ? insertAccount(
            ...[workspaceId, id, customerId, memberId, platform, account.id],
            ...[issuer, username, tokens],
          )
        : renewAccount(workspaceId, id, issuer, username, tokens),
    );
    w.record({
      entity: 'linked_account',
      entityId: id,
      customerId,
      before: before === undefined ? null : { account_username: before.account_username },
      after: {
        ...(before === undefined && { member_id: memberId, platform, account_id: account.id }),
        account_username: username,
      },
      personal: ['account_id', 'account_username'],
      // A customer is said to have changed when an account of its own is linked (§11).
      ...(memberId === null && {
        event: { type: 'customer.updated', data: recordOf(customer) },
      }),
    });
  });
}

/**
 * Ends the round trip that `authorizeAccount` began (§8.7). What is linked depends on the state
 * alone, and never on an e-mail (threats.md T22). Errors: 403 for a state that is not live, and
 * where session or customer ended meanwhile.
 */
export async function linkAccount(app: App, caller: Caller, callback: Callback): Promise<Landing> {
  const resumed = await resumeState<KeptTrip>(app, caller, callback.state);
  const trip = resumed.content;
  const title = platformTitles[trip.platform];
  const generic = `The ${title} account could not be linked`;
  if (callback.error || !callback.code) {
    return failed(trip, ERROR_CODE.test(callback.error ?? '') ? `${callback.error}` : generic);
  }
  let account: PlatformAccount;
  try {
    account = await fetchAccount(app, trip, callback);
  } catch (error) {
    if (!(error instanceof PlatformFailure)) throw error;
    if (!error.limited) return failed(trip, generic);
    return failed(trip, `${title} takes no more requests for now`, error.retryAfterSeconds);
  }
  try {
    await store(app, resumed.caller, trip, account);
  } catch (error) {
    if (error instanceof DomainError && GONE.has(error.code)) throw stateDead();
    throw error;
  }
  return { to: trip.returnTo, linked: true };
}
