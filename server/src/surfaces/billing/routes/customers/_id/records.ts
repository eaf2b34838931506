import { recordsList, recordsWrite } from '@clientele/contracts/billing/operations/records.ts';
import { route } from '../../../../../http/route.ts';
import { listRecords, writeRecord } from '../../../../../modules/records/index.ts';
import { pageReply } from '../../../wire/customer.ts';
import { recordWire } from '../../../wire/record.ts';

export const get = route(recordsList, {
  run: (app, caller, { params, query }) => listRecords(app, caller, params.id, query),
  answer: (page) => pageReply(page, recordWire),
});

export const post = route(recordsWrite, {
  run: (app, caller, { params, body }) => writeRecord(app, caller, params.id, body),
  answer: ({ record, created }) => ({
    status: created ? 201 : 200,
    body: { data: recordWire(record) },
  }),
});
