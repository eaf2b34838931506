import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: a plain-JavaScript tool without types
import { findPostgres } from '../tools/postgres.mjs';

/** The storms that tests run small and a soak runs at full size. */
const storms: Record<string, string> = {
  races: 'server/test/journeys/races.test.ts',
  isolation: 'server/test/journeys/isolation.test.ts',
  'sign-in': 'server/test/journeys/sign-in.test.ts',
  bank: 'server/test/journeys/bank.test.ts',
  merge: 'server/test/journeys/merge.test.ts',
  kill: 'server/test/journeys/kill.test.ts',
  vies: '/vies',
  fuzz: 'server/test/journeys/fuzz.test.ts',
  import: 'server/test/surfaces/import',
  payments: 'server/test/journeys/payments.test.ts',
};

const name = process.argv[2] ?? '';
const file = storms[name];
if (file === undefined) {
  process.stderr.write(
    `npm run soak -- NAME, where NAME is one of ${Object.keys(storms).join(', ')}\n`,
  );
  process.exit(1);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const found = await findPostgres(process.env.CLIENTELE_TEST_DATABASE_URL);
const projects = found.url === undefined ? ['pglite'] : ['pglite', 'postgres'];
const run = spawn(
  process.execPath,
  [
    `${root}node_modules/vitest/vitest.mjs`,
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=verbose',
    '--maxWorkers=1',
    '--testTimeout=3600000',
    file,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      CLIENTELE_SOAK: '10',
      ...(found.url === undefined ? {} : { CLIENTELE_TEST_DATABASE_URL: found.url }),
    },
  },
);
run.once('exit', async (code) => {
  await found.forget?.();
  process.exit(code ?? 1);
});
