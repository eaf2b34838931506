import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../kit/program.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

it('creates a customer and gives it back', async () => {
  const ws = await program.workspace();
  const made = await ws.api('POST', '/api/customers/', { email: 'ann@example.com', name: 'Ann' });
  expect(made.status).toBe(201);
  const read = await ws.api('GET', `/api/customers/${made.body.id}`);
  expect(read.body).toEqual(made.body);
});
