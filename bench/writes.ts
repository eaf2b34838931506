import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryStatement } from '../server/src/db/entry.ts';
import { journalStatement } from '../server/src/db/journal.ts';
import type { Caller } from '../server/src/kernel/caller.ts';
import { deriveKeys } from '../server/src/kernel/secrets.ts';
import { customerChange, insertAll, newCustomer } from '../server/src/modules/customers/index.ts';
import { newOwner } from '../server/src/modules/members/index.ts';
import { burst } from './reads.ts';
import { median, print } from './report.ts';
import type { Stage } from './stage.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const keys = deriveKeys('bench-secret-bench-secret');
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** The very statements of a creation as a pgbench script; ids and addresses are made anew each time. */
function script(stage: Stage): string {
  const id = '11111111-1111-4111-8111-111111111111';
  const owner = '22222222-2222-4222-8222-222222222222';
  const at = new Date().toISOString();
  const customer = newCustomer(stage.workspaceId, id, at, {
    email: 'pgbench-MARK@bench.example',
    name: 'Bench',
    external_id: 'pgbench-MARK',
    metadata: { plan: 'pro' },
  });
  const member = { ...newOwner(customer, {}), id: owner };
  const caller: Caller = {
    entry: { as: 'credential', hash: keys.tokenHash(stage.token) },
    workspaceId: stage.workspaceId,
    actor: { kind: 'credential', id: owner, name: 'bench' },
    surface: 'workspace',
    operation: 'customers_create',
    requestId: owner,
  };
  const change = customerChange(null, customer, 'customer.created');
  const statements = [
    entryStatement(caller),
    insertAll([customer], [member]),
    journalStatement(keys, caller, [change]),
  ];
  const lines = statements.map(({ text, values }) => {
    const filled = text.replace(/\$(\d)/g, (_, n) => {
      const value = values[Number(n) - 1];
      const quoted = Buffer.isBuffer(value)
        ? `'\\x${value.toString('hex')}'::bytea`
        : // pgbench would take a colon before a word for one of its variables.
          `(${literal(String(value)).replace(/:(?=\w)/g, "' || chr(58) || '")})::jsonb`;
      // One random number a transaction stands in every id and address.
      return quoted
        .replaceAll('MARK', "' || :mark || '")
        .replaceAll('11111111-1111-4111-8111', "' || :u || '")
        .replaceAll('22222222-2222-4222-8222', "' || :v || '")
        .replace(/"event_id":"[^"]*"/, `"event_id":"' || :w || '-111111111111"`);
    });
    return `${filled.replace(/\s+/g, ' ')};`;
  });
  const hex = (name: string) =>
    `\\set ${name}1 random(268435456, 4294967295)\n\\set ${name}2 random(268435456, 4294967295)`;
  const uuid = (name: string) =>
    `(to_hex(:${name}1::int8) || '-' || left(to_hex(:${name}2::int8), 4) || '-4' || right(to_hex(:${name}2::int8), 3) || '-8111')`;
  const body = lines
    .join('\n')
    .replaceAll(':mark', '((:u1)::int8::text || (:u2)::int8::text)')
    .replaceAll(':u ', `${uuid('u')} `)
    .replaceAll(':v ', `${uuid('v')} `)
    .replaceAll(':w ', `${uuid('w')} `);
  return `${hex('u')}\n${hex('v')}\n${hex('w')}\n\\startpipeline\n${body}\n\\endpipeline\n`;
}

/** Transactions a second of a pgbench script, as the service's own role. */
export function pgbench(stage: Stage, file: string): number {
  const url = new URL(stage.serviceUrl);
  const out = execFileSync(
    'pgbench',
    [
      '-h',
      url.hostname,
      '-p',
      url.port || '5432',
      '-U',
      url.username,
      '-n',
      '-M',
      'prepared',
      '-c',
      '8',
      '-T',
      '3',
      '-f',
      file,
      url.pathname.slice(1),
    ],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PGPASSWORD: url.password,
        PGOPTIONS: '-c role=clientele_app -c search_path=clientele,public',
      },
    },
  );
  if (/failed transactions: [1-9]/.test(out)) throw new Error(out);
  return Number(/tps = ([\d.]+)/.exec(out)?.[1]);
}

/** Creation over HTTP against pgbench with the same statements. */
export async function creates(stage: Stage): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  const file = join(folder, 'create.sql');
  writeFileSync(file, script(stage));
  const ratios: number[] = [];
  let detail = '';
  for (let i = 0; i < ROUNDS; i += 1) {
    const bare = pgbench(stage, file);
    const ours = await burst(stage, stage.service.pid, `${stage.service.url}/api/customers/`, {
      token: stage.token,
      script: './create.lua',
    });
    ratios.push(ours.perSecond / bare);
    detail = `${ours.perSecond.toFixed(0)}/s against ${bare.toFixed(0)}/s, CPU us/request ${ours.node.toFixed(0)}+${ours.database.toFixed(0)}`;
  }
  rmSync(folder, { recursive: true });
  print({
    name: 'create / pgbench, same statements',
    ratio: median(ratios),
    goal: { atLeast: 0.6 },
    detail,
  });
}
