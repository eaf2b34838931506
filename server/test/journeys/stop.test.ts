import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startProgram } from '../kit/program.ts';

it('stops without waiting for who connected and never asked for anything', async () => {
  const program = await startProgram();
  const socket = connect(Number(new URL(program.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const ended = once(socket, 'close');
  await program.close();
  expect(await ended).toEqual([false]);
}, 8_000);
