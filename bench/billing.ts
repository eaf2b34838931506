import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textOf } from '../server/src/db/drivers/statement.ts';
import { entryStatement } from '../server/src/db/entry.ts';
import { journalStatement } from '../server/src/db/journal.ts';
import type { Caller } from '../server/src/kernel/caller.ts';
import { deriveKeys } from '../server/src/kernel/secrets.ts';
import '../server/src/db/idempotency.ts';
import '../server/src/modules/wallets/index.ts';
import { latency } from './reads.ts';
import { median, print } from './report.ts';
import { rootToken, type Stage, wrk } from './stage.ts';
import { pgbench } from './writes.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const WALLETS = 64;
const keys = deriveKeys('bench-secret-bench-secret');

async function secretKey(stage: Stage): Promise<{ id: string; token: string }> {
  const made = await fetch(
    `${stage.service.url}/admin/v1/workspaces/${stage.workspaceId}/credentials`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${rootToken}` },
      body: JSON.stringify({ kind: 'secret_key', name: 'bench', scopes: ['*'] }),
    },
  );
  return made.json() as Promise<{ id: string; token: string }>;
}

const quoted = (value: unknown): string => {
  if (value === null) return 'null';
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'::bytea`;
  // pgbench would take a colon before a word for one of its variables.
  const text = String(value)
    .replaceAll("'", "''")
    .replace(/:(?=\w)/g, "' || chr(58) || '");
  return `('${text}')`;
};

/** A statement by its name with SQL in the place of its parameters. */
const filled = (name: string, values: string[]) =>
  `${textOf(name).replace(/\$(\d)/g, (_, n) => values[Number(n) - 1] as string)};`.replace(
    /\s+/g,
    ' ',
  );

/** The statements of a debit over HTTP, in their order, as a pgbench script. */
function script(stage: Stage, token: string, wallets: string[]): string {
  const ws = `'${stage.workspaceId}'::uuid`;
  const wallet = `(array[${wallets.map((id) => `'${id}'`).join(',')}])[:w]::uuid`;
  const uuid = `(to_hex(:a::int8) || '-' || left(to_hex(:b::int8), 4) || '-4' || right(to_hex(:b::int8), 3) || '-8111-111111111111')::uuid`;
  const hash = `decode(md5((:a::int8)::text || (:b::int8)::text), 'hex')`;
  const answer = quoted(Buffer.alloc(900, 1));
  const caller: Caller = {
    entry: { as: 'credential', hash: keys.tokenHash(token) },
    workspaceId: stage.workspaceId,
    actor: { kind: 'credential', id: 'bench', name: 'bench' },
    surface: 'billing',
    operation: 'wallets_debit',
    requestId: 'bench',
  };
  const entry = entryStatement(caller);
  const data = { cash: '-1', promotional: '0', held: '0', currency: 'EUR', kind: 'debit' };
  const journal = journalStatement(keys, caller, [
    {
      entity: 'ledger_entry',
      entityId: stage.customerId,
      customerId: stage.customerId,
      before: null,
      after: data,
      personal: [],
      event: { type: 'wallet.debit', data },
    },
  ]);
  const lines = [
    'begin;',
    `${entry.text.replace('$1', quoted(entry.values[0]))};`.replace(/\s+/g, ' '),
    filled('idempotency.patience', []),
    filled('idempotency.claim', [ws, `'bench'`, hash, hash, 'null::uuid']),
    filled('wallets.lock', [ws, `array[${wallet}]`]),
    filled('ledger.debit', [ws, wallet, `1`, uuid, 'now()', 'null', 'null', 'null']),
    filled('wallets.by_id', [ws, wallet]),
    filled('ledger.by_id', [ws, uuid]),
    filled('journal.insert', [
      `${quoted(journal.values[0]).replace(/"event_id":"[^"]*"/, `"event_id":"' || ${uuid}::text || '"`)}::jsonb`,
    ]),
    filled('idempotency.keep', [ws, `'bench'`, hash, '201', answer, 'null::uuid']),
    'commit;',
  ];
  const random = (name: string) => `\\set ${name} random(268435456, 4294967295)`;
  return [
    ...[random('a'), random('b'), `\\set w random(1, ${wallets.length})`],
    ...['\\startpipeline', ...lines, '\\endpipeline', ''],
  ].join('\n');
}

/** A debit with its ledger over HTTP against pgbench with the same statements. */
export async function debits(stage: Stage): Promise<void> {
  const { token } = await secretKey(stage);
  const { rows } = await stage.owner.query(
    `update clientele.wallets set credit_limit = null where id in (
       select id from clientele.wallets where workspace_id = $1 order by id limit $2)
     returning id, customer_id`,
    [stage.workspaceId, WALLETS],
  );
  await stage.owner.query(
    `update clientele.customers set mode = 'POSTPAID' where workspace_id = $1 and id = any($2)`,
    [stage.workspaceId, rows.map((r) => r.customer_id)],
  );
  const wallets = rows.map((r) => r.id as string);
  const folder = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  const file = join(folder, 'debit.sql');
  writeFileSync(file, script(stage, token, wallets));
  const ratios: number[] = [];
  let detail = '';
  for (let i = 0; i < ROUNDS; i += 1) {
    const bare = pgbench(stage, file);
    const ours = wrk(`${stage.service.url}/billing/v1/wallets`, {
      connections: 16,
      seconds: 3,
      script: './debit.lua',
      args: [token, ...wallets],
    }).perSecond;
    ratios.push(ours / bare);
    detail = `${ours.toFixed(0)}/s against ${bare.toFixed(0)}/s`;
  }
  rmSync(folder, { recursive: true, force: true });
  print({
    name: 'debit with ledger / pgbench, same statements',
    ratio: median(ratios),
    goal: { atLeast: 0.6 },
    detail,
  });
}

/** A list narrowed by tags against the first page of the whole list. */
export async function taggedList(stage: Stage): Promise<void> {
  const { token } = await secretKey(stage);
  await stage.owner.query(
    `update clientele.customers set tags = array_remove(array['common',
       case when ('x' || substr(md5(id::text), 1, 4))::bit(16)::int % 500 = 0 then 'rare' end], null)
     where workspace_id = $1`,
    [stage.workspaceId],
  );
  await stage.owner.query('vacuum analyze clientele.customers, clientele.customer_tags');
  const page = (query: string) =>
    latency(`${stage.service.url}/billing/v1/customers?limit=25${query}`, token);
  for (const tags of ['common', 'rare', 'rare,common']) {
    const ratios: number[] = [];
    let last = { with: 0, without: 0 };
    for (let i = 0; i < ROUNDS; i += 1) {
      last = { without: await page(''), with: await page(`&tags=${tags}`) };
      ratios.push(last.with / last.without);
    }
    print({
      name: `list with tags=${tags} / page 1 without`,
      ratio: median(ratios),
      goal: { atMost: 2 },
      detail: `${last.with.toFixed(2)} ms against ${last.without.toFixed(2)} ms`,
    });
  }
}
