import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { type BillingWorkspace, billingWorkspace, newCustomer, problem } from './billing-kit.ts';

let program: TestProgram;
let ws: BillingWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await billingWorkspace(program);
});
afterAll(() => program.close());

interface Setting {
  key: string;
  value: string;
  source: string;
}
const values = (settings: Setting[]) =>
  Object.fromEntries(settings.map((s) => [s.key, [s.value, s.source]]));
const get = async (of = ws) => values((await of.bill('GET', '/settings')).body.data);
const change = (body: object, of = ws) => of.bill('PATCH', '/settings', body);

describe('settings', () => {
  it('are all listed with what holds, by default at first', async () => {
    const fresh = await billingWorkspace(program);
    const { status, body } = await fresh.bill('GET', '/settings');
    expect(status).toBe(200);
    expect(values(body.data)).toEqual({
      default_currency: ['EUR', 'default'],
      default_locale: ['en', 'default'],
      date_format: ['YYYY-MM-DD', 'default'],
      invoice_prefix: ['INV-', 'default'],
      invoice_footer: ['', 'default'],
      payment_terms_days: ['30', 'default'],
      auto_finalize_invoices: ['false', 'default'],
      'wallet.default_credit_limit': ['', 'default'],
      'wallet.default_max_balance': ['', 'default'],
      'wallet.default_max_single_credit': ['', 'default'],
      'wallet.default_low_balance_threshold': ['', 'default'],
      'tax.vat_validation_enabled': ['true', 'default'],
      'verification.vat.enabled': ['true', 'default'],
      'verification.vat.manual_ttl_days': ['90', 'default'],
      'verification.vat.recheck_interval': ['2160h', 'default'],
      'verification.vat.maintenance_window': ['null', 'default'],
    });
    expect(body.data[0]).toEqual({
      key: 'default_currency',
      value: 'EUR',
      source: 'default',
      type: 'string',
      default: 'EUR',
      category: 'general',
      label: expect.any(String),
      description: expect.any(String),
    });
  });

  it('are changed together, read into their normal form, and taken back by null', async () => {
    const answer = await change({
      payment_terms_days: '14',
      default_currency: 'chf',
      default_locale: 'de-at',
      'verification.vat.recheck_interval': '36h30m',
      'verification.vat.maintenance_window':
        '{"end": "02:00", "start": "23:30", "tz": "Europe/Berlin", "more": 1}',
    });
    expect(answer.status).toBe(200);
    const wanted = {
      payment_terms_days: ['14', 'override'],
      default_currency: ['CHF', 'override'],
      default_locale: ['de-AT', 'override'],
      'verification.vat.recheck_interval': ['36h30m', 'override'],
      'verification.vat.maintenance_window': [
        '{"start":"23:30","end":"02:00","tz":"Europe/Berlin"}',
        'override',
      ],
      invoice_prefix: ['INV-', 'default'],
    };
    expect(values(answer.body.data)).toMatchObject(wanted);
    expect(await get()).toMatchObject(wanted);
    const back = await change({ payment_terms_days: null, default_currency: null });
    expect(values(back.body.data)).toMatchObject({
      payment_terms_days: ['30', 'default'],
      default_currency: ['EUR', 'default'],
      default_locale: ['de-AT', 'override'],
    });
    expect(await get()).toEqual(values(back.body.data));
  });

  it.each([
    ['payment_terms_days', '-1'],
    ['payment_terms_days', '1.5'],
    ['payment_terms_days', '3651'],
    ['payment_terms_days', 14],
    ['auto_finalize_invoices', 'yes'],
    ['invoice_prefix', 'A\nB'],
    ['invoice_prefix', 'x'.repeat(21)],
    ['invoice_footer', 'x'.repeat(2_001)],
    ['date_format', 'today'],
    ['default_currency', 'XXQ'],
    ['default_locale', 'not a tag'],
    ['wallet.default_credit_limit', '-5'],
    ['wallet.default_max_balance', '1e9'],
    ['tax.vat_validation_enabled', 'off'],
    ['verification.vat.enabled', ''],
    ['verification.vat.manual_ttl_days', '0'],
    ['verification.vat.manual_ttl_days', '366'],
    ['verification.vat.recheck_interval', '90 days'],
    ['verification.vat.recheck_interval', '59m'],
    ['verification.vat.maintenance_window', '{"start":"25:00","end":"02:00"}'],
    ['verification.vat.maintenance_window', '{"start":"01:00","end":"01:00"}'],
    ['verification.vat.maintenance_window', '{"start":"01:00","end":"02:00","tz":"Mars"}'],
    ['verification.vat.maintenance_window', 'nightly'],
  ])('refuse the whole change for one bad value: %s = %j', async (key, value) => {
    const before = await get();
    const other = key === 'invoice_prefix' ? 'invoice_footer' : 'invoice_prefix';
    const answer = await change({ [other]: 'R-', [key]: value });
    expect(problem(answer)).toEqual([400, 'VALIDATION_ERROR', key]);
    expect(await get()).toEqual(before);
  });

  it('name every bad value at once, and ignore what they do not know', async () => {
    const answer = await change({ date_format: '?', payment_terms_days: 'x', colour: 'red' });
    expect(problem(answer)).toEqual([400, 'VALIDATION_ERROR', 'date_format', 'payment_terms_days']);
    const before = await get();
    expect((await change({ colour: 'red' })).status).toBe(200);
    expect(await get()).toEqual(before);
  });

  it('are each workspace’s own', async () => {
    const other = await billingWorkspace(program);
    await change({ invoice_prefix: 'OWN-' });
    expect((await get(other)).invoice_prefix).toEqual(['INV-', 'default']);
  });

  it('decide about customers and wallets made afterwards', async () => {
    const own = await billingWorkspace(program);
    await change(
      {
        default_currency: 'JPY',
        'wallet.default_credit_limit': '5000',
        'wallet.default_max_balance': '9000.75',
      },
      own,
    );
    const plain = await newCustomer(own);
    expect(plain.wallet).toMatchObject({
      currency: 'JPY',
      credit_limit: { value: '5000', currency: 'JPY' },
      max_balance: { value: '9000', currency: 'JPY' },
      max_single_credit: null,
    });
    const particular = await newCustomer(own, { default_credit_limit: '7' });
    expect(particular.wallet.credit_limit).toEqual({ value: '7', currency: 'JPY' });
  });

  it('leave an audit row with what was before and after', async () => {
    const own = await billingWorkspace(program);
    await change({ payment_terms_days: '7' }, own);
    await change({ payment_terms_days: '7' }, own);
    const rows = await program.database.owner(
      `select before, after, actor_kind from audit_log
       where workspace_id = $1 and entity = 'settings'`,
      [own.id],
    );
    expect(rows).toEqual([
      {
        before: { payment_terms_days: null },
        after: { payment_terms_days: '7' },
        actor_kind: 'credential',
      },
    ]);
  });

  it('need their scopes', async () => {
    const reader = await billingWorkspace(program, ['settings:read']);
    expect((await reader.bill('GET', '/settings')).status).toBe(200);
    expect(problem(await change({ invoice_prefix: 'x' }, reader))).toEqual([403, 'FORBIDDEN']);
    const stranger = await billingWorkspace(program, ['customers:write']);
    expect((await stranger.bill('GET', '/settings')).status).toBe(403);
  });
});
