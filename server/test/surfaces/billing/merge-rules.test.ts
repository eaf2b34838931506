import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { type BillingWorkspace, billingWorkspace, newCustomer, problem } from './billing-kit.ts';
import { credit, merge, merged, preview } from './merge-kit.ts';

let program: TestProgram;
let ws: BillingWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await billingWorkspace(program);
});
afterAll(() => program.close());

const customerOf = async (id: string) => (await ws.bill('GET', `/customers/${id}`)).body.data;

describe('a merged customer', () => {
  it('is shown by its id on billing alone, and changed nowhere', async () => {
    const [a, b] = [
      await newCustomer(ws, { email: 'gone@merged.example', external_id: 'gone' }),
      await newCustomer(ws, { external_id: 'stays' }),
    ];
    await merged(ws, a.id, b.id);
    expect(await customerOf(a.id)).toMatchObject({ status: 'MERGED', external_id: null });
    expect((await customerOf(a.id)).deleted_at).not.toBeNull();
    for (const [method, path, body] of [
      ['PUT', '', { name: 'New' }],
      ['PATCH', '', { name: 'New' }],
      ['POST', '/mode', { mode: 'POSTPAID', reason: 'r' }],
      ['POST', '/type', { customer_type: 'BUSINESS', reason: 'r' }],
      ['PATCH', '/payment-providers', { preferred_provider: null }],
      ['POST', '/records', { kind: 'invoice', external_id: randomUUID() }],
    ] as const) {
      const answer = await ws.bill(method, `/customers/${a.id}${path}`, body);
      expect(problem(answer)).toEqual([409, 'INVALID_STATE_TRANSITION']);
    }
    const wallet = await ws.bill('POST', '/wallets', { customer_id: a.id, currency: 'USD' });
    expect(problem(wallet)).toEqual([409, 'INVALID_STATE_TRANSITION']);
    expect((await ws.bill('GET', `/customers/${a.id}/wallet`)).status).toBe(404);
    const listed = (await ws.bill('GET', '/customers?limit=100&status=MERGED')).body.data;
    expect(listed).toEqual([]);
    // Its address is free again.
    const next = await ws.bill('POST', '/customers', { name: 'N', email: 'gone@merged.example' });
    expect(next.status).toBe(201);
  });

  it('leads to the survivor from every other surface, in one step', async () => {
    const [a, b, c] = [await newCustomer(ws), await newCustomer(ws), await newCustomer(ws)];
    await merged(ws, a.id, b.id);
    await merged(ws, b.id, c.id);
    const key = { 'idempotency-key': randomUUID() };
    for (const [method, path, body, headers] of [
      ['GET', '', undefined],
      ['GET', '/state', undefined],
      ['PATCH', '', { name: 'New' }],
      ['PATCH', '', { name: 'New' }, key],
      ['PATCH', '', { name: 'New' }, key],
      ['DELETE', '?anonymize=true', undefined],
    ] as const) {
      const answer = await ws.api(method, `/api/customers/${a.id}${path}`, body, headers);
      expect([method, answer.status]).toEqual([method, 404]);
      expect(answer.headers.get('clientele-merged-into')).toBe(c.id);
      expect(answer.body.error).toBe('ResourceNotFound');
    }
    await ws.api('DELETE', `/api/customers/${c.id}`);
    const gone = await ws.api('GET', `/api/customers/${c.id}`);
    expect([gone.status, gone.headers.get('clientele-merged-into')]).toEqual([404, null]);
  });

  it('is erased with the survivor', async () => {
    const canary = `canary-${randomUUID()}`;
    const [a, b] = [
      await newCustomer(ws, { name: canary, metadata: { note: canary }, external_id: canary }),
      await newCustomer(ws),
    ];
    await credit(ws, a.walletId, '1', { reason: canary });
    await ws.bill('POST', `/customers/${a.id}/records`, {
      ...{ kind: 'invoice', external_id: randomUUID(), metadata: { note: canary } },
    });
    await merged(ws, a.id, b.id);
    expect((await ws.api('DELETE', `/api/customers/${b.id}?anonymize=true`)).status).toBe(204);
    const tables = await program.database.owner<{ name: string }>(
      `select c.relname::text as name from pg_class c
       where c.relnamespace = 'clientele'::regnamespace and c.relkind = 'r'`,
    );
    for (const { name } of tables) {
      const [found] = await program.database.owner<{ n: number }>(
        `select count(*)::int as n from ${name} t where t::text like '%${canary}%'`,
      );
      expect([name, found?.n]).toEqual([name, 0]);
    }
  });
});

describe('a merge', () => {
  it('is refused for ids that are none, unknown, foreign, or the same', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    const other = await newCustomer(await billingWorkspace(program));
    const never = randomUUID();
    for (const path of ['/customers/merge', '/customers/merge/preview']) {
      const send = (source: unknown, target: unknown, strategy?: unknown) =>
        ws.bill('POST', path, {
          ...{ source_customer_id: source, target_customer_id: target, strategy },
        });
      expect(problem(await send('x', b.id))).toEqual([
        ...[400, 'VALIDATION_ERROR', 'source_customer_id'],
      ]);
      expect(problem(await send(a.id, undefined))).toEqual([
        ...[400, 'VALIDATION_ERROR', 'target_customer_id'],
      ]);
      expect(problem(await send(a.id, b.id, 'KEEP_BOTH'))).toEqual([
        ...[400, 'VALIDATION_ERROR', 'strategy'],
      ]);
      for (const id of [never, other.id]) {
        const [source, target] = [await send(id, b.id), await send(a.id, id)];
        expect(problem(source)).toEqual([404, 'NOT_FOUND']);
        expect(problem(target)).toEqual([404, 'NOT_FOUND']);
        expect(source.body).toMatchObject({ entity_type: 'customer', entity_id: id });
      }
      expect(problem(await send(a.id, a.id))).toEqual([422, 'SAME_CUSTOMER']);
    }
  });

  it('is refused where one of the two was merged or deleted, which a preview tells', async () => {
    const [a, b, c] = [await newCustomer(ws), await newCustomer(ws), await newCustomer(ws)];
    await merged(ws, a.id, b.id);
    await ws.api('DELETE', `/api/customers/${c.id}`);
    for (const [source, target, guilty] of [
      [a.id, b.id, a.id],
      [b.id, a.id, a.id],
      [c.id, b.id, c.id],
      [b.id, c.id, c.id],
    ] as const) {
      const answer = await merge(ws, source, target);
      expect(problem(answer)).toEqual([409, 'INVALID_STATE_TRANSITION']);
      expect(answer.body.entity_id).toBe(guilty);
      const foreseen = await preview(ws, source, target);
      expect(foreseen.status).toBe(200);
      expect(foreseen.body.data.blockers).toMatchObject([
        { code: 'INVALID_STATE_TRANSITION', customer_id: guilty },
      ]);
    }
  });

  it('is told in the audit trail and in the change log', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    const { id, source_customer_id, target_customer_id, ...counts } = await merged(ws, a.id, b.id);
    const { data } = (await ws.api('GET', '/api/events?after=0&limit=1000')).body;
    const event = data.findLast((e: { type: string }) => e.type === 'customer.merged');
    expect(event.data).toEqual({ id, source: a.id, target: b.id, counts });
    expect([source_customer_id, target_customer_id]).toEqual([a.id, b.id]);
    const audit = await program.root('GET', `/admin/v1/audit?workspace_id=${ws.id}&limit=100`);
    expect(audit.text).toContain('"merged_into"');
  });

  it('happens once under one Idempotency-Key', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    const key = { 'idempotency-key': randomUUID() };
    const body = { source_customer_id: a.id, target_customer_id: b.id };
    const [first, again] = [
      await ws.bill('POST', '/customers/merge', body, key),
      await ws.bill('POST', '/customers/merge', body, key),
    ];
    expect([first.status, again.text]).toEqual([200, first.text]);
  });

  it('needs the scope to write customers', async () => {
    const reader = await billingWorkspace(program, ['customers:read']);
    const answer = await merge(reader, randomUUID(), randomUUID());
    expect(problem(answer)).toEqual([403, 'FORBIDDEN']);
  });
});

describe('a preview', () => {
  it('answers what the merge then does, and writes nothing', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    await credit(ws, a.walletId, '3');
    const look = async () => {
      const rows = [];
      for (const table of ['customers', 'wallets', 'ledger_entries', 'merges', 'merge_moves']) {
        rows.push(
          ...(await program.database.owner(
            `select md5(string_agg(t::text, '|' order by t::text)) as all from ${table} t`,
          )),
        );
      }
      const { meta } = (await ws.api('GET', '/api/events?limit=1000')).body;
      return JSON.stringify([rows, meta]);
    };
    const before = await look();
    const foreseen = await preview(ws, a.id, b.id);
    expect(foreseen.status).toBe(200);
    expect(await look()).toBe(before);
    const { id: _, ...result } = await merged(ws, a.id, b.id);
    expect(foreseen.body.data).toMatchObject({ ...result, strategy: 'KEEP_TARGET', blockers: [] });
  });
});
