import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, DomainError, invalid } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { newToken } from '../../kernel/secrets.ts';
import type { App } from '../app.ts';
import { type CustomerKey, type CustomerWithMembers, readCustomer } from '../customers/index.ts';
import { inMinutes, type PortalSession, TICKET_MINUTES, TICKET_PREFIX } from './session.ts';
import { insertTicket, ownWorkspace } from './sessions.store.ts';
import { startSession } from './start-session.ts';

/** For whom a backend opens the portal. */
export interface OpenSession {
  customer_id?: string | null;
  external_customer_id?: string | null;
  customer_external_id?: string | null;
  member_id?: string | null;
  external_member_id?: string | null;
  return_url?: string | null;
}

/** A session a backend opened. */
export interface OpenedSession extends PortalSession {
  token: string;
  customer_portal_url: string;
  customer: CustomerWithMembers;
}

function named(input: OpenSession): { key: CustomerKey; field: string; value: string } {
  const external = input.external_customer_id ?? input.customer_external_id ?? null;
  if (input.customer_id != null) {
    return { key: { id: input.customer_id }, field: 'customer_id', value: input.customer_id };
  }
  if (external !== null) {
    return { key: { externalId: external }, field: 'external_customer_id', value: external };
  }
  throw invalid([
    {
      in: 'body',
      path: ['customer_id'],
      type: 'missing',
      message: 'Say which customer: customer_id or external_customer_id',
      input,
    },
  ]);
}

async function customerOf(w: Work, caller: Caller, input: OpenSession) {
  const { key, field, value } = named(input);
  try {
    return await w.now(readCustomer(w, caller, key));
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'not_found') throw error;
    throw invalid([bodyIssue([field], 'No such customer', value)]);
  }
}

function memberOf(customer: CustomerWithMembers, input: OpenSession): string | null {
  const { member_id: id, external_member_id: external } = input;
  if (id == null && external == null) return null;
  const member = customer.members.find((m) =>
    id == null ? m.external_id === external : m.id === id,
  );
  if (member !== undefined) return member.id;
  const field = id == null ? 'external_member_id' : 'member_id';
  throw invalid([bodyIssue([field], 'No such member of this customer', id ?? external)]);
}

/**
 * Opens a portal session for a customer, or for a member of its team (§11, README decisions 22
 * and 23). The link carries a ticket, never the token. Errors: 422 for whom there is not.
 */
export function openSession(app: App, caller: Caller, input: OpenSession): Promise<OpenedSession> {
  return app.work(caller, async (w) => {
    const customer = await customerOf(w, caller, input);
    const workspace = w.defer<{ slug: string }>(ownWorkspace());
    const { session, token } = startSession(w, app.keys, {
      workspace_id: customer.workspace_id,
      customer_id: customer.id,
      member_id: memberOf(customer, input),
      return_url: input.return_url ?? null,
    });
    const ticket = newToken(TICKET_PREFIX);
    w.defer(
      insertTicket(
        session.workspace_id,
        newId(),
        app.keys.tokenHash(ticket),
        session.customer_id,
        session.member_id,
        session.id,
        inMinutes(TICKET_MINUTES),
      ),
    );
    const slug = (await w.now(workspace)).rows[0]?.slug ?? '';
    const customer_portal_url = `${app.publicUrl}/${slug}/portal?ticket=${ticket}`;
    return { ...session, token, customer_portal_url, customer };
  });
}
