import { afterAll, beforeAll, expect, it } from 'vitest';
import { engine } from '../kit/database.ts';
import { startProgram, type TestProgram } from '../kit/program.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

it('goes on serving after its database connections were ended, lent out or not', async () => {
  const ws = await program.workspace();
  const made = await ws.api('POST', '/api/customers/', { email: 'lost@example.com' });
  const held = await program.database.driver.hold('transaction');
  if (engine === 'postgres') {
    await program.database.owner(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  held.release(true);
  const path = `/api/customers/${made.body.id}`;
  const answers = [await ws.api('GET', path), await ws.api('GET', path), await ws.api('GET', path)];
  // A connection that was lost unnoticed may cost one request; it is told so, and the next one works.
  for (const { status } of answers.slice(0, 2)) expect([200, 503]).toContain(status);
  expect(answers[2]?.status).toBe(200);
});
