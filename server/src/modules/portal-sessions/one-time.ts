import type { Work } from '../../db/work.ts';
import type { Caller, Entry } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { takeToken } from './sessions.store.ts';

type TokenKind = Extract<Entry, { as: 'one_time' }>['kind'];

/** A one-time token that was just used up: whom it stands for, and what was kept with it. */
export interface Taken {
  workspace_id: string;
  customer_id: string;
  member_id: string | null;
  session_id: string | null;
  email_digest: Buffer | null;
  sealed: Buffer | null;
}

/**
 * Does something as whom a one-time token stands for, and uses the token up with it. Errors:
 * `refusal` for a token that is not live, or that another request was faster with.
 */
export async function withToken<T>(
  app: App,
  caller: Caller,
  token: { kind: TokenKind; hash: Buffer },
  refusal: () => DomainError,
  body: (w: Work, taken: Taken) => Promise<T>,
): Promise<T> {
  const entering: Caller = { ...caller, entry: { as: 'one_time', ...token } };
  try {
    return await app.work(entering, async (w) => {
      const { rows } = await w.run<Taken>(takeToken(token.kind, token.hash));
      const taken = rows[0];
      if (taken === undefined) throw refusal();
      return body(w, taken);
    });
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid_token') throw refusal();
    throw error;
  }
}
