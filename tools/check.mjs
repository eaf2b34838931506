// `npm run check`: the judges of the code, each with its verdict, and one line of totals.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { root } from './installed.mjs';

const running = new Set();
process.on('disconnect', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs an installed tool's script; resolves to whether it passed and what it said. */
function tool(script, ...args) {
  return () =>
    new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [`${root}node_modules/${script}`, ...args],
        {
          cwd: root,
          maxBuffer: 64 * 1024 * 1024,
          // Redocly asks for updates and reports its use unless told not to.
          env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
        },
        (error, stdout, stderr) => {
          running.delete(child);
          resolve({ passed: error === null, text: `${stdout}${stderr}` });
        },
      );
      running.add(child);
    });
}

async function arrows() {
  const { judgeArrows } = await import('./arrows.mjs');
  const { modules, violations } = await judgeArrows();
  return {
    passed: violations.length === 0,
    text: violations.join('\n'),
    note: `${modules} modules`,
  };
}

const judges = {
  biome: tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--colors=off'),
  tsc: tool('typescript/bin/tsc', '--noEmit', '--pretty', 'false'),
  knip: tool('knip/bin/knip.js', '--no-progress'),
  'dependency-cruiser': arrows,
  redocly: tool(
    '@redocly/cli/bin/cli.js',
    'lint',
    '--config=contracts/openapi/redocly.yaml',
    ...readdirSync(`${root}contracts/openapi`)
      .filter((name) => name.endsWith('.json'))
      .map((name) => `contracts/openapi/${name}`),
  ),
};

const verdicts = await Promise.all(
  Object.entries(judges).map(async ([name, judge]) => {
    const { passed, text, note } = await judge();
    if (!passed) console.log(text.trim());
    console.log(`${name}: ${passed ? 'pass' : 'fail'}${note ? ` (${note})` : ''}`);
    return passed;
  }),
);
const passed = verdicts.filter(Boolean).length;
console.log(`${passed} passed, ${verdicts.length - passed} failed`);
process.exit(passed === verdicts.length ? 0 : 1);
