// The arrows: kernel ← db ← modules ← surfaces, jobs. tools/arrows.mjs proves that each one bites.
const src = '^server/src/';
const doors = [`${src}modules/[^/]+/index[.]ts$`, `${src}modules/app[.]ts$`];
const ours = '^(contracts|server|bench|tools|web)/';
const tests = '[.]test[.]ts$';

/** A rule: files under `from` reach, of what is ours, only what matches `allowed`. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { path: ours, pathNot: allowed },
});

module.exports = {
  forbidden: [
    only('kernel-stands-alone', `${src}kernel/`, [`${src}kernel/`]),
    only('db-knows-kernel', `${src}db/`, [`${src}(db|kernel)/`]),
    only('modules-know-db-and-kernel', `${src}modules/`, [`${src}(modules|db|kernel)/`]),
    {
      name: 'modules-use-the-door-of-others',
      severity: 'error',
      from: { path: `${src}modules/([^/]+)/` },
      to: { path: `${src}modules/`, pathNot: [`${src}modules/$1/`, ...doors] },
    },
    only('http-is-glue', `${src}http/`, [`${src}(http|db|kernel)/`, '^contracts/', ...doors]),
    only('surfaces-are-thin', `${src}surfaces/`, [
      `${src}(surfaces|http|kernel)/`,
      '^contracts/',
      ...doors,
    ]),
    {
      name: 'surfaces-never-meet',
      severity: 'error',
      from: { path: `${src}surfaces/([^/]+)/` },
      to: { path: `${src}surfaces/[^/]+/`, pathNot: `${src}surfaces/$1/` },
    },
    only('jobs-use-doors', `${src}jobs/`, [`${src}(jobs|db|kernel)/`, ...doors]),
    only('providers-implement-ports', `${src}providers/`, [
      `${src}(providers|kernel)/`,
      `${src}modules/`,
    ]),
    only('config-knows-kernel', `${src}config/`, [`${src}(config|kernel)/`]),
    only('cli-speaks-http', `${src}cli/`, [`${src}(cli|kernel)/`, '^contracts/']),
    only('contracts-stand-alone', '^contracts/', ['^contracts/']),
    {
      name: 'contracts-run-in-a-browser',
      severity: 'error',
      from: { path: '^contracts/', pathNot: ['^contracts/lib/write-openapi[.]ts$', tests] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-main-starts-the-app',
      severity: 'error',
      from: { path: src, pathNot: `${src}(main|serve)[.]ts$` },
      to: { path: `${src}(app|main|serve)[.]ts$` },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
