import { call } from '../kit/call.ts';
import type { TestProgram, TestWorkspace } from '../kit/program.ts';
import { newEmail, newTeam, portal } from '../surfaces/portal/portal-kit.ts';

/** Shares something to the workspace's members, with a download and a payment. */
async function shareFiles(ws: TestWorkspace, customer_id: string): Promise<void> {
  const media = { name: 'm', mime_type: 'image/png', size: 1 };
  const share = await ws.api('POST', '/api/shares/', {
    name: 'Share',
    prices: [{ amount_type: 'free' }],
    medias: [{ ...media, public_url: 'https://example.com/m' }],
  });
  const session = await ws.api('POST', '/api/file-sharing/sessions', { share_id: share.body.id });
  const path = `/api/file-sharing/sessions/${session.body.id}`;
  await ws.api('POST', `${path}/downloads`, {});
  await ws.api('POST', `${path}/payments`, { amount_cents: 1, customer_id });
}

/** Gives a customer what finance keeps of it: money, tags, a checked VAT number. */
async function bill(program: TestProgram, ws: TestWorkspace, id: string): Promise<void> {
  const { body } = await program.root('POST', `/admin/v1/workspaces/${ws.id}/credentials`, {
    kind: 'secret_key',
    name: 'furnish',
    scopes: ['*'],
  });
  let n = 0;
  const api = (method: string, path: string, given: unknown) => {
    n += 1;
    const headers = { 'idempotency-key': `furnish ${id} ${n}` };
    return call(program.url, method, `/billing/v1${path}`, {
      token: body.token,
      body: given,
      headers,
    });
  };
  await api('PATCH', '/settings', { 'verification.vat.manual_ttl_days': '30' });
  await api('PATCH', `/customers/${id}`, {
    tags: ['law'],
    tax_identifiers: { eu_vat: 'DE136695976' },
  });
  await api('POST', `/customers/${id}/vat-validation/manual`, { reason: 'seen on paper' });
  const wallet = await call(program.url, 'GET', `/billing/v1/customers/${id}/wallet`, {
    token: body.token,
  });
  const path = `/wallets/${wallet.body.data.id}`;
  await api('POST', `${path}/credit`, { amount: '10', reason: 'law' });
  await api('POST', `${path}/holds`, { amount: '1' });
  const filled = await api('POST', '/wallets', {
    customer_id: id,
    currency: 'USD',
    auto_topup_enabled: true,
    auto_topup_amount: '10',
    low_balance_threshold: '5',
  });
  await api('POST', `/wallets/${filled.body.data.id}/credit`, { amount: '6' });
  await api('POST', `/wallets/${filled.body.data.id}/debit`, { amount: '3' });
}

/** Makes a customer that has one of everything a customer can have, so that laws find rows. */
export async function furnish(
  program: TestProgram,
  ws: TestWorkspace,
): Promise<{ customer: string; member: string }> {
  const team = await newTeam(ws);
  const member = await team.add('member');
  const api = portal(program, team.owner.token);
  const added = await api(
    'POST',
    '/members',
    { email: newEmail('added') },
    {
      'idempotency-key': team.id,
    },
  );
  if (added.status !== 201) throw new Error(`${added.status}: ${added.text}`);
  const { body: linking } = await api(
    'GET',
    `/oauth-accounts/authorize?platform=discord&customer_id=${team.id}`,
  );
  const { pathname, search } = new URL(linking.url);
  await fetch(program.url + pathname + search, { redirect: 'manual' });
  const card = { confirmation_token_id: 'ctoken_visa', return_url: '/' };
  await api('POST', '/payment-methods', card);
  await shareFiles(ws, team.id);
  await bill(program, ws, team.id);
  const code = { email: team.email, workspace_id: ws.id };
  const asked = '/api/customer-portal/customer-session/request';
  await call(program.url, 'POST', asked, { body: code });
  await program.settle();
  return { customer: team.id, member: member.id };
}
