import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchProtectedResource,
  fetchUserInfo,
} from 'openid-client';
import {
  type Platform,
  type PlatformAccount,
  PlatformFailure,
} from '../../modules/linked-accounts/index.ts';
import type { Credentials } from './index.ts';
import type { PlatformSpec } from './platforms.ts';

/** How long a platform may take to answer one request, in seconds. */
const PATIENCE = 10;
const LONGEST_ID = 255;
const LONGEST_USERNAME = 320;
const OPENID_USERNAME = ['preferred_username', 'nickname', 'name'];

type Tokens = Awaited<ReturnType<typeof authorizationCodeGrant>>;
type Profile = Record<string, unknown>;

/** The client secret goes in the header or the body, never in a URL (threats.md T21). */
function clientAuth(spec: PlatformSpec, { clientSecret }: Credentials) {
  return spec.secret === 'client_secret_basic'
    ? ClientSecretBasic(clientSecret)
    : ClientSecretPost(clientSecret);
}

async function configure(
  spec: PlatformSpec,
  credentials: Credentials,
  patience: number,
): Promise<Configuration> {
  const { server } = spec;
  const auth = clientAuth(spec, credentials);
  // A server without TLS is one the operator has named; the known ones all have it.
  const plain = /^http:/.test(typeof server === 'string' ? server : server.token_endpoint);
  if (typeof server === 'string') {
    return discovery(new URL(server), credentials.clientId, undefined, auth, {
      timeout: patience,
      execute: plain ? [allowInsecureRequests] : [],
    });
  }
  const config = new Configuration({ ...server }, credentials.clientId, undefined, auth);
  config.timeout = patience;
  if (plain) allowInsecureRequests(config);
  return config;
}

/** What went wrong, without any value of the answer. */
function reasonOf(error: unknown): string {
  const { name, code, status, cause } = error as Error & Record<'code' | 'status', unknown>;
  const below = (cause as { code?: unknown } | undefined)?.code;
  return [name, code ?? below, status].filter((part) => part !== undefined).join(' ');
}

function failureOf(error: unknown): PlatformFailure {
  const { response, cause } = error as { response?: unknown; cause?: unknown };
  const answer = [response, cause].find((part) => part instanceof Response);
  const seconds = answer?.headers.get('retry-after') ?? '';
  return new PlatformFailure({
    limited: answer?.status === 429,
    retryAfterSeconds: /^\d{1,6}$/.test(seconds) ? Number(seconds) : undefined,
    cause: error,
  });
}

async function readProfile(
  config: Configuration,
  spec: PlatformSpec,
  tokens: Tokens,
): Promise<Profile> {
  const claims = tokens.claims();
  if (spec.profile === undefined) {
    const sub = claims?.sub ?? '';
    if (config.serverMetadata().userinfo_endpoint === undefined) return { ...claims };
    return fetchUserInfo(config, tokens.access_token, sub);
  }
  const { url } = spec.profile;
  const answer = await fetchProtectedResource(config, tokens.access_token, new URL(url), 'GET');
  if (answer.status !== 200) throw new Error(`status ${answer.status}`, { cause: answer });
  return (await answer.json()) as Profile;
}

function usernameIn(profile: Profile, fields: readonly string[]): string | null {
  for (const field of fields) {
    const value = profile[field];
    if (typeof value !== 'string' || value.trim() === '') continue;
    return value.replaceAll('\0', '').slice(0, LONGEST_USERNAME).toWellFormed();
  }
  return null;
}

function accountIn(
  config: Configuration,
  spec: PlatformSpec,
  tokens: Tokens,
  profile: Profile,
): PlatformAccount {
  const given = profile[spec.profile?.id ?? 'sub'];
  const id = typeof given === 'number' ? String(given) : given;
  if (typeof id !== 'string' || !/^[\x21-\x7e]+$/.test(id) || id.length > LONGEST_ID) {
    throw new Error('The profile holds no id');
  }
  const lifetime = tokens.expiresIn();
  return {
    issuer: tokens.claims()?.iss ?? config.serverMetadata().issuer,
    id,
    username: usernameIn(profile, spec.profile?.username ?? OPENID_USERNAME),
    tokens: {
      access_token: tokens.access_token,
      refresh_token: tokens.refresh_token ?? null,
      expires_at: lifetime === undefined ? null : Math.floor(Date.now() / 1000) + lifetime,
    },
  };
}

/**
 * A platform over openid-client: PKCE (S256), state, the issuer of the callback (RFC 9207) and,
 * with OpenID Connect, ID token and nonce are checked there. `failed` is told which step failed.
 */
export function connect(
  spec: PlatformSpec,
  credentials: Credentials,
  failed: (step: string, reason: string) => void,
  patience = PATIENCE,
): Platform {
  const openid = typeof spec.server === 'string';
  let found: Promise<Configuration> | undefined;
  const configuration = () => {
    found ??= configure(spec, credentials, patience).catch((error) => {
      found = undefined;
      throw error;
    });
    return found;
  };
  const step = async <T>(name: string, body: () => Promise<T>): Promise<T> => {
    try {
      return await body();
    } catch (error) {
      failed(name, reasonOf(error));
      throw failureOf(error);
    }
  };
  return {
    async authorizationUrl({ state, nonce, verifier, redirectUri }) {
      const config = await step('discovery', configuration);
      return buildAuthorizationUrl(config, {
        ...spec.parameters,
        scope: spec.scope,
        redirect_uri: new URL(redirectUri).href,
        state,
        ...(openid && { nonce }),
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).href;
    },
    async account({ state, nonce, verifier, redirectUri }, { code, iss }) {
      const config = await step('discovery', configuration);
      const callback = new URL(redirectUri);
      callback.search = new URLSearchParams({ code, state, ...(iss && { iss }) }).toString();
      const tokens = await step('exchange', () =>
        authorizationCodeGrant(config, callback, {
          expectedState: state,
          pkceCodeVerifier: verifier,
          ...(openid && { expectedNonce: nonce, idTokenExpected: true }),
        }),
      );
      return step('profile', async () =>
        accountIn(config, spec, tokens, await readProfile(config, spec, tokens)),
      );
    },
  };
}
