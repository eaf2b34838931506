import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 3_000;
const PAUSE_MS = 50;
/** Longest socket path that every unix accepts (macOS allows 104 bytes, Linux 108). */
const LONGEST_SOCKET_PATH = 100;

/** Another process, or this one, holds the data directory. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
  readonly pid: number | undefined;

  constructor(dir: string, pid: number | undefined) {
    const holder =
      pid === undefined
        ? 'another process'
        : pid === process.pid
          ? `this process (pid ${pid})`
          : `the process with pid ${pid}`;
    super(`The data directory ${dir} is in use by ${holder}. Only one process may open it.`);
    this.pid = pid;
  }
}

export interface DirectoryLock {
  release(): Promise<void>;
}

function bind(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((visitor) => visitor.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ path, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/** A socket file outlives its process, so one that nobody answers is removed and bound again. */
async function bindFile(path: string): Promise<Server | undefined> {
  const server = await bind(path);
  if (server !== undefined || (await answers(path))) return server;
  await rm(path, { force: true });
  return bind(path);
}

async function close(servers: Server[]): Promise<void> {
  await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
}

/**
 * The abstract name is what makes the lock exact on Linux, but it ends at the network namespace:
 * the socket file is what a second container on the same volume runs into.
 */
async function take(dir: string): Promise<Server[] | undefined> {
  const { dev, ino } = await stat(dir, { bigint: true });
  const name = `clientele-${dev}-${ino}`;
  if (process.platform === 'win32') {
    const pipe = await bind(`\\\\.\\pipe\\${name}`);
    return pipe && [pipe];
  }
  const inDirectory = join(dir, 'lock');
  const file =
    Buffer.byteLength(inDirectory) <= LONGEST_SOCKET_PATH
      ? inDirectory
      : join(tmpdir(), `${name}.lock`);
  if (process.platform !== 'linux') {
    const server = await bindFile(file);
    return server && [server];
  }
  const abstract = await bind(`\0${name}`);
  if (abstract === undefined) return undefined;
  try {
    const server = await bindFile(file);
    if (server !== undefined) return [abstract, server];
  } catch {
    // Some mounted file systems hold no sockets; the abstract name alone then does the work.
    return [abstract];
  }
  await close([abstract]);
  return undefined;
}

async function holder(pidFile: string): Promise<number | undefined> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || undefined;
}

/**
 * Takes a data directory for this process alone; made if missing. The kernel drops the lock when
 * the process dies, however it dies. Waits up to 3 s, since a predecessor may just be leaving.
 * Errors: DirectoryInUse, with the holder's pid.
 */
export async function lockDirectory(dir: string): Promise<DirectoryLock> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const pidFile = join(dir, 'pid');
  const deadline = performance.now() + PATIENCE_MS;
  let servers = await take(dir);
  while (servers === undefined) {
    if (performance.now() > deadline) throw new DirectoryInUse(dir, await holder(pidFile));
    await sleep(PAUSE_MS);
    servers = await take(dir);
  }
  const held = servers;
  await writeFile(pidFile, `${process.pid}\n`);
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      await rm(pidFile, { force: true });
      await close(held);
    },
  };
}
