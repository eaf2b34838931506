import { defineConfig } from 'vitest/config';

const serverTests = 'server/test/**/*.test.ts';
const globalSetup = 'server/test/kit/global-setup.ts';

export default defineConfig({
  test: {
    // Processes, not threads: the tests start servers, change the environment and send signals.
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'pglite',
          globalSetup,
          include: [serverTests, 'contracts/**/*.test.ts'],
          env: { CLIENTELE_TEST_ENGINE: 'pglite' },
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          globalSetup,
          include: [serverTests],
          // They are about the embedded engine whatever this run is on.
          exclude: ['server/test/modules/pglite-driver*'],
          env: { CLIENTELE_TEST_ENGINE: 'postgres' },
        },
      },
    ],
  },
});
