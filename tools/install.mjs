// Runs `npm ci` for run.mjs, one at a time for each clone, and never outlives who asked for it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { isInstalled, markInstalled, root } from './installed.mjs';

let npm;
process.on('disconnect', () => {
  npm?.kill('SIGKILL');
  process.exit(1);
});

/** A socket name of this clone; where the system allows it, one that leaves no file behind. */
function socketName() {
  const id = `clientele-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
  if (process.platform === 'linux') return `\0${id}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${id}`;
  mkdirSync('.cache', { recursive: true });
  return '.cache/install.sock';
}

/** Resolves when the holder of the socket is gone: to false when it was gone already. */
function waitForHolder(name) {
  return new Promise((resolve) => {
    const socket = connect(name);
    let met = false;
    socket.on('connect', () => {
      met = true;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(met));
    socket.resume();
  });
}

/** Resolves when this process alone may install; the kernel ends the claim with the process. */
async function claim() {
  const name = socketName();
  for (;;) {
    const free = await new Promise((resolve, reject) => {
      const server = createServer();
      server.on('error', (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
      server.listen(name, () => resolve(true));
    });
    if (free) return;
    if (!(await waitForHolder(name)) && name.startsWith('.cache/')) rmSync(name, { force: true });
  }
}

/** Runs `npm ci`; resolves to its exit code. What npm says is shown only when it fails. */
function npmCi() {
  const script = process.env.npm_execpath;
  const byNode = script?.endsWith('.js') === true || script?.endsWith('.cjs') === true;
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  npm = byNode
    ? spawn(process.execPath, [script, ...args], { cwd: root })
    : spawn('npm', args, { cwd: root, shell: process.platform === 'win32' });
  const said = [];
  npm.stdout.on('data', (text) => said.push(text));
  npm.stderr.on('data', (text) => said.push(text));
  return new Promise((resolve) => {
    npm.on('error', (error) => {
      process.stderr.write(`\nnpm cannot be run: ${error.message}\n`);
      resolve(1);
    });
    npm.on('close', (code) => {
      if (code !== 0) process.stderr.write(`\n${Buffer.concat(said)}`);
      resolve(code ?? 1);
    });
  });
}

process.chdir(root);
await claim();
if (!isInstalled()) {
  const began = Date.now();
  process.stderr.write('clientele: installing dependencies … ');
  if ((await npmCi()) !== 0) process.exit(1);
  markInstalled();
  process.stderr.write(`done in ${Math.round((Date.now() - began) / 1000)} s\n`);
}
process.exit(0);
