import { expect } from 'vitest';
import type { Reply } from '../../kit/call.ts';
import type { TestWorkspace } from '../../kit/program.ts';

export const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** An id that no row has. */
export const NOBODY = '3f2b8c1e-9a47-4d0e-8f6b-5c2a1d7e9b04';

/** The type and place of every item of a 422, as `type at place.place`. */
export function problems(reply: Reply): string[] {
  expect(reply.status, reply.text).toBe(422);
  expect(reply.body.error).toBe('RequestValidationError');
  return reply.body.detail.map((item: { type: string; loc: (string | number)[]; msg: string }) => {
    expect(item).toHaveProperty('input');
    expect(typeof item.msg).toBe('string');
    return `${item.type} at ${item.loc.join('.')}`;
  });
}

let made = 0;

/** Creates a customer and fails the test if that is refused. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads from a body what it expects there
export async function customer(ws: TestWorkspace, fields: object = {}): Promise<any> {
  made += 1;
  const reply = await ws.api('POST', '/api/customers/', {
    email: `c${made}@example.com`,
    ...fields,
  });
  expect(reply.status, reply.text).toBe(201);
  return reply.body;
}

/** Reads a list and fails the test if that is refused. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads from a body what it expects there
export async function list(ws: TestWorkspace, query = ''): Promise<{ data: any[]; meta: any }> {
  const reply = await ws.api('GET', `/api/customers/${query}`);
  expect(reply.status, reply.text).toBe(200);
  return reply.body;
}

/** The names of a list's rows. */
export const names = async (ws: TestWorkspace, query = '') =>
  (await list(ws, query)).data.map((row) => row.name);
