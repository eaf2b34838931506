import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
  rowsOf as storedOf,
} from './oauth-kit.ts';
import { newEmail, newTeam, portal } from './portal-kit.ts';

let provider: OpenIdProvider;
let program: TestProgram;
let ws: TestWorkspace;

beforeAll(async () => {
  provider = await startOpenIdProvider(CALLBACK);
  program = await startProgram({
    platforms: openPlatforms({ google: { ...CLIENT, issuer: provider.issuer } }, () => {}),
  });
  ws = await program.workspace();
});
beforeEach(() => {
  provider.person = { sub: 'somebody', preferred_username: 'Some Body' };
});
afterAll(() => Promise.all([program.close(), provider.close()]));

const rowsOf = (customerId: string) => storedOf(program, customerId);
/** Everything that is stored, as text. */
async function everything(): Promise<string> {
  const tables = await program.database.owner<{ name: string }>(
    `select relname::text as name from pg_class
     where relnamespace = 'clientele'::regnamespace and relkind in ('r', 'p')`,
  );
  const texts = [];
  for (const { name } of tables) {
    const rows = await program.database.owner<{ row: string }>(
      `select t::text as row from ${name} t`,
    );
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

describe('linking an account', () => {
  it('sends the person to the platform and shows the account afterwards (case 58)', async () => {
    const team = await newTeam(ws);
    const { status, body } = await begin(program, team.customerToken, {
      customer_id: team.id,
      return_to: '/settings?tab=accounts#linked',
    });
    expect([status, Object.keys(body)]).toEqual([200, ['url']]);
    const url = new URL(body.url);
    expect(url.origin).toBe(provider.issuer);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: CLIENT.clientId,
      redirect_uri: CALLBACK,
      scope: 'openid profile',
      state: expect.stringMatching(/^clientele_st_/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    const landed = await comeBack(program, await provider.agree(body.url));
    expect(landed).toEqual({
      status: 307,
      to: `${HOME}/settings?tab=accounts#linked`,
      body: undefined,
    });
    const accounts = {
      'google:somebody': { account_id: 'somebody', account_username: 'Some Body' },
    };
    expect(await accountsOf(program, team.customerToken)).toEqual(accounts);
    const changed = await portal(program, team.customerToken)('PATCH', '/customers/me', {
      billing_name: 'Bills',
    });
    expect(changed.body).toMatchObject({ billing_name: 'Bills', oauth_accounts: accounts });
  });

  it('links to the member of a session, and shows it that and the customer’s', async () => {
    const team = await newTeam(ws);
    const member = await team.add('member');
    const other = await team.add('billing_manager');
    for (const [sub, token] of Object.entries({
      ofCustomer: team.customerToken,
      ofMember: member.token,
    })) {
      provider.person = { sub };
      expect((await link(program, provider, token)).status).toBe(307);
    }
    const seen = async (token: string) => Object.keys(await accountsOf(program, token)).sort();
    expect(await seen(team.customerToken)).toEqual(['google:ofCustomer']);
    expect(await seen(member.token)).toEqual(['google:ofCustomer', 'google:ofMember']);
    expect(await seen(other.token)).toEqual(['google:ofCustomer']);
    expect(await seen((await newTeam(ws)).customerToken)).toEqual([]);
  });

  it('renews an account that is linked already, and takes several of one platform', async () => {
    const team = await newTeam(ws);
    for (const person of [
      { sub: 'first', preferred_username: 'Old Name' },
      { sub: 'second' },
      { sub: 'first', preferred_username: 'New Name' },
    ]) {
      provider.person = person;
      await link(program, provider, team.customerToken);
    }
    expect(await accountsOf(program, team.customerToken)).toEqual({
      'google:first': { account_id: 'first', account_username: 'New Name' },
      'google:second': { account_id: 'second', account_username: null },
    });
    expect(await rowsOf(team.id)).toHaveLength(2);
  });

  it('lets two customers link the same account, each for itself', async () => {
    const teams = [await newTeam(ws), await newTeam(ws), await newTeam(await program.workspace())];
    for (const team of teams) await link(program, provider, team.customerToken);
    for (const team of teams) {
      expect(Object.keys(await accountsOf(program, team.customerToken))).toEqual([
        'google:somebody',
      ]);
      expect(await rowsOf(team.id)).toHaveLength(1);
    }
  });

  it('takes whose account it is from the session, not from what is sent', async () => {
    const [own, foreign] = [await newTeam(ws), await newTeam(ws)];
    await link(program, provider, own.customerToken, { customer_id: foreign.id });
    expect(Object.keys(await accountsOf(program, own.customerToken))).toEqual(['google:somebody']);
    expect(await rowsOf(foreign.id)).toEqual([]);
  });

  it('never links or signs anybody in by the e-mail of the account (T22)', async () => {
    const victim = (await ws.api('POST', '/api/customers/', { email: newEmail('victim') })).body;
    const attacker = await newTeam(ws);
    const sessions = () =>
      program.database.owner(`select id from portal_sessions where customer_id = $1`, [victim.id]);
    const before = (await ws.api('GET', `/api/customers/${victim.id}`)).body;
    // The account's username, too, may look like somebody's address.
    provider.person = { sub: 'evil', email: victim.email, preferred_username: victim.email };
    await link(program, provider, attacker.customerToken);
    expect(Object.keys(await accountsOf(program, attacker.customerToken))).toEqual(['google:evil']);
    expect(await rowsOf(victim.id)).toEqual([]);
    expect(await sessions()).toEqual([]);
    expect((await ws.api('GET', `/api/customers/${victim.id}`)).body).toEqual(before);
    // And who linked first keeps nothing of whoever signs up with that address later.
    const late = newEmail('late');
    provider.person = { sub: 'evil-too', email: late };
    await link(program, provider, attacker.customerToken);
    const made = (await ws.api('POST', '/api/customers/', { email: late })).body;
    expect(await rowsOf(made.id)).toEqual([]);
  });

  it('tells the change log of the customer, and nothing of the account', async () => {
    const team = await newTeam(ws);
    await link(program, provider, team.customerToken);
    await link(program, provider, team.owner.token);
    await program.settle();
    const { body } = await ws.api('GET', '/api/events?limit=100');
    const mine = body.data.filter((e: { customer_id: string }) => e.customer_id === team.id);
    expect(mine.map((e: { type: string }) => e.type)).toEqual([
      'customer.created',
      'customer.updated',
    ]);
    expect(JSON.stringify(mine)).not.toContain('somebody');
  });

  it('keeps what the platform gave encrypted, and tells it nobody (T25)', async () => {
    const team = await newTeam(ws);
    provider.issued.length = 0;
    await link(program, provider, team.customerToken);
    const [access, refresh] = provider.issued as [string, string];
    const [row] = (await rowsOf(team.id)) as [{ tokens: Buffer; issuer: string }];
    expect(row.issuer).toBe(provider.issuer);
    expect(JSON.parse(program.app.keys.open(Buffer.from(row.tokens)))).toEqual({
      access_token: access,
      refresh_token: refresh,
      expires_at: expect.any(Number),
    });
    const { text } = await portal(program, team.customerToken)('GET', '/customers/me');
    const seen = [await everything(), text, ...program.logged].join('\n');
    for (const token of [access, refresh]) {
      expect(seen).not.toContain(token);
      expect(seen).not.toContain(Buffer.from(token).toString('hex'));
    }
  });

  it('keeps nothing in clear while the person is away', async () => {
    const team = await newTeam(ws);
    const url = new URL(
      await beginUrl(program, team.customerToken, { return_to: '/secret-place' }),
    );
    const stored = await everything();
    expect(stored).not.toContain(url.searchParams.get('state'));
    expect(stored).not.toContain(url.searchParams.get('nonce'));
    expect(stored).not.toContain('secret-place');
    const hash = createHash('sha256')
      .update(url.searchParams.get('state') as string)
      .digest('hex');
    expect(stored).not.toContain(hash);
  });

  it('forgets the accounts of a customer that is erased', async () => {
    const team = await newTeam(ws);
    await link(program, provider, team.customerToken);
    await link(program, provider, team.owner.token);
    expect(await rowsOf(team.id)).toHaveLength(2);
    await ws.api('DELETE', `/api/customers/${team.id}?anonymize=true`);
    expect(await rowsOf(team.id)).toEqual([]);
  });
});

describe('beginning to link', () => {
  it('needs a session', async () => {
    const { id } = await newTeam(ws);
    expect((await begin(program, undefined, { customer_id: id })).status).toBe(401);
    expect((await begin(program, ws.token, { customer_id: id })).status).toBe(401);
  });

  it.each([
    [{ platform: 'myspace' }, 'platform'],
    [{ platform: 'github' }, 'platform'],
    [{ customer_id: 'x' }, 'customer_id'],
  ])('refuses %j with 422, naming the parameter', async (query, name) => {
    const { customerToken } = await newTeam(ws);
    const { status, body } = await begin(program, customerToken, query);
    expect([status, body.detail[0].loc]).toEqual([422, ['query', name]]);
  });

  const shop = 'https://shop.example/account';
  it.each([
    ['/settings', `${HOME}/settings`],
    [`${HOME}/a?b=c`, `${HOME}/a?b=c`],
    ['https://shop.example/linked?x=1#y', 'https://shop.example/linked?x=1#y'],
    ['settings', `${HOME}/settings`],
    ...[
      ...['', 'https://evil.example/', '//evil.example', '/\\evil.example', '\\\\evil.example'],
      ...['https:evil.example', 'https://localhost:3000@evil.example/', 'javascript:alert(1)'],
      ...['https://me:pw@localhost:3000/', 'http://localhost:3000.evil.example/', 'http://[x'],
      ...['\thttps://evil.example', '/\t/evil.example', 'data:text/html,x', 'http://localhost/'],
      ...[
        'https://shop.example.evil.example',
        'https://shop.example:8443/',
        'http://shop.example/',
      ],
    ].map((asked) => [asked, undefined]),
  ])('sends who asked for %j back to %s', async (asked, to) => {
    const { id } = await newTeam(ws);
    const opened = { customer_id: id, return_url: shop };
    const { token } = (await ws.api('POST', '/api/customer-sessions/', opened)).body;
    const query = asked === undefined ? {} : { return_to: asked };
    const url = new URL(await beginUrl(program, token, query));
    const state = url.searchParams.get('state') as string;
    const landed = await comeBack(program, altered(CALLBACK, { state, error: 'access_denied' }));
    const { slug } = (await program.root('GET', `/admin/v1/workspaces/${ws.id}`)).body;
    const expected = new URL(to ?? `${HOME}/${slug}/portal`);
    expected.searchParams.set('error', 'access_denied');
    expected.searchParams.set('error_platform', 'google');
    expect(landed).toEqual({ status: 303, to: expected.href, body: undefined });
  });
});
