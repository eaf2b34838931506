import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../kit/program.ts';
import { csv, ndjson, send, statuses } from './import-kit.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const total = async (ws: TestWorkspace) => (await ws.api('GET', '/api/customers/')).body.meta.total;
const people = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    email: `p${from + i}@x.test`,
    external_id: `crm-${from + i}`,
    name: `Person ${from + i}`,
  }));

describe('a dry run', () => {
  it('gives the verdicts of the real run and keeps nothing', async () => {
    const ws = await program.workspace();
    await send(ws, 'ndjson', ndjson(...people(0, 5)));
    const file = ndjson(
      ...people(3, 8),
      { email: 'p0@x.test', name: 'Changed' },
      { email: 'p0@x.test', external_id: 'other' },
      { name: 'nobody' },
      ...people(20, 1220),
      { email: 'p21@x.test', name: 'twice' },
    );
    const dry = await send(ws, 'ndjson', file, { dryRun: true });
    expect(await total(ws)).toBe(5);
    const real = await send(ws, 'ndjson', file);
    const known = (v: { status: string }) => v.status !== 'created';
    expect(dry.summary).toEqual(real.summary);
    expect(statuses(dry)).toEqual(statuses(real));
    expect(dry.verdicts.filter((v) => v.line < 9 && known(v))).toEqual(
      real.verdicts.filter((v) => v.line < 9 && known(v)),
    );
    expect(await total(ws)).toBe(1208);
    const [traces] = await program.database.owner<{ n: number }>(
      `select count(distinct request_id)::int as n from audit_log
       where workspace_id = $1 and operation = 'customers_import'`,
      [ws.id],
    );
    expect(traces?.n).toBe(2);
  });
});

describe('many rows', () => {
  it('of a file of 10,000 each get their verdict, and the same again say nothing new', async () => {
    const ws = await program.workspace();
    const file = csv(
      ['external_id', 'email', 'name', 'billing_address.country', 'metadata.plan'],
      ...people(0, 10_000).map((p) => [p.external_id, p.email, p.name, 'DE', 'gold']),
    );
    const first = await send(ws, 'csv', file);
    expect(first.summary).toEqual({ created: 10_000, updated: 0, unchanged: 0, failed: 0 });
    expect(first.verdicts.map((v) => v.line)).toEqual(people(0, 10_000).map((_, i) => i + 2));
    expect(await total(ws)).toBe(10_000);
    const again = await send(ws, 'csv', file);
    expect(again.summary).toEqual({ created: 0, updated: 0, unchanged: 10_000, failed: 0 });
    const changed = file.split('\r\n').slice(0, 1_001).join('\r\n').replaceAll('"gold"', '"red"');
    const red = await send(ws, 'csv', changed);
    expect(red.summary).toEqual({ created: 0, updated: 1_000, unchanged: 0, failed: 0 });
  });

  it('sent at once by several, with creations in between, end as one customer each', async () => {
    const ws = await program.workspace();
    const rows = people(0, 300);
    const backwards = [...rows].reverse();
    const singles = rows.filter((_, i) => i % 10 === 0);
    const [imports, creations] = await Promise.all([
      Promise.all([rows, backwards, rows].map((r) => send(ws, 'ndjson', ndjson(...r)))),
      Promise.all(singles.map((p) => ws.api('POST', '/api/customers/', p))),
    ]);
    expect(await total(ws)).toBe(300);
    const made = imports.reduce((n, i) => n + (i.summary.created ?? 0), 0);
    expect(made + creations.filter((c) => c.status === 201).length).toBe(300);
    for (const { summary } of imports) expect(summary.failed).toBe(0);
    for (const c of creations) expect([201, 422]).toContain(c.status);
  });
});

describe('an Idempotency-Key', () => {
  it('gives the first answer again, and refuses another file', async () => {
    const ws = await program.workspace();
    const headers = { 'idempotency-key': randomUUID() };
    const file = ndjson(...people(0, 3), { name: 'nobody' });
    const first = await send(ws, 'ndjson', file, { headers });
    const again = await send(ws, 'ndjson', file, { headers });
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const other = await ws.api('POST', '/api/customers/import', ndjson(...people(0, 2)), {
      'content-type': 'application/x-ndjson',
      ...headers,
    });
    expect(other.status).toBe(409);
    expect(other.body.error).toBe('IdempotencyKeyReused');
    const dry = await ws.api('POST', '/api/customers/import?dry_run=true', file, {
      'content-type': 'application/x-ndjson',
      ...headers,
    });
    expect(dry.status).toBe(409);
  });

  it('of a long run gives its summary again', async () => {
    const ws = await program.workspace();
    const headers = { 'idempotency-key': randomUUID() };
    const file = ndjson(...people(0, 4_000));
    const first = await send(ws, 'ndjson', file, { headers });
    const again = await send(ws, 'ndjson', file, { headers });
    expect(again.verdicts).toEqual([]);
    expect(again.summary).toEqual(first.summary);
  });

  it('lets one of many equal runs through at a time', async () => {
    const ws = await program.workspace();
    const headers = { 'idempotency-key': randomUUID(), 'content-type': 'application/x-ndjson' };
    const file = ndjson(...people(0, 1_500));
    const runs = await Promise.all(
      Array.from({ length: 5 }, () => ws.api('POST', '/api/customers/import', file, headers)),
    );
    const good = runs.filter((r) => r.status === 200);
    expect(good.length).toBeGreaterThan(0);
    for (const run of runs) {
      if (run.status === 200) expect(run.text).toContain('"created":1500');
      else expect(run.body.error).toBe('Busy');
    }
  });

  it('that is none is refused', async () => {
    const ws = await program.workspace();
    const refused = await ws.api('POST', '/api/customers/import', ndjson(...people(0, 1)), {
      'content-type': 'application/x-ndjson',
      'idempotency-key': 'k'.repeat(256),
    });
    expect(refused.status).toBe(422);
    expect(await total(ws)).toBe(0);
  });
});

/** Starts an import; the body is sent by hand, and so the answer is read. */
function upload(ws: TestWorkspace, key?: string) {
  const req = request(`${program.url}/api/customers/import`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ws.token}`,
      'content-type': 'application/x-ndjson',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
  });
  const answered = new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    req.on('response', resolve);
    req.on('error', reject);
  });
  return { req, answered };
}

describe('a caller', () => {
  it('may send the whole file before reading anything', async () => {
    const ws = await program.workspace();
    const note = 'x'.repeat(500);
    const metadata = { a: note, b: note, c: note, d: note, e: note, f: note, g: note, h: note };
    const file = ndjson(...people(0, 2_000).map((p) => ({ ...p, metadata })));
    const { req, answered } = upload(ws);
    await new Promise<void>((sent) => {
      req.write(file, () => sent());
    });
    req.end();
    const answer = await answered;
    let text = '';
    for await (const piece of answer) text += piece;
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      '{"summary":{"created":2000,"updated":0,"unchanged":0,"failed":0}}',
    );
  });

  it('who hangs up ends the run, and may repeat it under the same key', async () => {
    const ws = await program.workspace();
    const key = randomUUID();
    const file = ndjson(...people(0, 5_000));
    const { req, answered } = upload(ws, key);
    req.end(file);
    const answer = await answered;
    await new Promise((resolve) => answer.once('data', resolve));
    answer.destroy();
    const headers = { 'idempotency-key': key, 'content-type': 'application/x-ndjson' };
    for (;;) {
      const again = await ws.api('POST', '/api/customers/import', file, headers);
      if (again.status === 409) continue;
      const { summary } = JSON.parse(again.text.trimEnd().split('\n').at(-1) as string);
      expect(summary.created).toBeGreaterThan(0);
      expect(summary.unchanged).toBeGreaterThan(0);
      expect(summary.created + summary.unchanged).toBe(5_000);
      break;
    }
  });

  it('whose credential is revoked meanwhile is cut off without a summary', async () => {
    const ws = await program.workspace();
    const { req, answered } = upload(ws);
    req.end(ndjson(...people(0, 5_000)));
    const answer = await answered;
    await new Promise((resolve) => answer.once('data', resolve));
    await program.root('DELETE', `/admin/v1/workspaces/${ws.id}/credentials/${ws.credentialId}`);
    let text = '';
    const read = async () => {
      for await (const piece of answer) text += piece;
    };
    await expect(read()).rejects.toThrow();
    expect(text).not.toContain('summary');
    const [kept] = await program.database.owner<{ n: number }>(
      'select count(*)::int as n from customers where workspace_id = $1',
      [ws.id],
    );
    expect(kept?.n).toBeLessThan(5_000);
  });

  it('whose credential ended before is answered like anywhere else', async () => {
    const ws = await program.workspace();
    const { req, answered } = upload(ws);
    req.write(ndjson(...people(0, 1)));
    await program.root('DELETE', `/admin/v1/workspaces/${ws.id}/credentials/${ws.credentialId}`);
    req.end();
    const answer = await answered;
    expect(answer.statusCode).toBe(401);
    answer.resume();
  });
});
