import { call, type Reply } from '../../kit/call.ts';
import type { TestProgram, TestWorkspace } from '../../kit/program.ts';

const SESSION = '/api/customer-portal/customer-session';

/** Calls the portal with a session's token, or without one. */
export const portal =
  (program: TestProgram, token?: string) =>
  (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply> =>
    call(program.url, method, `/api/customer-portal${path}`, {
      ...(token === undefined ? {} : { token }),
      body,
      headers,
    });

/** Asks for a login code, from an address of the caller's choice. */
export const askCode = (program: TestProgram, body: unknown, from?: string): Promise<Reply> =>
  call(program.url, 'POST', `${SESSION}/request`, {
    body,
    headers: from === undefined ? {} : { 'x-forwarded-for': from },
  });

/** Tries a login code, from an address of the caller's choice. */
export const tryCode = (program: TestProgram, body: unknown, from?: string): Promise<Reply> =>
  call(program.url, 'POST', `${SESSION}/authenticate`, {
    body,
    headers: from === undefined ? {} : { 'x-forwarded-for': from },
  });

/** The codes of a mail, in its order. */
export const codesIn = (text: string): string[] => text.match(/\b[A-Z2-9]{4}-[A-Z2-9]{4}\b/g) ?? [];

/** The code that an address gets; undefined if no mail comes. */
export async function codeFor(
  program: TestProgram,
  ws: TestWorkspace,
  email: string,
  from?: string,
): Promise<string | undefined> {
  const newest = async () => (await program.mails())[0];
  const before = await newest();
  await askCode(program, { email, workspace_id: ws.id }, from);
  await program.settle();
  const after = await newest();
  return after?.id === before?.id ? undefined : codesIn(after?.text ?? '')[0];
}

/** Signs in by e-mail, as a person would. */
export async function signIn(
  program: TestProgram,
  ws: TestWorkspace,
  email: string,
  from?: string,
): Promise<string> {
  const code = await codeFor(program, ws, email, from);
  const { status, body } = await tryCode(program, { code }, from);
  if (status !== 200) throw new Error(`${status} for the code of ${email}`);
  return body.token;
}

let made = 0;

/** An address nobody has yet. */
export const newEmail = (name = 'person') => {
  made += 1;
  return `${name}${made}@example.com`;
};

/** A team customer with its owner, and sessions of any of its people. */
export async function newTeam(ws: TestWorkspace) {
  const email = newEmail('owner');
  const { body: customer } = await ws.api('POST', '/api/customers/', {
    email,
    name: 'The Team',
    type: 'team',
  });
  const open = async (member_id: string | null): Promise<string> =>
    (await ws.api('POST', '/api/customer-sessions/', { customer_id: customer.id, member_id })).body
      .token;
  const add = async (role: string): Promise<{ id: string; email: string; token: string }> => {
    const { body } = await ws.api('POST', '/api/members/', {
      customer_id: customer.id,
      email: newEmail(role),
      role,
    });
    return { id: body.id, email: body.email, token: await open(body.id) };
  };
  const ownerId: string = customer.members[0].id;
  return {
    id: customer.id as string,
    email,
    owner: { id: ownerId, token: await open(ownerId) },
    customerToken: await open(null),
    open,
    add,
  };
}
