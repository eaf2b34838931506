import { afterAll, beforeAll, expect, it } from 'vitest';
import { allJobs } from '../../../src/jobs/index.ts';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { customer, problems, TIME, UUID4 } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const read = async (ws: TestWorkspace, query = '') =>
  (await ws.api('GET', `/api/events${query}`)).body;

it('tells every change of a workspace in order, each with the object after it (decision 29)', async () => {
  const [ws, other] = [await program.workspace(), await program.workspace()];
  expect(await read(ws)).toEqual({ data: [], meta: { next_after: 0, has_more: false } });
  const made = await customer(ws, { name: 'A' });
  await customer(other);
  const changed = (await ws.api('PATCH', `/api/customers/${made.id}`, { name: 'B' })).body;
  const member = (
    await ws.api('POST', '/api/members/', { customer_id: made.id, email: 'm@example.com' })
  ).body;
  await ws.api('DELETE', `/api/members/${member.id}`);
  const meter = (
    await ws.api('POST', '/api/meters/', { name: 'm', aggregation: { type: 'count' } })
  ).body;
  await ws.api('POST', `/api/customers/${made.id}/meters/${meter.id}/credits`, { units: 5 });
  await ws.api('DELETE', `/api/customers/${made.id}`);
  await ws.api('POST', '/api/customers/', { email: 'broken' });
  const { data, meta } = await read(ws);
  expect(data.map((e: { type: string }) => e.type)).toEqual([
    ...['customer.created', 'customer.updated', 'member.created', 'member.deleted'],
    ...['meter.created', 'meter.credited', 'customer.deleted'],
  ]);
  expect(data.map((e: { sequence: number }) => e.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(meta).toEqual({ next_after: 7, has_more: false });
  for (const event of data) {
    expect(Object.keys(event)).toEqual([
      'id',
      'sequence',
      'type',
      'timestamp',
      'customer_id',
      'data',
    ]);
    expect(event.id).toMatch(UUID4);
    expect(event.timestamp).toMatch(TIME);
    expect(event.customer_id).toBe(event.type === 'meter.created' ? null : made.id);
  }
  const { members: _, ...record } = made;
  const { members: __, ...after } = changed;
  expect(data[0].data).toEqual(record);
  expect(data[1].data).toEqual(after);
  expect(data[2].data).toEqual(member);
});

it('pages by `after`, and says whether more follows', async () => {
  const ws = await program.workspace();
  for (let i = 0; i < 5; i += 1) await customer(ws);
  const first = await read(ws, '?limit=2');
  expect(first.data.map((e: { sequence: number }) => e.sequence)).toEqual([1, 2]);
  expect(first.meta).toEqual({ next_after: 2, has_more: true });
  const rest = await read(ws, '?after=2&limit=3');
  expect(rest.data.map((e: { sequence: number }) => e.sequence)).toEqual([3, 4, 5]);
  expect(rest.meta).toEqual({ next_after: 5, has_more: false });
  expect(await read(ws, '?after=99')).toEqual({
    data: [],
    meta: { next_after: 99, has_more: false },
  });
  expect((await read(ws, '?limit=1000000')).data).toHaveLength(5);
  expect(problems(await ws.api('GET', '/api/events?after=-1&limit=0'))).toEqual([
    'greater_than_equal at query.after',
    'greater_than at query.limit',
  ]);
});

it('shows a reader every event exactly once, in order, while eight writers write', async () => {
  const ws = await program.workspace();
  const each = Number(process.env.CLIENTELE_SOAK ?? 0) > 0 ? 500 : 20;
  let writing = 8;
  const writers = Array.from({ length: 8 }, async (_, w) => {
    for (let i = 0; i < each; i += 1) {
      const made = await customer(ws, { email: `w${w}.${i}@example.com` });
      if (i % 4 === 0) await ws.api('PATCH', `/api/customers/${made.id}`, { name: `n${i}` });
      if (i % 5 === 0) await ws.api('POST', '/api/customers/', { email: `w${w}.${i}@example.com` });
    }
    writing -= 1;
  });
  // The job that moves events into the log meets the readers, which do so as well.
  const job = allJobs(program.app).find(({ name }) => name === 'sequence_events');
  const mover = async () => {
    while (writing > 0) await job?.run();
  };
  const moving = mover();
  const seen: { sequence: number; type: string; customer_id: string; id: string }[] = [];
  let after = 0;
  for (;;) {
    const last = writing === 0;
    const { data, meta } = await read(ws, `?after=${after}&limit=7`);
    seen.push(...data);
    after = meta.next_after;
    if (last && !meta.has_more) break;
  }
  await Promise.all([...writers, moving]);
  const updates = 8 * Math.ceil(each / 4);
  expect(seen.map((e) => e.sequence)).toEqual(
    Array.from({ length: 8 * each + updates }, (_, i) => i + 1),
  );
  expect(new Set(seen.map((e) => e.id)).size).toBe(seen.length);
  expect(seen.filter((e) => e.type === 'customer.updated')).toHaveLength(updates);
  const created = new Set<string>();
  for (const event of seen) {
    if (event.type === 'customer.created') created.add(event.customer_id);
    else expect(created).toContain(event.customer_id);
  }
});
