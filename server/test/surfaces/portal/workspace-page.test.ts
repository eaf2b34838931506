import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { NOBODY } from '../workspace/common.ts';
import { newTeam, portal } from './portal-kit.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const page = (slug: string, token?: string) =>
  portal(program, token)('GET', `/workspaces/${encodeURIComponent(slug)}`);
const path = (ws: TestWorkspace) => `/admin/v1/workspaces/${ws.id}`;

async function open(): Promise<{ ws: TestWorkspace; slug: string }> {
  const ws = await program.workspace();
  const slug = `page-${randomBytes(5).toString('hex')}`;
  await program.root('PATCH', path(ws), { slug, name: 'The Shop' });
  return { ws, slug };
}

it('shows everybody the workspace, found in any case, and nothing that is only its own', async () => {
  const { ws, slug } = await open();
  const plain = await page(slug);
  expect(plain.status, plain.text).toBe(200);
  expect(plain.body).toEqual({
    workspace: {
      ...{ id: ws.id, created_at: expect.any(String), modified_at: expect.any(String) },
      ...{ name: 'The Shop', slug, avatar_url: null },
      customer_portal_settings: { usage: { show: true } },
      workspace_features: { member_model_enabled: true },
    },
    shares: [],
  });
  const set = await program.root('PATCH', path(ws), {
    avatar_url: 'https://example.com/logo.png',
    email: 'hidden@example.com',
    website: 'https://hidden.example.com',
    customer_portal_settings: { usage: { show: false, extra: 1 }, extra: 1 },
  });
  expect(set.status, set.text).toBe(200);
  const shown = await page(slug.toUpperCase());
  expect(shown.body.workspace).toEqual({
    ...plain.body.workspace,
    avatar_url: 'https://example.com/logo.png',
    modified_at: set.body.modified_at,
    customer_portal_settings: { usage: { show: false } },
  });
  expect(shown.text).not.toContain('hidden');
});

it('answers unknown, blocked and deleted workspaces with the same 404', async () => {
  const { ws, slug } = await open();
  const unknown = await page('no-such-workspace');
  expect([unknown.status, unknown.body]).toEqual([
    404,
    { error: 'ResourceNotFound', detail: 'Not found' },
  ]);
  await program.root('PATCH', path(ws), { blocked: true });
  const blocked = await page(slug);
  expect([blocked.status, blocked.text]).toEqual([404, unknown.text]);
  await program.root('PATCH', path(ws), { blocked: false });
  expect((await page(slug)).status).toBe(200);
  await program.root('DELETE', path(ws));
  const deleted = await page(slug);
  expect([deleted.status, deleted.text]).toEqual([404, unknown.text]);
  for (const odd of [ws.id, NOBODY, '%', '_', "'", ' ', '../x', 'a'.repeat(3000), 'é']) {
    expect([odd, (await page(odd)).status]).toEqual([odd, 404]);
  }
});

it('shows public shares alone, with live catalogue prices and pictures in order (case 57)', async () => {
  const { ws, slug } = await open();
  const create = async (fields: object) => (await ws.api('POST', '/api/shares/', fields)).body;
  const picture = (name: string) => ({
    ...{ name, mime_type: 'image/png', size: 1 },
    public_url: `https://files.example.com/${name}`,
  });
  const first = await create({
    ...{ name: 'First', visibility: 'public', medias: [picture('b'), picture('a')] },
    prices: [
      { amount_type: 'custom' },
      { amount_type: 'fixed', price_amount: 5, source: 'ad_hoc' },
      { amount_type: 'fixed', price_amount: 7 },
      { amount_type: 'free' },
    ],
  });
  await create({ name: 'Draft', prices: [{ amount_type: 'free' }] });
  await create({ name: 'Private', visibility: 'private' });
  const gone = await create({ name: 'Archived', visibility: 'public' });
  await ws.api('PATCH', `/api/shares/${gone.id}`, { is_archived: true });
  const second = await create({ name: 'Second', visibility: 'public' });
  const [custom, , fixed, free] = first.prices;
  const { shares } = (await page(slug)).body;
  expect(shares).toEqual([{ ...first, prices: [custom, fixed, free] }, second]);
  expect(custom).toMatchObject({ minimum_amount: 2000, maximum_amount: null });
  const next = [{ amount_type: 'free' }, { amount_type: 'fixed', price_amount: 8 }];
  await ws.api('PATCH', `/api/shares/${first.id}`, { prices: next, medias: [picture('a')] });
  const changed = (await page(slug)).body.shares[0];
  expect(changed.prices.map((p: { amount_type: string }) => p.amount_type)).toEqual([
    ...['free', 'fixed'],
  ]);
  expect(changed.prices[0].id).toBe(free.id);
  expect(changed.medias).toEqual([first.medias[1]]);
  await ws.api('PATCH', `/api/shares/${first.id}`, { visibility: 'private' });
  await ws.api('PATCH', `/api/shares/${gone.id}`, { is_archived: false });
  const names = (await page(slug)).body.shares.map((s: { name: string }) => s.name);
  expect(names).toEqual(['Archived', 'Second']);
});

it('is the same for everybody, signed in or not, and keeps workspaces apart', async () => {
  const [a, b] = [await open(), await open()];
  for (const { ws, slug } of [a, b]) {
    await ws.api('POST', '/api/shares/', { name: slug, visibility: 'public' });
  }
  const team = await newTeam(a.ws);
  const plain = await page(a.slug);
  expect(plain.text).not.toContain(b.slug);
  expect((await page(a.slug, team.owner.token)).text).toBe(plain.text);
  expect((await page(b.slug, team.owner.token)).body.shares[0].name).toBe(b.slug);
});

it('lets who serves the page read shares by it alone', async () => {
  const { client, release } = await program.database.driver.hold('transaction');
  try {
    for (const table of ['shares', 'share_prices', 'share_medias']) {
      await client.query('begin');
      await client.query('set local role clientele_auth');
      const failure = await client.query(`select 1 from ${table}`).then(
        () => 'allowed',
        (error) => error.code,
      );
      await client.query('rollback');
      expect([table, failure]).toEqual([table, '42501']);
    }
  } finally {
    release();
  }
});
