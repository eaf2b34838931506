import { recordsImport } from '@clientele/contracts/billing/operations/records.ts';
import { RecordRow } from '@clientele/contracts/billing/schemas/record.ts';
import { check } from '../../../../http/input.ts';
import { parseJson } from '../../../../http/json.ts';
import { streamRoute } from '../../../../http/route.ts';
import type { MediaType } from '../../../../modules/imports/index.ts';
import { importRecords } from '../../../../modules/records/index.ts';

export const post = streamRoute(recordsImport, async (app, caller, { query }, request) => ({
  headers: { 'content-type': 'application/x-ndjson' },
  body: await importRecords(
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
    { kind: query.kind, rule: (row) => check(RecordRow, row, 'body') },
  ),
}));
