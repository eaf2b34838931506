import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { newEmail, portal } from './portal-kit.ts';

let program: TestProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await program.workspace();
});
afterAll(() => program.close());

const customer = async (body: object = {}) =>
  (await ws.api('POST', '/api/customers/', { email: newEmail(), ...body })).body;

describe('a link that a backend makes', () => {
  const make = (body: object) => ws.api('POST', '/api/customer-sessions/', body);

  it('opens for a customer by either id, or for a member by either id', async () => {
    const made = await customer({ external_id: newEmail('ext') });
    const member = (
      await ws.api('POST', '/api/members/', {
        customer_id: made.id,
        email: newEmail(),
        external_id: newEmail('m'),
      })
    ).body;
    const return_url = 'https://shop.example.com/account?a=1';
    for (const [who, prefix] of [
      [{ customer_id: made.id }, 'clientele_cst_'],
      [{ external_customer_id: made.external_id }, 'clientele_cst_'],
      [{ customer_external_id: made.external_id }, 'clientele_cst_'],
      [{ customer_id: made.id, member_id: member.id }, 'clientele_mst_'],
      [{ customer_id: made.id, external_member_id: member.external_id }, 'clientele_mst_'],
    ] as const) {
      const { status, body } = await make({ ...who, return_url });
      expect(status).toBe(201);
      expect(body.token.startsWith(prefix)).toBe(true);
      expect(body.customer_id).toBe(made.id);
      expect(body.customer.email).toBe(made.email);
      expect(body.return_url).toBe(return_url);
      expect(body.customer_portal_url).not.toContain(body.token);
      const session = await portal(program, body.token)('GET', '/customer-session/introspect');
      expect(session.body.return_url).toBe(return_url);
    }
  });

  it('refuses whom there is not, naming the field', async () => {
    const made = await customer();
    const never = '11111111-1111-4111-8111-111111111111';
    const stranger = (await customer()).members[0].id;
    for (const [body, field] of [
      [{}, 'customer_id'],
      [{ customer_id: never }, 'customer_id'],
      [{ external_customer_id: 'never' }, 'external_customer_id'],
      [{ customer_id: made.id, member_id: never }, 'member_id'],
      [{ customer_id: made.id, member_id: stranger }, 'member_id'],
      [{ customer_id: made.id, external_member_id: 'never' }, 'external_member_id'],
      [{ customer_id: made.id, return_url: 'javascript:alert(1)' }, 'return_url'],
      [{ customer_id: made.id, return_url: '/relative' }, 'return_url'],
    ] as const) {
      const { status, body: refusal } = await make(body);
      expect([status, refusal.detail?.[0].loc]).toEqual([422, ['body', field]]);
    }
  });

  it('carries a ticket that works once, for a session that was not ended (decision 23)', async () => {
    const made = await customer();
    const ticketOf = (body: { customer_portal_url: string }) =>
      new URL(body.customer_portal_url).searchParams.get('ticket');
    const exchange = (ticket: unknown) =>
      portal(program)('POST', '/customer-session/exchange', { ticket });
    const opened = (await make({ customer_id: made.id, return_url: 'https://a.example/' })).body;
    const { status, body } = await exchange(ticketOf(opened));
    expect(status).toBe(200);
    expect(body.token).not.toBe(opened.token);
    const session = await portal(program, body.token)('GET', '/customer-session/introspect');
    expect(session.body.return_url).toBe('https://a.example/');
    const again = await exchange(ticketOf(opened));
    expect([again.status, again.body.error]).toEqual([
      401,
      'CustomerSessionTicketInvalidOrExpired',
    ]);

    const ended = (await make({ customer_id: made.id })).body;
    await portal(program, ended.token)('DELETE', '/customer-session');
    expect((await exchange(ticketOf(ended))).body).toEqual(again.body);

    const late = (await make({ customer_id: made.id })).body;
    await program.database.owner(
      `update one_time_tokens set expires_at = now() - interval '1 second' where customer_id = $1`,
      [made.id],
    );
    expect((await exchange(ticketOf(late))).body).toEqual(again.body);
    expect((await exchange('x')).body).toEqual(again.body);
  });
});
