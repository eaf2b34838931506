#!/usr/bin/env node
// Plain JavaScript without dependencies: it runs before anything is installed, on the machine's
// own Node, which may be older than the one the server needs.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isInstalled, root } from './installed.mjs';
import { forwardSignals } from './signals.mjs';

const commands = {
  start: { script: 'server/src/main.ts', cached: true },
  dev: { script: 'tools/dev.mjs', cached: true },
  test: { script: 'tools/test.mjs' },
  bench: { script: 'bench/main.ts' },
  soak: { script: 'bench/soak.ts' },
  check: { script: 'tools/check.mjs' },
  openapi: { script: 'contracts/lib/write-openapi.ts' },
  clientele: { script: 'server/src/cli/main.ts', cached: true },
};

/** Prints why nothing can run, and ends with exit code 1. */
function fail(message) {
  process.stderr.write(`clientele: ${message}\n`);
  process.exit(1);
}

/** Whether this version runs TypeScript by type stripping without a flag. */
function stripsTypes(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

/** The path of a Node that can run the server: this one, else the installed platform package's. */
function findNode() {
  if (stripsTypes(process.versions.node)) return process.execPath;
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = `${root}node_modules/node-${os}-${process.arch}/bin/${binary}`;
  if (existsSync(path)) return path;
  return fail(
    `this is Node ${process.versions.node}, the server needs 22.18 or newer, and no bundled ` +
      `Node is installed for ${process.platform} on ${process.arch}. Install a newer Node, or ` +
      'run "npm ci" without --omit=optional where the platform is supported.',
  );
}

/** Runs the installer; resolves to whether it succeeded. It stops by itself when we are killed. */
function install() {
  const installer = spawn(process.execPath, [`${root}tools/install.mjs`], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve) => {
    installer.on('error', () => resolve(false));
    installer.on('exit', (code) => resolve(code === 0));
  });
}

/** Runs the command in our place: same streams, same signals, same end. */
function hand(node, { script, cached = false }, args) {
  const env = { ...process.env };
  if (cached) env.NODE_COMPILE_CACHE ??= `${root}node_modules/.cache/clientele`;
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', `${root}${script}`, ...args],
    { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env },
  );
  child.on('error', (error) => fail(`cannot run ${node}: ${error.message}`));

  const release = forwardSignals(() => child);

  // An npm that is killed outright can forward nothing, and would leave a server nobody owns.
  if (process.env.npm_execpath) {
    const npm = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === npm) return;
      clearInterval(watch);
      child.kill('SIGTERM');
    }, 50);
    watch.unref();
  }

  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    release();
    process.kill(process.pid, signal);
  });
}

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command === undefined) fail(`say what to run: ${Object.keys(commands).join(', ')}.`);
if (!isInstalled() && !(await install())) fail('the dependencies could not be installed.');
hand(findNode(), command, args);
