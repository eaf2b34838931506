import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ROOT_TOKEN } from './program.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A free port of this machine. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** The program as a process of its own, as an operator runs it. */
export interface TestProcess {
  url: string;
  pid: number;
  output(): string;
  /** Resolves when /readyz answers; rejects with the output if the process ends before. */
  ready(): Promise<void>;
  /** Ends it without notice. */
  kill(): Promise<void>;
  /** Asks it to end; its exit code. */
  stop(): Promise<number | null>;
  exited: Promise<number | null>;
}

/** Starts the program with an environment; PORT is chosen, limits are off unless given. */
export async function startProcess(env: Record<string, string>): Promise<TestProcess> {
  const port = env.PORT ?? String(await freePort());
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(CLIENTELE_|DATABASE_|VIES_|VITEST|NODE_OPTIONS)/.test(name),
    ),
  );
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main],
    {
      env: {
        ...clean,
        CLIENTELE_ROOT_TOKEN: ROOT_TOKEN,
        CLIENTELE_RATE_LIMIT: '0',
        // A port where nobody listens: no test reaches the public service.
        VIES_URL: 'http://127.0.0.1:9',
        ...env,
        PORT: port,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let over = false;
  void exited.then(() => {
    over = true;
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    pid: child.pid as number,
    output: () => output,
    exited,
    async ready() {
      for (;;) {
        if (over) throw new Error(`The program ended:\n${output}`);
        if (
          await fetch(`${url}/readyz`).then(
            (r) => r.ok,
            () => false,
          )
        )
          return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
