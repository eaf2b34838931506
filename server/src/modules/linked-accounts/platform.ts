import type { PlatformName } from '../../kernel/platforms.ts';

/** One round trip to a platform; all but `redirectUri` are new for each. */
export interface RoundTrip {
  state: string;
  nonce: string;
  /** The PKCE code verifier (RFC 7636); a platform is shown its S256 challenge first. */
  verifier: string;
  redirectUri: string;
}

/** What a platform adds to the callback URL when a person agreed. */
export interface Agreed {
  code: string;
  /** Who says so (RFC 9207). */
  iss: string | undefined;
}

/** What a platform gives to act for an account. */
export interface PlatformTokens {
  access_token: string;
  refresh_token: string | null;
  /** Unix time in seconds. */
  expires_at: number | null;
}

/** An account, as the platform itself names it; never by its e-mail (threats.md T22). */
export interface PlatformAccount {
  issuer: string;
  id: string;
  username: string | null;
  tokens: PlatformTokens;
}

/**
 * A platform whose accounts can be linked. Both calls go over the network and end within the
 * implementation's own patience. Errors: `PlatformFailure`.
 */
export interface Platform {
  /** Where a person is sent to agree. */
  authorizationUrl(trip: RoundTrip): Promise<string>;
  /** The account of the person who agreed. */
  account(trip: RoundTrip, agreed: Agreed): Promise<PlatformAccount>;
}

/** The platforms that are switched on. */
export type Platforms = Partial<Record<PlatformName, Platform>>;

/** Why a platform did not do its part. */
export class PlatformFailure extends Error {
  /** Whether it takes no more requests for now. */
  readonly limited: boolean;
  readonly retryAfterSeconds: number | undefined;
  constructor(options: {
    limited?: boolean;
    retryAfterSeconds?: number | undefined;
    cause?: unknown;
  }) {
    super('The platform did not do its part', { cause: options.cause });
    this.limited = options.limited ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
