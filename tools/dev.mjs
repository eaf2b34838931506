// `npm run dev`: the server, started again whenever one of its files changes. Node's own --watch
// sees no SQL, and outlives a parent that is killed.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { root } from './installed.mjs';
import { forwardSignals } from './signals.mjs';

const flags = ['--disable-warning=ExperimentalWarning', `${root}server/src/main.ts`];
let server;
let again = false;
let pause;

function start() {
  again = false;
  server = spawn(process.execPath, [...flags, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  server.on('exit', (code) => {
    server = undefined;
    if (again) start();
    else if (code === 0) process.exit(0);
    else console.error('The server ended; it starts again when a file changes.');
  });
}

function restart() {
  again = true;
  if (server === undefined) start();
  else server.kill('SIGTERM');
}

for (const folder of ['contracts', 'server/src']) {
  watch(`${root}${folder}`, { recursive: true }, (_event, file) => {
    if (!/[.](ts|sql)$/.test(file ?? '')) return;
    clearTimeout(pause);
    pause = setTimeout(restart, 100);
  });
}
process.on('disconnect', () => process.exit(1));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.on(signal, () => {
    clearTimeout(pause);
    again = false;
    if (server === undefined) process.exit(0);
    server.on('exit', () => process.exit(0));
  });
}
forwardSignals(() => server);
start();
