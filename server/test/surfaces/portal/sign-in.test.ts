import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import {
  askCode,
  codeFor,
  codesIn,
  newEmail,
  newTeam,
  portal,
  signIn,
  tryCode,
} from './portal-kit.ts';

let program: TestProgram;
let ws: TestWorkspace;
let address = 0;
/** A client address that nobody has used yet: limits count by address. */
const fresh = () => {
  address += 1;
  return `203.0.${Math.floor(address / 250)}.${(address % 250) + 1}`;
};

beforeAll(async () => {
  program = await startProgram({ trustProxy: 1 });
  ws = await program.workspace();
});
afterAll(() => program.close());

const customer = async (body: object = {}) =>
  (await ws.api('POST', '/api/customers/', { email: newEmail(), ...body })).body;
const dead = {
  error: 'CustomerSessionCodeInvalidOrExpired',
  detail: expect.any(String),
};

describe('asking for a code', () => {
  it('answers 202 with null and sends nothing for whoever is not known (case 43)', async () => {
    const unknown = [
      { email: newEmail('nobody'), workspace_id: ws.id },
      { email: (await customer()).email, workspace_id: '11111111-1111-4111-8111-111111111111' },
      {
        email: (await customer()).email,
        workspace_id: ws.id,
        customer_id: (await customer()).id,
      },
    ];
    const before = (await program.mails()).length;
    for (const body of unknown) {
      const answer = await askCode(program, body, fresh());
      expect([answer.status, answer.text]).toEqual([202, 'null']);
    }
    await program.settle();
    expect((await program.mails()).length).toBe(before);
  });

  it('sends a known address a code that names the workspace (case 44)', async () => {
    const { email } = await customer();
    expect(
      (await askCode(program, { email: email.toUpperCase(), workspace_id: ws.id }, fresh())).status,
    ).toBe(202);
    await program.settle();
    const [mail] = await program.mails();
    expect(mail?.to).toBe(email);
    expect(mail?.subject).toMatch(/^Your login code for Workspace \d+$/);
    expect(codesIn(mail?.text ?? '')).toHaveLength(1);
    expect(mail?.html).toContain(codesIn(mail?.text ?? '')[0]);
  });

  it('lists every customer that shares the address, each with its own code (8b)', async () => {
    const shared = newEmail('shared');
    const [a, b] = [await customer({ name: 'First & Co' }), await customer({ name: 'Second' })];
    for (const { id } of [a, b]) {
      await ws.api('POST', '/api/members/', { customer_id: id, email: shared });
    }
    await askCode(program, { email: shared, workspace_id: ws.id }, fresh());
    await program.settle();
    const text = (await program.mails())[0]?.text ?? '';
    expect(text).toContain('First & Co:');
    expect(text).toContain('Second:');
    const codes = codesIn(text);
    expect(codes).toHaveLength(2);
    const who = [];
    for (const code of codes) {
      const { body } = await tryCode(program, { code }, fresh());
      who.push((await portal(program, body.token)('GET', '/customer-session/user')).body);
    }
    expect(who.map((w) => w.customer_id).sort()).toEqual([a.id, b.id].sort());
    expect(who.map((w) => w.type)).toEqual(['member', 'member']);

    await askCode(program, { email: shared, workspace_id: ws.id, customer_id: b.id }, fresh());
    await program.settle();
    const narrowed = (await program.mails())[0]?.text ?? '';
    expect(codesIn(narrowed)).toHaveLength(1);
  });

  it('says what is wrong with the request', async () => {
    for (const [body, loc] of [
      [{ workspace_id: ws.id }, ['body', 'email']],
      [{ email: 'no address', workspace_id: ws.id }, ['body', 'email']],
      [{ email: 'a@example.com', workspace_id: 'x' }, ['body', 'workspace_id']],
    ] as const) {
      const { status, body: refusal } = await askCode(program, body, fresh());
      expect([status, refusal.detail[0].loc]).toEqual([422, loc]);
    }
  });

  it('sends at most five mails an hour to one inbox, and none of them to anybody else (T14)', async () => {
    const { email } = await customer();
    for (let i = 0; i < 8; i += 1) {
      await askCode(program, { email, workspace_id: ws.id }, fresh());
      await program.settle();
    }
    const mails = (await program.mails()).filter((m) => m.to === email);
    expect(mails).toHaveLength(5);
  });

  it('mails the stored address, whatever look-alike was typed (T19)', async () => {
    const name = newEmail('mike');
    await customer({ email: name });
    const before = (await program.mails()).length;
    for (const typed of [name.replace('i', 'ı'), name.replace('m', 'ｍ'), `x+${name}`]) {
      const { status } = await askCode(program, { email: typed, workspace_id: ws.id }, fresh());
      expect([202, 422]).toContain(status);
    }
    await program.settle();
    expect((await program.mails()).length).toBe(before);
  });
});

describe('a code', () => {
  it('works once, typed in any case and with or without its dash (case 45)', async () => {
    const { email } = await customer();
    for (const typed of [
      (c: string) => c,
      (c: string) => c.toLowerCase(),
      (c: string) => ` ${c.replace('-', '')} `,
    ]) {
      const code = typed((await codeFor(program, ws, email, fresh())) as string);
      const first = await tryCode(program, { code }, fresh());
      expect(first.status).toBe(200);
      expect(first.body.token).toMatch(/^clientele_mst_[\w-]{48}$/);
      const second = await tryCode(program, { code }, fresh());
      expect([second.status, second.body]).toEqual([401, dead]);
    }
  });

  it('that is wrong is refused without a challenge (case 46)', async () => {
    const wrong = await tryCode(program, { code: 'AAAA-AAAA' }, fresh());
    expect([wrong.status, wrong.body]).toEqual([401, dead]);
    expect(wrong.headers.get('www-authenticate')).toBeNull();
    for (const code of ['', 'x', '0'.repeat(10_000), 'ＡＡＡＡＡＡＡＡ', '\u2028']) {
      expect((await tryCode(program, { code }, fresh())).body).toEqual(wrong.body);
    }
    expect((await tryCode(program, {}, fresh())).status).toBe(422);
  });

  it('is refused when it is older than ten minutes (case 47)', async () => {
    const { email, id } = await customer();
    const code = await codeFor(program, ws, email, fresh());
    await program.database.owner(
      `update one_time_tokens set expires_at = now() - interval '1 second' where customer_id = $1`,
      [id],
    );
    const late = await tryCode(program, { code }, fresh());
    expect([late.status, late.body]).toEqual([401, dead]);
  });

  it('is replaced by the next one', async () => {
    const { email } = await customer();
    const first = await codeFor(program, ws, email, fresh());
    const second = await codeFor(program, ws, email, fresh());
    expect((await tryCode(program, { code: first }, fresh())).status).toBe(401);
    expect((await tryCode(program, { code: second }, fresh())).status).toBe(200);
  });

  it('verifies the address of the customer, and only that (case 49)', async () => {
    const own = await customer();
    await signIn(program, ws, own.email, fresh());
    expect((await ws.api('GET', `/api/customers/${own.id}`)).body.email_verified).toBe(true);

    const other = await customer();
    const email = newEmail('colleague');
    await ws.api('POST', '/api/members/', { customer_id: other.id, email });
    await signIn(program, ws, email, fresh());
    expect((await ws.api('GET', `/api/customers/${other.id}`)).body.email_verified).toBe(false);
    const events = (await ws.api('GET', '/api/events?limit=100')).body.data;
    expect(
      events.filter(
        (e: { type: string; data: { id: string; email_verified: boolean } }) =>
          e.type === 'customer.updated' && e.data.id === own.id && e.data.email_verified,
      ),
    ).toHaveLength(1);
  });

  it('opens a session of the customer where no member holds its address (decision 22)', async () => {
    const { id, members } = await customer();
    await ws.api('PATCH', `/api/customers/${id}`, { email: newEmail('moved') });
    const { body } = await ws.api('GET', `/api/customers/${id}`);
    expect(body.members).toHaveLength(1);
    const token = await signIn(program, ws, body.email, fresh());
    expect(token).toMatch(/^clientele_cst_/);
    const user = await portal(program, token)('GET', '/customer-session/user');
    expect(user.body).toMatchObject({ type: 'customer', member_id: null, role: null });
    expect(
      (await ws.api('GET', `/api/customers/${id}`)).body.members.map((m: { id: string }) => m.id),
    ).toEqual(members.map((m: { id: string }) => m.id));
  });

  it('sent to one address is none for another that is named with it', async () => {
    const { email } = await customer();
    const code = await codeFor(program, ws, email, fresh());
    const other = await tryCode(program, { code, email: newEmail('other') }, fresh());
    expect(other.body).toEqual(dead);
    const own = await tryCode(program, { code, email: email.toUpperCase() }, fresh());
    expect(own.status).toBe(200);
  });

  it('of a customer that was deleted or erased meanwhile opens nothing', async () => {
    for (const erase of [false, true]) {
      const { email, id } = await customer();
      const code = await codeFor(program, ws, email, fresh());
      await ws.api('DELETE', `/api/customers/${id}?anonymize=${erase}`);
      expect((await tryCode(program, { code }, fresh())).body).toEqual(dead);
    }
  });
});

describe('limits', () => {
  it('let one address ask and try ten times each in a quarter of an hour (case 50)', async () => {
    const from = fresh();
    const body = { email: newEmail('nobody'), workspace_id: ws.id };
    const asked = [];
    for (let i = 0; i < 11; i += 1) asked.push((await askCode(program, body, from)).status);
    expect(asked).toEqual([...Array(10).fill(202), 429]);
    const tried = [];
    for (let i = 0; i < 11; i += 1) tried.push(await tryCode(program, { code: 'x' }, from));
    expect(tried.map((t) => t.status)).toEqual([...Array(10).fill(401), 429]);
    expect(tried.at(-1)?.body).toEqual({ error: 'TooManyAttempts', detail: expect.any(String) });
    expect(Number(tried.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await askCode(program, body, fresh())).status).toBe(202);
  });

  it('are not escaped by another bearer, cookie, forged header, or address of the same /64 (T12)', async () => {
    const body = { code: 'x' };
    const statuses = [];
    for (let i = 0; i < 12; i += 1) {
      const from = `198.51.100.${i}, 2001:db8:1:2::${i.toString(16)}`;
      statuses.push((await tryCode(program, body, from)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  });

  it('do not count a request that is malformed', async () => {
    const from = fresh();
    for (let i = 0; i < 15; i += 1) expect((await tryCode(program, {}, from)).status).toBe(422);
    expect((await tryCode(program, { code: 'x' }, from)).status).toBe(401);
  });

  it('kill a code after five wrong tries that name its address (T10)', async () => {
    const { email } = await customer();
    const code = await codeFor(program, ws, email, fresh());
    for (let i = 0; i < 5; i += 1) {
      expect((await tryCode(program, { code: 'AAAAAAAA', email }, fresh())).body).toEqual(dead);
    }
    expect((await tryCode(program, { code, email }, fresh())).body).toEqual(dead);
    expect((await tryCode(program, { code }, fresh())).body).toEqual(dead);
    // A new code starts anew, and an open session was never touched.
    await signIn(program, ws, email, fresh());
  });

  it('allow four wrong tries before the right one', async () => {
    const { email } = await customer();
    const code = await codeFor(program, ws, email, fresh());
    for (let i = 0; i < 4; i += 1) await tryCode(program, { code: 'AAAAAAAA', email }, fresh());
    expect((await tryCode(program, { code, email }, fresh())).status).toBe(200);
  });
});

describe('a session', () => {
  it('lasts an hour and says so (case 51)', async () => {
    const { email } = await customer();
    const token = await signIn(program, ws, email, fresh());
    const { body } = await portal(program, token)('GET', '/customer-session/introspect');
    expect(Object.keys(body)).toEqual(['expires_at', 'return_url']);
    const minutes = (Date.parse(body.expires_at) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(59);
    expect(minutes).toBeLessThanOrEqual(60);
    expect(body.return_url).toBeNull();
  });

  it('names who is signed in, the customer or a member (case 52)', async () => {
    const team = await newTeam(ws);
    const asCustomer = await portal(program, team.customerToken)('GET', '/customer-session/user');
    expect(asCustomer.body).toEqual({
      type: 'customer',
      name: 'The Team',
      email: team.email,
      customer_id: team.id,
      member_id: null,
      role: null,
    });
    const member = await team.add('billing_manager');
    const asMember = await portal(program, member.token)('GET', '/customer-session/user');
    expect(asMember.body).toEqual({
      type: 'member',
      name: null,
      email: member.email,
      customer_id: team.id,
      member_id: member.id,
      role: 'billing_manager',
    });
  });

  it('is new with every login, and ends at once when it is signed out (T18)', async () => {
    const { email } = await customer();
    const first = await signIn(program, ws, email, fresh());
    const second = await signIn(program, ws, email, fresh());
    expect(first).not.toBe(second);
    expect((await portal(program, first)('DELETE', '/customer-session')).status).toBe(204);
    const after = await portal(program, first)('GET', '/customers/me');
    expect([after.status, after.body.error]).toEqual([401, 'invalid_token']);
    expect((await portal(program, second)('GET', '/customers/me')).status).toBe(200);
  });
});
