// The arrows between our folders, as .dependency-cruiser.cjs draws them. A judge that sees no
// module passes everything, so this one first has to find every wrong arrow of a made-up tree, and
// then every file of ours.
import { globSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { root } from './installed.mjs';

const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const folders = ['contracts', 'server'];

/** For each rule, an import it must forbid: from a file, of a file or package. */
const wrong = {
  'kernel-stands-alone': ['server/src/kernel/a.ts', 'server/src/db/work.ts'],
  'db-knows-kernel': ['server/src/db/a.ts', 'server/src/modules/b/index.ts'],
  'modules-know-db-and-kernel': ['server/src/modules/a/a.ts', 'server/src/http/a.ts'],
  'modules-use-the-door-of-others': [
    'server/src/modules/a/b.ts',
    'server/src/modules/b/b.store.ts',
  ],
  'http-is-glue': ['server/src/http/b.ts', 'server/src/surfaces/a/b.ts'],
  'surfaces-are-thin': ['server/src/surfaces/a/routes/_id.ts', 'server/src/db/work.ts'],
  'surfaces-never-meet': ['server/src/surfaces/a/c.ts', 'server/src/surfaces/b/c.ts'],
  'jobs-use-doors': ['server/src/jobs/a.ts', 'server/src/modules/b/b.store.ts'],
  'providers-implement-ports': ['server/src/providers/a.ts', 'server/src/db/work.ts'],
  'config-knows-kernel': ['server/src/config/a.ts', 'server/src/db/work.ts'],
  'cli-speaks-http': ['server/src/cli/a.ts', 'server/src/modules/b/index.ts'],
  'contracts-stand-alone': ['contracts/a.ts', 'server/src/kernel/caller.ts'],
  'contracts-run-in-a-browser': ['contracts/lib/a.ts', 'node:fs'],
  'only-main-starts-the-app': ['server/src/jobs/b.ts', 'server/src/app.ts'],
  'everything-resolves': ['server/src/kernel/b.ts', './nowhere.ts'],
};

async function look(baseDir) {
  const { output } = await cruise(folders, {
    ...options,
    baseDir,
    ruleSet: { forbidden },
    validate: true,
  });
  return output;
}

/** The rules that miss their wrong arrow, be it of values or of types. */
async function blindRules() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'clientele-arrows-')));
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  try {
    for (const [, target] of Object.values(wrong)) {
      if (/^\w+\//.test(target)) write(target, 'export type t = string;\nexport const t = 1;\n');
    }
    for (const [file, target] of Object.values(wrong)) {
      const up = '../'.repeat(file.split('/').length - 1);
      const path = /^\w+\//.test(target) ? up + target : target;
      write(file, `import { t } from '${path}';\nexport const u = t;\n`);
      write(
        file.replace('.ts', '.type.ts'),
        `import type { t } from '${path}';\nexport type u = t;\n`,
      );
    }
    const { summary } = await look(folder);
    const seen = new Set(summary.violations.map(({ rule, from }) => `${rule.name} ${from}`));
    const misses = (name, file = '') =>
      [file, file.replace('.ts', '.type.ts')].some((path) => !seen.has(`${name} ${path}`));
    return forbidden.map((rule) => rule.name).filter((name) => misses(name, wrong[name]?.[0]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Judges every arrow. Out: `violations`, one line of text each (empty when all is well), and how
 * many `modules` of ours were seen. A blind rule or an unseen file is a violation too.
 */
export async function judgeArrows() {
  const blind = await blindRules();
  const { modules, summary } = await look(root);
  const seen = new Set(modules.map((module) => module.source));
  const files = folders.flatMap((folder) =>
    globSync(`${folder}/**/*.ts`, { cwd: root, exclude: (name) => name === 'node_modules' }),
  );
  const unseen = files.map((file) => file.replaceAll('\\', '/')).filter((file) => !seen.has(file));
  return {
    modules: files.length - unseen.length,
    violations: [
      ...blind.map((name) => `the rule ${name} misses the wrong arrow made for it`),
      ...unseen.map((file) => `${file} was not seen`),
      ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    ],
  };
}
