import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigProblems, readConfig } from '../../../src/config/config.ts';
import type { PlatformName } from '../../../src/kernel/platforms.ts';
import { connect } from '../../../src/providers/oauth/client.ts';
import { type KnownServer, specs } from '../../../src/providers/oauth/platforms.ts';
import { CLIENT, type OpenIdProvider, startOpenIdProvider } from '../../kit/openid-provider.ts';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import {
  accountsOf,
  altered,
  beginUrl,
  CALLBACK,
  comeBack,
  link,
  notLinked,
  rowsOf,
} from './oauth-kit.ts';
import { newTeam } from './portal-kit.ts';

/** How the stand-in answers one request; undefined: never. */
type Answer = { status?: number; headers?: Record<string, string>; body: unknown } | undefined;

/** Requests that the stand-in for platforms without OpenID Connect received. */
let received: { path: string; headers: IncomingMessage['headers']; body: URLSearchParams }[];
let token: Answer;
let profile: Answer;

const standIn = createServer(async (request: IncomingMessage, response: ServerResponse) => {
  const path = request.url as string;
  const body = new URLSearchParams(await text(request));
  received.push({ path, headers: request.headers, body });
  const answer = path === '/token' ? token : profile;
  if (answer === undefined) return;
  response.writeHead(answer.status ?? 200, {
    'content-type': 'application/json',
    ...answer.headers,
  });
  response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
});

let provider: OpenIdProvider;
let program: TestProgram;
let ws: TestWorkspace;

/** A platform as it is known, but at the stand-in. */
function atStandIn(name: PlatformName, base: string, patience?: number) {
  const known = specs[name];
  const server: KnownServer = {
    ...(known.server as KnownServer),
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
  };
  const at = { ...known, server, profile: { ...known.profile, url: `${base}/me` } };
  return connect(at as typeof known, CLIENT, () => {}, patience);
}

beforeAll(async () => {
  await new Promise<void>((resolve) => standIn.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`;
  provider = await startOpenIdProvider(CALLBACK);
  const graph = { ...specs.microsoft.profile, url: `${base}/me` };
  const microsoft = { ...specs.microsoft, server: provider.issuer, profile: graph };
  program = await startProgram({
    platforms: {
      github: atStandIn('github', base),
      discord: atStandIn('discord', base),
      // So that a test does not have to wait for long.
      google: atStandIn('github', base, 0.2),
      microsoft: connect(
        { ...microsoft, secret: 'client_secret_basic' } as typeof specs.microsoft,
        CLIENT,
        () => {},
      ),
    },
  });
  ws = await program.workspace();
});
beforeEach(() => {
  received = [];
  token = { body: { access_token: 'stand-in-access', token_type: 'bearer', expires_in: 60 } };
  profile = { body: { id: '4711', username: 'some.body', login: 'somebody' } };
});
afterAll(async () => {
  standIn.close();
  standIn.closeAllConnections();
  await Promise.all([program.close(), provider.close()]);
});

/** Links an account of a platform whose people agree at once. */
async function linkAt(platform: PlatformName, session: string) {
  const url = new URL(await beginUrl(program, session, { platform }));
  const state = url.searchParams.get('state') as string;
  const landed = await comeBack(program, altered(CALLBACK, { state, code: 'a-code' }));
  return { url, landed };
}

describe('a platform without OpenID Connect', () => {
  it.each([
    ['github', 'read:user', { id: 4711, login: 'somebody' }, 'somebody'],
    ['discord', 'identify email guilds.join', { id: '4711', username: 'some.body' }, 'some.body'],
  ] as const)(
    '%s is asked with PKCE and tells the account by its id',
    async (platform, scope, me, name) => {
      profile = { body: { ...me, email: 'somebody@example.com' } };
      const { id, customerToken } = await newTeam(ws);
      const { url, landed } = await linkAt(platform, customerToken);
      expect(landed.status).toBe(307);
      expect(Object.fromEntries(url.searchParams)).toEqual({
        response_type: 'code',
        client_id: CLIENT.clientId,
        redirect_uri: CALLBACK,
        scope,
        state: expect.any(String),
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge_method: 'S256',
      });
      const [exchange, fetched] = received as [(typeof received)[0], (typeof received)[0]];
      expect([exchange.path, Object.fromEntries(exchange.body)]).toEqual([
        '/token',
        {
          grant_type: 'authorization_code',
          code: 'a-code',
          redirect_uri: CALLBACK,
          code_verifier: expect.stringMatching(/^[\w-]{43}$/),
          client_id: CLIENT.clientId,
          client_secret: CLIENT.clientSecret,
        },
      ]);
      expect([fetched.path, fetched.headers.authorization?.toLowerCase()]).toEqual([
        '/me',
        'bearer stand-in-access',
      ]);
      expect(await accountsOf(program, customerToken)).toEqual({
        [`${platform}:4711`]: { account_id: '4711', account_username: name },
      });
      const [row] = await rowsOf(program, id);
      expect(row?.issuer).toBe((specs[platform].server as KnownServer).issuer);
    },
  );

  const busy = { status: 429, headers: { 'retry-after': '17' }, body: { error: 'slow_down' } };
  it.each(['token', 'profile'])('says how long to wait when it is busy (%s)', async (which) => {
    if (which === 'token') token = busy;
    else profile = busy;
    const { customerToken } = await newTeam(ws);
    const { landed } = await linkAt('github', customerToken);
    expect(notLinked(landed)).toEqual({
      error: 'GitHub takes no more requests for now',
      error_platform: 'github',
      error_retry_after: '17',
    });
    const later = { ...busy, headers: { 'retry-after': 'soon' } };
    if (which === 'token') token = later;
    else profile = later;
    expect(notLinked((await linkAt('github', customerToken)).landed)).toEqual({
      error: 'GitHub takes no more requests for now',
      error_platform: 'github',
    });
  });

  const broken: [string, () => void][] = [
    ['an error for the code', () => (token = { body: { error: 'bad_verification_code' } })],
    ['no token', () => (token = { body: { token_type: 'bearer' } })],
    ['a failure at the code', () => (token = { status: 500, body: 'oops' })],
    [
      'HTML for the code',
      () => (token = { headers: { 'content-type': 'text/html' }, body: '<p>' }),
    ],
    [
      'a redirect for the code',
      () => (token = { status: 302, headers: { location: '/me' }, body: '' }),
    ],
    ['a failure at the profile', () => (profile = { status: 503, body: 'oops' })],
    ['a refusal of its own token', () => (profile = { status: 401, body: {} })],
    ['no JSON at the profile', () => (profile = { body: '<p>' })],
    ['null at the profile', () => (profile = { body: 'null' })],
    ['no id', () => (profile = { body: { login: 'somebody' } })],
    ['an empty id', () => (profile = { body: { id: '' } })],
    ['an id that is no text', () => (profile = { body: { id: { a: 1 } } })],
    ['an id that no column takes', () => (profile = { body: { id: 'a\0b' } })],
    ['an id without end', () => (profile = { body: { id: 'x'.repeat(10_000) } })],
  ];
  it.each(broken)('links nothing when it answers %s', async (_what, breakIt) => {
    breakIt();
    const { id, customerToken } = await newTeam(ws);
    const { landed } = await linkAt('github', customerToken);
    expect(notLinked(landed)).toEqual({
      error: 'The GitHub account could not be linked',
      error_platform: 'github',
    });
    expect(await rowsOf(program, id)).toEqual([]);
  });

  it('keeps whatever name an account has', async () => {
    const { customerToken } = await newTeam(ws);
    for (const [given, kept] of [
      ['a\0b', 'ab'],
      ['\ud800x', '\ufffdx'],
      ['n'.repeat(1000), 'n'.repeat(320)],
      [' ', null],
      [7, null],
    ]) {
      profile = { body: { id: 1, login: given } };
      expect((await linkAt('github', customerToken)).landed.status).toBe(307);
      expect((await accountsOf(program, customerToken))['github:1'].account_username).toBe(kept);
    }
  });

  it.each(['token', 'profile'])('is not waited for without end (%s)', async (which) => {
    if (which === 'token') token = undefined;
    else profile = undefined;
    const { customerToken } = await newTeam(ws);
    const { landed } = await linkAt('google', customerToken);
    expect(notLinked(landed).error_platform).toBe('google');
  });

  it('is not mixed up with another that names itself', async () => {
    const { customerToken } = await newTeam(ws);
    const url = new URL(await beginUrl(program, customerToken, { platform: 'github' }));
    const state = url.searchParams.get('state') as string;
    const iss = 'https://discord.com';
    const landed = await comeBack(program, altered(CALLBACK, { state, code: 'a-code', iss }));
    expect(notLinked(landed).error_platform).toBe('github');
    expect(received).toEqual([]);
  });
});

describe('Microsoft', () => {
  it('proves the person by OpenID Connect and names the account as its Graph does', async () => {
    provider.person = { sub: 'pairwise' };
    profile = { body: { id: 'graph-id', displayName: null, userPrincipalName: 'me@example.com' } };
    const { id, customerToken } = await newTeam(ws);
    const landed = await link(program, provider, customerToken, { platform: 'microsoft' });
    expect(landed.status).toBe(307);
    expect(await accountsOf(program, customerToken)).toEqual({
      'microsoft:graph-id': { account_id: 'graph-id', account_username: 'me@example.com' },
    });
    expect((await rowsOf(program, id))[0]?.issuer).toBe(provider.issuer);
    const url = new URL(await beginUrl(program, customerToken, { platform: 'microsoft' }));
    expect(url.searchParams.get('response_mode')).toBe('query');
    expect(url.searchParams.get('scope')).toBe('openid User.Read');
  });
});

describe('the configuration', () => {
  const read = (env: Record<string, string>) => {
    try {
      return readConfig(env).platforms;
    } catch (error) {
      return (error as ConfigProblems).problems;
    }
  };

  it('switches a platform on with both its credentials', () => {
    expect(read({})).toEqual({});
    expect(
      read({
        OAUTH_GITHUB_CLIENT_ID: 'a',
        OAUTH_GITHUB_CLIENT_SECRET: 'b',
        OAUTH_DISCORD_CLIENT_ID: '',
        OAUTH_GOOGLE_CLIENT_ID: 'c',
        OAUTH_GOOGLE_CLIENT_SECRET: 'd',
        OAUTH_GOOGLE_ISSUER: 'https://id.example',
      }),
    ).toEqual({
      github: { clientId: 'a', clientSecret: 'b', issuer: undefined },
      google: { clientId: 'c', clientSecret: 'd', issuer: 'https://id.example' },
    });
  });

  it('lists everything that does not fit together', () => {
    expect(
      read({
        OAUTH_GITHUB_CLIENT_ID: 'a',
        OAUTH_DISCORD_CLIENT_SECRET: 'b',
        OAUTH_MICROSOFT_ISSUER: 'https://id.example',
        OAUTH_GOOGLE_CLIENT_ID: 'c',
        OAUTH_GOOGLE_CLIENT_SECRET: 'd',
        OAUTH_GOOGLE_ISSUER: 'ftp://id.example',
      }),
    ).toEqual([
      expect.stringContaining('OAUTH_MICROSOFT_ISSUER'),
      expect.stringContaining('OAUTH_DISCORD_CLIENT_ID'),
      expect.stringContaining('OAUTH_GOOGLE_ISSUER'),
      expect.stringContaining('OAUTH_GITHUB_CLIENT_ID'),
    ]);
  });
});
