import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

it('ends an export under way when its credential is revoked (T27)', async () => {
  const ws = await program.workspace();
  // Far more than the buffers between server and client hold.
  await program.database.owner(
    `insert into customers (workspace_id, id, email, metadata)
     select $1, gen_random_uuid(), 'e' || i || '@example.com',
       (select jsonb_object_agg('k' || k, repeat('x', 500)) from generate_series(1, 8) k)
     from generate_series(1, 16000) i`,
    [ws.id],
  );
  const response = await fetch(`${program.url}/api/customers/export`, {
    headers: { authorization: `Bearer ${ws.token}` },
  });
  expect(response.status).toBe(200);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  expect((await reader.read()).done).toBe(false);
  const revoked = await program.root(
    'DELETE',
    `/admin/v1/workspaces/${ws.id}/credentials/${ws.credentialId}`,
  );
  expect(revoked.status).toBe(204);
  // The client pauses for longer than the server takes to notice.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const rest = async () => {
    while (!(await reader.read()).done);
  };
  await expect(rest()).rejects.toThrow();
});
