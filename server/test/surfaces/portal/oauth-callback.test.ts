import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newToken } from '../../../src/kernel/secrets.ts';
import type { Platform } from '../../../src/modules/linked-accounts/index.ts';
import { openPlatforms } from '../../../src/providers/oauth/index.ts';
import { CLIENT, type OpenIdProvider, startOpenIdProvider } from '../../kit/openid-provider.ts';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import {
  accountsOf,
  altered,
  begin,
  beginUrl,
  CALLBACK,
  comeBack,
  HOME,
  link,
  notLinked,
  refused,
  rowsOf as storedOf,
} from './oauth-kit.ts';
import { newTeam, portal } from './portal-kit.ts';

let provider: OpenIdProvider;
let program: TestProgram;
let ws: TestWorkspace;
/** Happens while the platform `microsoft` is asked for the account. */
let meanwhile: () => Promise<unknown>;

const slow: Platform = {
  authorizationUrl: async ({ state }) => `https://slow.example/?state=${state}`,
  async account() {
    await meanwhile();
    const tokens = { access_token: 'slow-access', refresh_token: null, expires_at: null };
    return { issuer: 'https://slow.example', id: 'slow', username: null, tokens };
  },
};

beforeAll(async () => {
  provider = await startOpenIdProvider(CALLBACK);
  program = await startProgram({
    platforms: {
      ...openPlatforms({ google: { ...CLIENT, issuer: provider.issuer } }, () => {}),
      microsoft: slow,
    },
  });
  ws = await program.workspace();
});
beforeEach(() => {
  provider.person = { sub: 'somebody' };
});
afterAll(() => Promise.all([program.close(), provider.close()]));

const rowsOf = (customerId: string) => storedOf(program, customerId);
/** A person who has agreed, and how that looks on the way back. */
async function agreed(token: string): Promise<URL> {
  return provider.agree(await beginUrl(program, token));
}
const GENERIC = { error: 'The Google account could not be linked', error_platform: 'google' };

describe('the state of a round trip', () => {
  it('must be there and must be one of ours', async () => {
    const callback = await agreed((await newTeam(ws)).customerToken);
    const state = callback.searchParams.get('state') as string;
    expect((await comeBack(program, altered(callback, { state: null }))).status).toBe(422);
    const last = state.endsWith('A') ? 'B' : 'A';
    const wrong = ['', 'x', `${state.slice(0, -1)}${last}`, state.toUpperCase(), `${state} `];
    for (const other of [...wrong, newToken('clientele_st_'), 'x'.repeat(5000)]) {
      expect(await comeBack(program, altered(callback, { state: other }))).toEqual(refused);
    }
    expect((await comeBack(program, callback)).status).toBe(307);
  });

  it('is no token of another kind', async () => {
    const team = await newTeam(ws);
    const callback = await agreed(team.customerToken);
    for (const state of [team.customerToken, ws.token]) {
      expect(await comeBack(program, altered(callback, { state }))).toEqual(refused);
    }
    const state = callback.searchParams.get('state') as string;
    for (const path of ['authenticate', 'exchange']) {
      const answer = await portal(program)('POST', `/customer-session/${path}`, {
        code: state,
        ticket: state,
      });
      expect(answer.status).toBe(401);
    }
    expect((await portal(program, state)('GET', '/customers/me')).status).toBe(401);
  });

  it('works once, also after a failure, also for many at a time', async () => {
    const team = await newTeam(ws);
    const used = await agreed(team.customerToken);
    const all = await Promise.all(Array.from({ length: 20 }, () => comeBack(program, used)));
    expect(all.filter((landed) => landed.status === 307)).toHaveLength(1);
    expect(all.filter((landed) => landed.status === 403)).toHaveLength(19);
    const failed = await agreed((await newTeam(ws)).customerToken);
    await comeBack(program, altered(failed, { error: 'access_denied' }));
    expect(await comeBack(program, failed)).toEqual(refused);
  });

  it('is good for ten minutes', async () => {
    const team = await newTeam(ws);
    const callback = await agreed(team.customerToken);
    const of = `kind = 'oauth_state' and customer_id = $1`;
    const [kept] = await program.database.owner<{ minutes: number }>(
      `select extract(epoch from expires_at - created_at)::float / 60 as minutes
       from one_time_tokens where ${of}`,
      [team.id],
    );
    expect(kept?.minutes).toBe(10);
    await program.database.owner(
      `update one_time_tokens set expires_at = now() - interval '1 second' where ${of}`,
      [team.id],
    );
    expect(await comeBack(program, callback)).toEqual(refused);
    expect(await accountsOf(program, team.customerToken)).toEqual({});
  });

  /** What ends a session or its customer while a person is away. */
  const endings: Record<
    string,
    (team: Awaited<ReturnType<typeof newTeam>>, token: string) => Promise<unknown>
  > = {
    'signed out': (_team, token) => portal(program, token)('DELETE', '/customer-session'),
    expired: (team) =>
      program.database.owner(
        `update portal_sessions set expires_at = now() - interval '1 second'
         where customer_id = $1`,
        [team.id],
      ),
    'customer deleted': (team) => ws.api('DELETE', `/api/customers/${team.id}`),
    'customer erased': (team) => ws.api('DELETE', `/api/customers/${team.id}?anonymize=true`),
  };

  it.each(Object.keys(endings))('is worth nothing once the session ended: %s', async (how) => {
    const team = await newTeam(ws);
    const callback = await agreed(team.customerToken);
    await endings[how]?.(team, team.customerToken);
    expect(await comeBack(program, callback)).toEqual(refused);
    expect(await rowsOf(team.id)).toEqual([]);
  });

  it.each(Object.keys(endings))('links nothing if the session ends meanwhile: %s', async (how) => {
    const team = await newTeam(ws);
    const url = new URL(await beginUrl(program, team.customerToken, { platform: 'microsoft' }));
    const state = url.searchParams.get('state') as string;
    meanwhile = async () => endings[how]?.(team, team.customerToken);
    expect(await comeBack(program, altered(CALLBACK, { state, code: 'x' }))).toEqual(refused);
    expect(await rowsOf(team.id)).toEqual([]);
  });

  it('is worth nothing once the member was removed or the workspace blocked', async () => {
    const team = await newTeam(ws);
    const member = await team.add('member');
    const ofMember = await agreed(member.token);
    await ws.api('DELETE', `/api/members/${member.id}`);
    expect(await comeBack(program, ofMember)).toEqual(refused);
    const blocked = await program.workspace();
    const callback = await agreed((await newTeam(blocked)).customerToken);
    await program.root('PATCH', `/admin/v1/workspaces/${blocked.id}`, { blocked: true });
    expect(await comeBack(program, callback)).toEqual(refused);
  });
});

describe('what a platform answers', () => {
  it('is passed on when the person refused', async () => {
    const { customerToken } = await newTeam(ws);
    const url = new URL(await beginUrl(program, customerToken, { return_to: '/here?a=1' }));
    const state = url.searchParams.get('state') as string;
    const landed = await comeBack(
      program,
      altered(CALLBACK, { state, error: 'access_denied', code: 'x' }),
    );
    expect(landed.to?.startsWith(`${HOME}/here?a=1&`)).toBe(true);
    expect(notLinked(landed)).toEqual({
      a: '1',
      error: 'access_denied',
      error_platform: 'google',
    });
    expect(await accountsOf(program, customerToken)).toEqual({});
  });

  it.each([
    {},
    { code: '' },
    { error: 'Call 555-0199 \u{1f4de} now' },
    { error: 'a\r\nb' },
    { error: 'x'.repeat(500) },
    { error: '<script>alert("1")</script>' },
  ])('is generic for %j', async (answer) => {
    const { customerToken } = await newTeam(ws);
    const url = new URL(await beginUrl(program, customerToken));
    const state = url.searchParams.get('state') as string;
    const landed = await comeBack(program, altered(CALLBACK, { state, ...answer }));
    expect(notLinked(landed)).toEqual(GENERIC);
  });

  /** Changes to where a person is sent, or to how it comes back, that must be found out. */
  const tampered: [string, Record<string, string | null>, Record<string, string | null>][] = [
    ['another nonce', { nonce: 'a-nonce-of-somebody-else' }, {}],
    ['no nonce', { nonce: null }, {}],
    ['another code challenge', { code_challenge: 'x'.repeat(43) }, {}],
    ['another code', {}, { code: 'x'.repeat(43) }],
    ['another issuer', {}, { iss: 'https://evil.example' }],
    ['no issuer, where the provider always names itself', {}, { iss: null }],
  ];
  it.each(tampered)('links nothing with %s', async (_what, going, coming) => {
    const { customerToken } = await newTeam(ws);
    const url = altered(await beginUrl(program, customerToken), going);
    const callback = altered(await provider.agree(url.href), coming);
    expect(notLinked(await comeBack(program, callback))).toEqual(GENERIC);
    expect(await accountsOf(program, customerToken)).toEqual({});
  });

  it('is of use only to the round trip it belongs to', async () => {
    const [mine, theirs] = [await newTeam(ws), await newTeam(ws)];
    const [own, stolen] = [await agreed(mine.customerToken), await agreed(theirs.customerToken)];
    const code = stolen.searchParams.get('code');
    expect(notLinked(await comeBack(program, altered(own, { code })))).toEqual(GENERIC);
    for (const team of [mine, theirs]) expect(await rowsOf(team.id)).toEqual([]);
  });

  it('is of use once', async () => {
    const { customerToken } = await newTeam(ws);
    const first = await agreed(customerToken);
    expect((await comeBack(program, first)).status).toBe(307);
    const second = await agreed(customerToken);
    const code = first.searchParams.get('code');
    expect(notLinked(await comeBack(program, altered(second, { code })))).toEqual(GENERIC);
  });
});

describe('a provider that is down', () => {
  it('is told as such, on the way there and back, and is found once it is up', async () => {
    const first = await startOpenIdProvider(CALLBACK);
    const port = Number(new URL(first.issuer).port);
    await first.close();
    const told: string[][] = [];
    const late = await startProgram({
      platforms: openPlatforms({ google: { ...CLIENT, issuer: first.issuer } }, (...why) =>
        told.push(why),
      ),
    });
    const { customerToken } = await newTeam(await late.workspace());
    const { status, body } = await begin(late, customerToken);
    expect([status, body.error]).toEqual([503, 'Unavailable']);
    expect(body.detail).toContain('Google');
    const up = await startOpenIdProvider(CALLBACK, port);
    expect((await link(late, up, customerToken)).status).toBe(307);
    const callback = await up.agree(await beginUrl(late, customerToken));
    await up.close();
    expect(notLinked(await comeBack(late, callback))).toEqual(GENERIC);
    expect(told.map(([platform, step]) => [platform, step])).toEqual([
      ['google', 'discovery'],
      ['google', 'exchange'],
    ]);
    expect(told[0]?.[2]).toBe('TypeError ECONNREFUSED');
    await late.close();
  });

  it('is not taken for another that answers in its place', async () => {
    const at = new URL('/elsewhere', provider.issuer).href;
    const lost = await startProgram({
      platforms: openPlatforms({ google: { ...CLIENT, issuer: at } }, () => {}),
    });
    const { customerToken } = await newTeam(await lost.workspace());
    expect((await begin(lost, customerToken)).status).toBe(503);
    await lost.close();
  });
});
