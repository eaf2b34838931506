import { expect } from 'vitest';
import type { OpenIdProvider } from '../../kit/openid-provider.ts';
import type { TestProgram } from '../../kit/program.ts';
import { portal } from './portal-kit.ts';

/** The public URL of programs under test. */
export const HOME = 'http://localhost:3000';
export const CALLBACK = `${HOME}/api/customer-portal/oauth-accounts/callback`;

/** Begins to link an account; out: the answer. */
export function begin(
  program: TestProgram,
  token: string | undefined,
  query: Record<string, string> = {},
) {
  const asked = new URLSearchParams({
    platform: 'google',
    customer_id: '11111111-1111-4111-8111-111111111111',
    ...query,
  });
  return portal(program, token)('GET', `/oauth-accounts/authorize?${asked}`);
}

/** Where a person is sent to link an account. */
export async function beginUrl(
  program: TestProgram,
  token: string,
  query?: Record<string, string>,
): Promise<string> {
  const { status, body } = await begin(program, token, query);
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body.url;
}

/** What a person's browser sees who comes back to the program. */
export interface Landed {
  status: number;
  to: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects of an answer
  body: any;
}

/** Comes back from a platform. No answer to that may ever carry a token of ours (H1). */
export async function comeBack(program: TestProgram, url: URL | string): Promise<Landed> {
  const { pathname, search } = new URL(url);
  const answer = await fetch(program.url + pathname + search, { redirect: 'manual' });
  const text = await answer.text();
  const to = answer.headers.get('location');
  expect(`${to}${text}${answer.headers.get('set-cookie')}`).not.toMatch(/clientele_|token/);
  return { status: answer.status, to, body: text === '' ? undefined : JSON.parse(text) };
}

/** Links an account from beginning to end, as a person would. */
export async function link(
  program: TestProgram,
  provider: OpenIdProvider,
  token: string,
  query?: Record<string, string>,
): Promise<Landed> {
  return comeBack(program, await provider.agree(await beginUrl(program, token, query)));
}

/** The accounts that a session sees. */
export const accountsOf = async (program: TestProgram, token: string) =>
  (await portal(program, token)('GET', '/customers/me')).body.oauth_accounts;

/** A callback URL with other parameters; null takes one away. */
export function altered(url: URL | string, changes: Record<string, string | null>): URL {
  const copy = new URL(url);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) copy.searchParams.delete(name);
    else copy.searchParams.set(name, value);
  }
  return copy;
}

/** The refusal of a state that is not live. */
export const refused = {
  status: 403,
  to: null,
  body: { error: 'NotPermitted', detail: expect.any(String) },
};

/** The way back when an account could not be linked, with its parameters. */
export function notLinked(landed: Landed): Record<string, string> {
  expect(landed.status).toBe(303);
  return Object.fromEntries(new URL(landed.to as string).searchParams);
}

/** What is stored of a customer's accounts. */
export const rowsOf = (program: TestProgram, customerId: string) =>
  program.database.owner<{ issuer: string; tokens: Buffer }>(
    'select issuer, tokens from linked_accounts where customer_id = $1',
    [customerId],
  );
