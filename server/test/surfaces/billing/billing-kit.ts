import { randomUUID } from 'node:crypto';
import { call, type Reply } from '../../kit/call.ts';
import type { TestProgram, TestWorkspace } from '../../kit/program.ts';

/** A workspace and calls with its secret key; every write carries an Idempotency-Key. */
export interface BillingWorkspace extends TestWorkspace {
  key: string;
  bill(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>;
}

/** A new workspace with a secret key for everything, or for the scopes given. */
export async function billingWorkspace(
  program: TestProgram,
  scopes: string[] = ['*'],
): Promise<BillingWorkspace> {
  const ws = await program.workspace();
  const { body } = await program.root('POST', `/admin/v1/workspaces/${ws.id}/credentials`, {
    kind: 'secret_key',
    name: 'billing',
    scopes,
  });
  return {
    ...ws,
    key: body.token,
    bill: (method, path, given, headers) =>
      call(program.url, method, `/billing/v1${path}`, {
        token: body.token,
        body: given,
        headers: {
          ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
          ...headers,
        },
      }),
  };
}

let made = 0;

/** A customer made through the billing surface, with its primary wallet. */
export async function newCustomer(ws: BillingWorkspace, body: object = {}) {
  made += 1;
  const answer = await ws.bill('POST', '/customers', { name: `Customer ${made}`, ...body });
  if (answer.status !== 201) throw new Error(`${answer.status}: ${answer.text}`);
  const customer = answer.body.data;
  const wallet = (await ws.bill('GET', `/customers/${customer.id}/wallet`)).body.data;
  return { customer, wallet, id: customer.id as string, walletId: wallet.id as string };
}

/** What a problem says, in short. */
export const problem = ({ status, body }: Reply) => [
  status,
  body.code,
  ...(body.fields ?? []).map((f: { field: string }) => f.field),
];
