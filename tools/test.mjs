// `npm test [filters…]`: every test on both engines, what was left out, and one line of totals.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './installed.mjs';
import { findPostgres } from './postgres.mjs';
import { forwardSignals } from './signals.mjs';

const filters = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));

let vitest;
process.on('disconnect', () => vitest?.kill('SIGTERM'));
forwardSignals(() => vitest);

/** Runs vitest; resolves to its exit code (1 when a signal ended it). */
function runVitest(projects, report, env) {
  const args = [
    ...['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ...projects.flatMap((project) => ['--project', project]),
    ...filters,
  ];
  vitest = spawn(process.execPath, [`${root}node_modules/vitest/vitest.mjs`, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  return new Promise((resolve) => {
    vitest.on('error', () => resolve(1));
    vitest.on('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Totals of vitest's JSON report. A file that could not be loaded counts as one failed test, and so
 * does a run without any test or one that failed outside every test. A test is skipped when it ran
 * on no engine.
 */
function totals(report, code) {
  let files = [];
  try {
    files = JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    // No report means that vitest itself did not get through: the rule below counts it.
  }
  const tests = files.flatMap((file) =>
    file.assertionResults.map((test) => ({
      status: test.status,
      name: `${relative(root, file.name)}: ${test.fullName}`,
    })),
  );
  const count = (status) => tests.filter((test) => test.status === status).length;
  const unloaded = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((t) => t.status === 'failed'),
  );
  const passed = count('passed');
  const failed = count('failed') + unloaded.length;
  const unexplained = failed === 0 && (code !== 0 || passed === 0);
  const ran = (test) => ['passed', 'failed'].includes(test.status);
  const names = new Set(tests.filter(ran).map((test) => test.name));
  const skipped = tests.map((test) => test.name).filter((name) => !names.has(name));
  return { passed, failed: failed + (unexplained ? 1 : 0), skipped: [...new Set(skipped)] };
}

const leftOut = [];
let result = { passed: 0, failed: 1, skipped: [] };
const postgres = await findPostgres(process.env.CLIENTELE_TEST_DATABASE_URL);
if (postgres.url === undefined && process.env.CLIENTELE_TEST_DATABASE_URL) {
  console.log(`CLIENTELE_TEST_DATABASE_URL cannot be used: ${postgres.reasons.join('; ')}`);
} else {
  const projects = ['pglite'];
  if (postgres.url !== undefined) projects.push('postgres');
  else leftOut.push('everything on PostgreSQL, because none was found:', ...postgres.reasons);
  const report = join(folder, 'report.json');
  const env = postgres.url === undefined ? {} : { CLIENTELE_TEST_DATABASE_URL: postgres.url };
  result = totals(report, await runVitest(projects, report, env));
  await postgres.forget().catch((error) => console.log(`Left behind: ${error.message}`));
}
rmSync(folder, { recursive: true, force: true });

// With filters, what does not match counts as skipped and was left out on purpose.
if (filters.length === 0 && result.skipped.length > 0) {
  leftOut.push(`${result.skipped.length} tests that skipped themselves:`, ...result.skipped);
}
if (leftOut.length > 0) console.log(['Left out:', ...leftOut].join('\n  '));
console.log(`${result.passed} passed, ${result.failed} failed`);
const incomplete = process.env.CLIENTELE_TEST_REQUIRE === 'all' && leftOut.length > 0;
process.exit(result.failed > 0 || incomplete ? 1 : 0);
