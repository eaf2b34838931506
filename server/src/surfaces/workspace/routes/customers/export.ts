import { Readable } from 'node:stream';
import { customersExport } from '@clientele/contracts/workspace/operations/customers.ts';
import { streamRoute } from '../../../../http/route.ts';
import { EXPORT_HEADERS, exportCustomers } from '../../../../modules/exports/index.ts';

export const get = streamRoute(customersExport, async (app, caller, { query }) => {
  const outside =
    query.workspace_id !== undefined && !query.workspace_id.includes(caller.workspaceId);
  return {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename=customers.csv',
    },
    body: outside
      ? Readable.from([`${EXPORT_HEADERS.join(',')}\r\n`])
      : await exportCustomers(app, caller),
  };
});
