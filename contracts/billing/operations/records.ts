import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { defaulted } from '../../lib/schema.ts';
import { byId, reads, writes } from '../../workspace/operations/common.ts';
import { cursorQuery, dataOf, listOf } from '../schemas/money.ts';
import { CustomerRecord, RecordInput, recordKind, recordKinds } from '../schemas/record.ts';

const tag = 'Records';
const ofCustomer = '/billing/v1/customers/{id}/records';

export const recordsList = operation({
  id: 'records_list',
  method: 'get',
  path: ofCustomer,
  tag,
  summary: 'List what other systems hold about a customer',
  description: 'The latest first.',
  access: reads('customers'),
  params: byId('customer'),
  query: Type.Object({ ...cursorQuery, kind: recordKinds }),
  success: { status: 200, description: 'A page of records', schema: listOf(CustomerRecord) },
  errors: [400, 404],
});

export const recordsWrite = operation({
  id: 'records_write',
  method: 'post',
  path: ofCustomer,
  tag,
  summary: 'Keep a record, or change it by kind and external_id',
  description:
    'Answers 200 where this customer had the record: what is given replaces what it had, the ' +
    'rest stays. One that another customer has is refused with 409.',
  access: writes('customers'),
  params: byId('customer'),
  body: RecordInput,
  success: { status: 201, description: 'The record', schema: dataOf(CustomerRecord) },
  alsoAnswers: [200],
  errors: [400, 404, 409],
});

export const recordsImport = operation({
  id: 'records_import',
  method: 'post',
  path: '/billing/v1/records/import',
  tag,
  summary: 'Import records',
  description:
    'Each row is matched by kind and external id, and makes or changes one record of the ' +
    'customer that customer_id or customer_external_id names. The answer is NDJSON: one line ' +
    '`{line, status, id?, errors?}` a row, its status created, updated, unchanged or failed, ' +
    'and at the end `{summary: {created, updated, unchanged, failed}}`; without that line it was ' +
    'cut off, and what has a verdict stands. The same file again changes nothing.',
  access: writes('customers'),
  query: Type.Object({
    kind: recordKind,
    dry_run: defaulted(
      Type.Boolean({ description: 'Does all the same and keeps nothing of it' }),
      false,
    ),
  }),
  stream: {
    mediaTypes: ['text/csv', 'application/x-ndjson', 'application/json'],
    description:
      'CSV with a header row, one JSON object a line, or a JSON array. Columns are the fields of ' +
      'a new record, customer_id or customer_external_id, and `metadata.<key>`; the kind of the ' +
      'query is that of rows without one. A row has at most 1 MiB, a file 4 GiB.',
  },
  success: {
    status: 200,
    description: 'A verdict on each row, then a summary',
    mediaType: 'application/x-ndjson',
  },
  errors: [400, 415],
});
