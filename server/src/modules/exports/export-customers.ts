import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { statement } from '../../db/drivers/statement.ts';
import type { Caller } from '../../kernel/caller.ts';
import { EXPORT_HEADERS } from '../../kernel/export-headers.ts';
import type { App } from '../app.ts';
import { CsvGuard } from './csv-guard.ts';

const CELLS = `id, external_id, btrim(to_json(created_at)::text, '"') as created, email, name,
  billing_address ->> 'line1' as line1, billing_address ->> 'line2' as line2,
  billing_address ->> 'city' as city, billing_address ->> 'state' as state,
  billing_address ->> 'postal_code' as zip, billing_address ->> 'country' as country,
  nullif(metadata, '{}')::text as metadata`;
const LISTED = "deleted_at is null and status <> 'ARCHIVED'";

const copyQuery = `select ${CELLS} from customers
  where workspace_id = nullif(current_setting('clientele.workspace_id', true), '')::uuid and ${LISTED}`;

const PAGE = 1_000;
const keysetPage = statement(
  'exports.page',
  `select ${CELLS} from customers where workspace_id = $1 and id > $2 and ${LISTED}
   order by id limit ${PAGE}`,
);
const stillLive = statement('exports.still_live', 'select 1');
const CHECK_MS = 2_000;

async function* pages(app: App, caller: Caller): AsyncGenerator<string> {
  let last = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await app.work(
      caller,
      (w) => w.defer<{ id: string }>(keysetPage(caller.workspaceId, last)),
      { lane: 'slow' },
    );
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.id;
    yield stringify(rows.map((row) => Object.values(row)));
  }
}

/** The same pages with the first one read: what refuses an export does so before it is answered. */
async function begun(all: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = await all.next();
  return (async function* again() {
    if (first.done) return;
    yield first.value;
    yield* all;
  })();
}

/**
 * The workspace's listed customers as CSV, streamed: nothing is held in memory. A credential that
 * ends while the export runs ends the stream within seconds.
 */
export async function exportCustomers(app: App, caller: Caller): Promise<Readable> {
  const header = `${EXPORT_HEADERS.join(',')}\r\n`;
  const rows =
    app.copyOut === undefined
      ? Readable.from(await begun(pages(app, caller)), { objectMode: false })
      : await app.copyOut(caller, copyQuery);
  const guard = new CsvGuard({ highWaterMark: 1 << 20 });
  guard.push(header);
  const check = setInterval(() => {
    app
      .work({ ...caller }, (w) => w.defer(stillLive()))
      .catch((error: Error) => guard.destroy(error));
  }, CHECK_MS);
  pipeline(rows, guard, () => clearInterval(check));
  return guard;
}
