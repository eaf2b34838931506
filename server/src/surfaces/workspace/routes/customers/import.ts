import { customersImport } from '@clientele/contracts/workspace/operations/customers.ts';
import { CustomerCreate, CustomerUpdate } from '@clientele/contracts/workspace/schemas/customer.ts';
import { check } from '../../../../http/input.ts';
import { parseJson } from '../../../../http/json.ts';
import { streamRoute } from '../../../../http/route.ts';
import { importCustomers, type MediaType } from '../../../../modules/imports/index.ts';

const rules = {
  create: (body: object) => check(CustomerCreate, body, 'body'),
  update: (body: object) => check(CustomerUpdate, body, 'body'),
};

export const post = streamRoute(customersImport, async (app, caller, { query }, request) => ({
  headers: { 'content-type': 'application/x-ndjson' },
  body: await importCustomers(
    app,
    caller,
    {
      body: request.body,
      mediaType: request.mediaType as MediaType,
      parseJson,
      dryRun: query.dry_run,
      signal: request.signal,
      idempotency: request.idempotency,
    },
    rules,
  ),
}));
