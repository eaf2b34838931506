import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const CLIENT = { clientId: 'clientele', clientSecret: 'a-secret-of-the-client' };

/** Somebody with an account at the provider. */
export interface Person {
  sub: string;
  preferred_username?: string;
  email?: string;
}

/** A real OpenID provider on loopback, whose people always agree. */
export interface OpenIdProvider {
  issuer: string;
  /** Who is signed in there now. */
  person: Person;
  /** Every access and refresh token it ever gave. */
  issued: string[];
  /** Walks an authorization URL as the person's browser; out: where it is sent back to. */
  agree(url: string): Promise<URL>;
  close(): Promise<void>;
}

/** Follows redirects with cookies until one leaves the provider. */
async function browse(issuer: string, start: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(start);
  while (url.origin === issuer) {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined) cookies.set(name, value ?? '');
    }
    const next = answer.headers.get('location');
    if (next === null) throw new Error(`${answer.status}: ${await answer.text()}`);
    url = new URL(next, url);
  }
  return url;
}

const key = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** Starts a provider that knows one client, with the given redirect URI. */
export async function startOpenIdProvider(redirectUri: string, port = 0): Promise<OpenIdProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const self: OpenIdProvider = {
    issuer,
    person: { sub: 'somebody' },
    issued: [],
    agree: (url) => browse(issuer, url),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    jwks: { keys: [{ ...key().export({ format: 'jwk' }), use: 'sig' }] },
    ttl: {
      AccessToken: 600,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: 600,
      Session: 600,
    },
    cookies: { keys: ['a-key-for-tests'] },
    claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email'] },
    pkce: { required: () => true },
    issueRefreshToken: () => true,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...self.person, sub }) }),
    // Consent is a given.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId as string,
        accountId: oidc.session?.accountId as string,
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
  provider.on('grant.success', ({ body }) => {
    const { access_token, refresh_token } = body as Record<string, string | undefined>;
    for (const token of [access_token, refresh_token]) if (token) self.issued.push(token);
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response);
    return provider.interactionFinished(request, response, {
      login: { accountId: self.person.sub },
    });
  });
  return self;
}
