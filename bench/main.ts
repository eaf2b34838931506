import { debits, taggedList } from './billing.ts';
import { portalLogin, portalReads } from './portal.ts';
import { lists, pointReads } from './reads.ts';
import { print } from './report.ts';
import { rss, setStage } from './stage.ts';
import { exports_, warmStart } from './streams.ts';
import { creates } from './writes.ts';

/**
 * `npm run bench`: every figure is a ratio to a bare baseline measured in the same run, since
 * absolute numbers belong to a machine and an hour. Needs PostgreSQL, wrk and pgbench.
 * `npm run bench -- reads lists …` measures only these.
 */
const wanted = process.argv.slice(2);
const on = (part: string) => wanted.length === 0 || wanted.includes(part);
const sizes = (process.env.BENCH_EXPORT_SIZES ?? '10000,100000,1000000').split(',').map(Number);

if (on('start')) await warmStart();
const stage = await setStage();
try {
  print({
    name: 'idle resident memory on PostgreSQL, MB',
    ratio: rss(stage.service.pid),
    goal: undefined,
    detail: '',
  });
  if (on('reads')) await pointReads(stage);
  if (on('lists')) await lists(stage);
  if (on('portal')) {
    await portalReads(stage);
    await portalLogin(stage);
  }
  if (on('billing')) {
    await debits(stage);
    await taggedList(stage);
  }
  if (on('writes')) await creates(stage);
  if (on('streams')) await exports_(stage, sizes);
} finally {
  await stage.close();
}
