import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { furnish } from '../../laws/furnish.ts';
import { portal } from '../portal/portal-kit.ts';
import { type BillingWorkspace, billingWorkspace } from './billing-kit.ts';
import { merged, undo } from './merge-kit.ts';

let program: TestProgram;
let ws: BillingWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await billingWorkspace(program);
});
afterAll(() => program.close());

/** What a customer sees of itself in its portal, and what it has elsewhere. */
async function seen(customer: string) {
  const opened = await ws.api('POST', '/api/customer-sessions/', { customer_id: customer });
  const api = portal(program, opened.body.token);
  const methods = (await api('GET', '/payment-methods')).body;
  return {
    methods: methods.map((m: { id: string }) => m.id).sort(),
    defaults: methods.filter((m: { is_default: boolean }) => m.is_default).length,
    accounts: Object.keys((await api('GET', '/customers/me')).body.oauth_accounts).length,
  };
}

it('brings payment methods and linked accounts to the survivor, and an undo brings them back', async () => {
  const [source, target] = [await furnish(program, ws), await furnish(program, ws)];
  const before = { source: await seen(source.customer), target: await seen(target.customer) };
  const result = await merged(ws, source.customer, target.customer);
  expect(result.payment_methods_count).toBe(1);
  const after = await seen(target.customer);
  expect(after.methods).toEqual([...before.source.methods, ...before.target.methods].sort());
  expect(after.defaults).toBe(1);
  const opened = await ws.api('POST', '/api/customer-sessions/', { customer_id: target.customer });
  const api = portal(program, opened.body.token);
  for (const id of after.methods) {
    const chosen = await api('POST', `/payment-methods/${id}/default`);
    expect([chosen.status, chosen.body.is_default]).toEqual([200, true]);
  }
  const undone = await undo(ws, result.id);
  expect(undone.status).toBe(200);
  const back = { source: await seen(source.customer), target: await seen(target.customer) };
  expect(back.source.methods).toEqual(before.source.methods);
  expect(back.target.methods).toEqual(before.target.methods);
  expect([back.source.accounts, back.target.accounts]).toEqual([
    before.source.accounts,
    before.target.accounts,
  ]);
  expect((await program.root('GET', '/admin/v1/doctor/ledger')).body.ok).toBe(true);
});

it('takes the checked VAT number over with its evidence, and an override ends with its time', async () => {
  const of = async (tax: object) =>
    (await ws.bill('POST', '/customers', { name: 'Vat', tax_identifiers: tax })).body.data.id;
  const [source, target] = [await of({ eu_vat: 'DE136695976' }), await of({})];
  const override = { reason: 'seen on paper', ttl_days: 1 };
  await ws.bill('POST', `/customers/${source}/vat-validation/manual`, override);
  await merged(ws, source, target);
  const survivor = async () => (await ws.bill('GET', `/customers/${target}`)).body.data;
  expect(await survivor()).toMatchObject({
    tax_identifiers: { eu_vat: 'DE136695976' },
    vat_validation_status: 'MANUAL',
  });
  const evidence = (await ws.bill('GET', `/customers/${target}/vat-validations`)).body.data;
  expect(evidence.map((v: { reason: string }) => v.reason)).toContain('seen on paper');
  await program.database.owner(
    `update vat_validations set expires_at = now() - interval '1 second' where customer_id = $1`,
    [source],
  );
  await program.job('recheck_vat');
  expect((await survivor()).vat_validation_status).toBe('PENDING');
});
