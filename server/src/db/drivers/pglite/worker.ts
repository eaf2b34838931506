import { parentPort } from 'node:worker_threads';
import type { EngineEvent, Reply, Request } from './messages.ts';
import { Session } from './session.ts';

const PAUSE_MS = 1_000;

if (parentPort === null) throw new Error('The database runs in a worker thread');
const port = parentPort;

let session: Session | undefined;
let usedSinceTick = false;

function emit(event: EngineEvent): void {
  port.postMessage({ event } satisfies Reply);
}

function abandon(reason: string): never {
  emit({ level: 'error', msg: reason });
  process.exit(1);
}

async function perform(request: Request): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (request.op === 'open') {
    session = await Session.open(request.target, abandon);
    await session.become(request.target.user);
    return undefined;
  }
  if (session === undefined) throw new Error('The database is not open');
  switch (request.op) {
    case 'batch':
      return session.batch(request.bytes);
    case 'start':
      await session.start(request.settings);
      break;
    case 'become':
      await session.become(request.user);
      break;
    case 'dump':
      await session.dump(request.file);
      break;
    case 'maintain':
      await session.maintain();
      break;
    case 'close':
      await session.close();
      session = undefined;
      break;
  }
  return undefined;
}

async function checkpoint(): Promise<void> {
  try {
    if (session?.checkpointDue) await session.checkpoint();
  } catch (error) {
    emit({ level: 'warn', msg: `A checkpoint failed: ${error}` });
  }
}

let turn: Promise<void> = Promise.resolve();

async function serve(request: Request): Promise<void> {
  usedSinceTick = true;
  try {
    const answer = await perform(request);
    const reply: Reply = { answer, synced: session?.synced ?? 0 };
    port.postMessage(reply, answer === undefined ? [] : [answer.buffer]);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    port.postMessage({ failure: { name, message } } satisfies Reply);
  }
  if (session?.checkpointDue === 'now') await checkpoint();
}

port.on('message', (request: Request) => {
  turn = turn.then(() => serve(request));
});

setInterval(() => {
  if (!usedSinceTick && session?.checkpointDue) turn = turn.then(checkpoint);
  usedSinceTick = false;
}, PAUSE_MS).unref();
