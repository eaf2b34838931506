import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../kit/call.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { type BillingWorkspace, billingWorkspace, newCustomer, problem } from './billing-kit.ts';

let program: TestProgram;
let ws: BillingWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await billingWorkspace(program);
});
afterAll(() => program.close());

const post = (body: unknown) => ws.bill('POST', '/customers', body);
const eventsOf = async (id: string, type: string) =>
  (await ws.api('GET', '/api/events?limit=100&after=0')).body.data.filter(
    (e: { type: string; customer_id: string }) => e.type === type && e.customer_id === id,
  );

describe('a problem', () => {
  it('tells what is wrong in the form of RFC 9457', async () => {
    const answer = await post({ name: '', email: 'x', preferred_currency: 'XXX' });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toEqual({
      type: 'urn:clientele:error:validation-error',
      title: 'Bad Request',
      status: 400,
      detail: expect.any(String),
      instance: '/billing/v1/customers',
      code: 'VALIDATION_ERROR',
      request_id: answer.headers.get('x-request-id'),
      fields: expect.arrayContaining([
        { field: 'name', code: 'STRING_TOO_SHORT', message: expect.any(String) },
        { field: 'email', code: 'VALUE_ERROR', message: expect.any(String) },
        { field: 'preferred_currency', code: 'ENUM', message: expect.any(String) },
      ]),
    });
  });

  it('has its code for every way to be refused at the door', async () => {
    const at = (path: string, token?: string, method = 'GET') =>
      call(program.url, method, `/billing/v1${path}`, token === undefined ? {} : { token });
    expect(problem(await at('/customers'))).toEqual([401, 'UNAUTHORIZED']);
    expect(problem(await at('/customers', 'x'))).toEqual([401, 'UNAUTHORIZED']);
    expect(problem(await at('/customers', ws.token))).toEqual([401, 'UNAUTHORIZED']);
    const narrow = await billingWorkspace(program, ['wallets:read']);
    expect(problem(await narrow.bill('GET', '/customers'))).toEqual([403, 'FORBIDDEN']);
    expect(problem(await at('/nothing', ws.key))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await at('/customers', ws.key, 'DELETE'))).toEqual([405, 'METHOD_NOT_ALLOWED']);
    const never = randomUUID();
    const missing = await at(`/customers/${never}`, ws.key);
    expect(missing.body).toMatchObject({
      code: 'NOT_FOUND',
      entity_type: 'customer',
      entity_id: never,
    });
    expect(problem(await at('/customers/x', ws.key))).toEqual([400, 'VALIDATION_ERROR', 'id']);
    expect(problem(await at('/customers?limit=0', ws.key))).toEqual([
      400,
      'VALIDATION_ERROR',
      'limit',
    ]);
    const malformed = await ws.bill('POST', '/customers', '{', {
      'content-type': 'application/json',
    });
    expect(malformed.status).toBe(400);
  });
});

describe('a customer', () => {
  it('has every field of the page, with its defaults', async () => {
    const { body, status } = await post({ name: ' Ann ' });
    expect(status).toBe(201);
    expect(body.data).toEqual({
      id: expect.any(String),
      organization_id: ws.id,
      external_id: null,
      name: 'Ann',
      email: null,
      billing_address: null,
      tax_identifiers: {},
      metadata: {},
      custom_fields: {},
      tags: [],
      preferred_currency: null,
      customer_type: 'UNKNOWN',
      billing_model: 'postpaid',
      mode: 'PREPAID',
      status: 'ACTIVE',
      locale: null,
      payment_terms_days: null,
      preferred_provider: null,
      disabled_providers: [],
      prefer_einvoice: false,
      peppol_id: null,
      einvoice_email: null,
      default_credit_limit: null,
      default_max_balance: null,
      default_max_single_credit: null,
      default_low_balance_threshold: null,
      default_auto_topup_enabled: false,
      default_auto_topup_amount: null,
      vat_validation_status: 'UNVALIDATED',
      vat_validation_disabled: false,
      vat_validation_disabled_reason: null,
      created_at: expect.any(String),
      updated_at: body.data.created_at,
      deleted_at: null,
    });
  });

  it('takes every field in every form that is understood', async () => {
    const { id } = await newCustomer(ws);
    const fields = {
      external_id: ` ext-${id} `,
      email: 'Fin@Example.COM',
      billing_address: { country: 'at', line1: 'Ring 1', city: 'Wien' },
      tax_identifiers: { us_ein: '12-3456789' },
      metadata: { a: 1 },
      custom_fields: { nested: { deep: [1, null] } },
      tags: ['vip', 'vip', ' eu '],
      preferred_currency: 'kwd',
      customer_type: 'company',
      billing_model: 'hybrid',
      locale: 'DE-at',
      payment_terms_days: 30,
      preferred_provider: 'stripe',
      disabled_providers: ['mollie'],
      prefer_einvoice: true,
      peppol_id: '0088:7300010000001',
      einvoice_email: 'invoices@example.com',
      default_credit_limit: 1000,
      default_max_balance: { value: '5.5', currency: 'KWD' },
      default_low_balance_threshold: '1',
      default_auto_topup_amount: '2.000',
      default_auto_topup_enabled: true,
      vat_validation_disabled: true,
      vat_validation_disabled_reason: 'out of scope',
    };
    for (const method of ['PUT', 'PATCH']) {
      const { status, body } = await ws.bill(method, `/customers/${id}`, fields);
      expect(status).toBe(200);
      expect(body.data).toMatchObject({
        ...fields,
        external_id: `ext-${id}`,
        email: 'Fin@example.com',
        billing_address: { country: 'AT', line1: 'Ring 1', city: 'Wien', state: null },
        tags: ['vip', 'eu'],
        preferred_currency: 'KWD',
        customer_type: 'BUSINESS',
        locale: 'de-AT',
        default_credit_limit: '1000.000',
        default_max_balance: '5.500',
        default_low_balance_threshold: '1.000',
        default_auto_topup_amount: '2.000',
      });
    }
    const cleared = await ws.bill('PATCH', `/customers/${id}`, {
      email: null,
      locale: null,
      preferred_provider: null,
      default_credit_limit: null,
      vat_validation_disabled: false,
      unknown_field: 1,
      mode: 'POSTPAID',
      vat_validation_status: 'VALID',
    });
    expect(cleared.body.data).toMatchObject({
      email: null,
      locale: null,
      preferred_provider: null,
      default_credit_limit: null,
      vat_validation_disabled_reason: null,
      mode: 'PREPAID',
      vat_validation_status: 'UNVALIDATED',
      payment_terms_days: 30,
    });
  });

  it('is refused with the field that is wrong', async () => {
    for (const [body, ...expected] of [
      [{}, 400, 'VALIDATION_ERROR', 'name'],
      [{ name: 'x', customer_type: 'ROBOT' }, 400, 'VALIDATION_ERROR', 'customer_type'],
      [{ name: 'x', billing_model: 'free' }, 400, 'VALIDATION_ERROR', 'billing_model'],
      [{ name: 'x', mode: 'SOMETIMES' }, 400, 'VALIDATION_ERROR', 'mode'],
      [{ name: 'x', locale: 'not a locale' }, 400, 'VALIDATION_ERROR', 'locale'],
      [{ name: 'x', payment_terms_days: -1 }, 400, 'VALIDATION_ERROR', 'payment_terms_days'],
      [{ name: 'x', preferred_provider: 'bank' }, 400, 'VALIDATION_ERROR', 'preferred_provider'],
      [{ name: 'x', peppol_id: '88:1' }, 400, 'VALIDATION_ERROR', 'peppol_id'],
      [{ name: 'x', default_credit_limit: '-1' }, 400, 'VALIDATION_ERROR', 'default_credit_limit'],
      [{ name: 'x', default_max_balance: '0.001' }, 400, 'VALIDATION_ERROR', 'default_max_balance'],
      [
        { name: 'x', default_max_balance: { value: '1', currency: 'USD' } },
        ...[400, 'VALIDATION_ERROR', 'default_max_balance'],
      ],
      [
        { name: 'x', preferred_provider: 'stripe', disabled_providers: ['stripe'] },
        ...[422, 'BUSINESS_RULE_VIOLATION', 'preferred_provider'],
      ],
      [
        { name: 'x', default_auto_topup_enabled: true, default_auto_topup_amount: '5' },
        ...[422, 'BUSINESS_RULE_VIOLATION', 'default_low_balance_threshold'],
      ],
      [
        { name: 'x', vat_validation_disabled: true },
        ...[422, 'BUSINESS_RULE_VIOLATION', 'vat_validation_disabled_reason'],
      ],
    ] as const) {
      expect([body, ...problem(await post(body))]).toEqual([body, ...expected]);
    }
  });

  it('is updated by its external id, and made once by many at once (C9)', async () => {
    const external_id = `up-${randomUUID()}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => post({ name: `N${i}`, external_id })),
    );
    expect(answers.filter((a) => a.status === 201)).toHaveLength(1);
    expect(answers.filter((a) => a.status === 200)).toHaveLength(19);
    const [id, ...others] = [...new Set(answers.map((a) => a.body.data.id))];
    expect(others).toEqual([]);
    const again = await post({ name: 'Last', external_id: ` ${external_id} `, tags: ['t'] });
    expect([again.status, again.body.data.id, again.body.data.name]).toEqual([200, id, 'Last']);
    expect((await ws.bill('GET', `/wallets?customer_id=${id}`)).body.data).toHaveLength(1);
    expect(await eventsOf(id as string, 'customer.created')).toHaveLength(1);
    expect(problem(await post({ name: 'x', external_id, mode: 'POSTPAID' }))).toEqual([
      409,
      'CONFLICT',
    ]);
    const other = await newCustomer(ws);
    const taken = await ws.bill('PATCH', `/customers/${other.id}`, { external_id });
    expect(problem(taken)).toEqual([409, 'CONFLICT', 'external_id']);
    await post({ name: 'mail', email: 'taken@example.com' });
    expect(problem(await post({ name: 'x', email: 'TAKEN@example.com' }))).toEqual([
      409,
      'CONFLICT',
      'email',
    ]);
  });

  it('goes through its states as far as they lead (C4)', async () => {
    const { id } = await newCustomer(ws);
    const go = async (status: string) => {
      const answer = await ws.bill('PATCH', `/customers/${id}`, { status });
      return answer.status === 200 ? answer.body.data.status : answer.body.code;
    };
    expect(await go('INACTIVE')).toBe('INACTIVE');
    expect(await go('SUSPENDED')).toBe('INVALID_STATE_TRANSITION');
    expect(await go('INACTIVE')).toBe('INACTIVE');
    expect(await go('ARCHIVED')).toBe('ARCHIVED');
    const listed = async (query: string) =>
      (await ws.bill('GET', `/customers?limit=100${query}`)).body.data.map(
        (c: { id: string }) => c.id,
      );
    expect(await listed('')).not.toContain(id);
    expect(await listed('&status=ARCHIVED,INACTIVE')).toContain(id);
    expect((await ws.api('GET', `/api/customers/${id}`)).status).toBe(200);
    expect(await go('SUSPENDED')).toBe('INVALID_STATE_TRANSITION');
    expect(await go('ACTIVE')).toBe('ACTIVE');
    expect(await go('MERGED')).toBe('VALIDATION_ERROR');
  });

  it('is shown after it was deleted, and changed no more', async () => {
    const { id } = await newCustomer(ws);
    await ws.api('DELETE', `/api/customers/${id}`);
    const gone = await ws.bill('GET', `/customers/${id}`);
    expect([gone.status, gone.body.data.deleted_at]).toEqual([200, expect.any(String)]);
    const change = await ws.bill('PATCH', `/customers/${id}`, { name: 'x' });
    expect(problem(change)).toEqual([404, 'NOT_FOUND']);
    expect(problem(await ws.bill('GET', `/customers/${id}/wallet`))).toEqual([404, 'NOT_FOUND']);
  });

  it('is written only as it was read, where the ETag is given back', async () => {
    const { id } = await newCustomer(ws);
    const tag = (await ws.bill('GET', `/customers/${id}`)).headers.get('etag') as string;
    const write = (name: string) =>
      ws.bill('PATCH', `/customers/${id}`, { name }, { 'if-match': tag });
    expect((await write('one')).status).toBe(200);
    expect(problem(await write('two'))).toEqual([412, 'VERSION_CONFLICT']);
  });
});
