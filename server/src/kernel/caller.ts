import type { Answer } from './answer.ts';

/** Who is recorded as the author of a change. */
export interface Actor {
  kind: 'root' | 'credential' | 'job' | 'customer' | 'member' | 'visitor';
  id: string;
  name: string;
}

/** How a transaction is entered: which database role it runs as, and how its workspace is found. */
export type Entry =
  | { as: 'credential'; hash: Buffer }
  | { as: 'session'; hash: Buffer }
  | { as: 'one_time'; kind: 'code' | 'ticket' | 'oauth_state'; hash: Buffer }
  | { as: 'workspace' }
  | { as: 'auth' }
  | { as: 'operator' }
  | { as: 'relay' };

/** An `Idempotency-Key` sent with a write, the request's fingerprint, and how an outcome is written. */
export interface IdempotentRequest {
  scope: string;
  keyHash: Buffer;
  fingerprint: Buffer;
  answer: (outcome: unknown) => Answer;
  refuse: (error: unknown) => Answer | undefined;
}

/** Whom a portal session can stand for: the customer itself, or a member by its role. */
export type PortalRole = 'customer' | 'owner' | 'billing_manager' | 'member';

/** The customer behind a portal session, and the member, if it is one's. */
export interface PortalSubject {
  sessionId: string;
  customerId: string;
  memberId: string | null;
}

/** One request's or one job run's identity, passed to every verb. */
export interface Caller {
  entry: Entry;
  workspaceId: string;
  actor: Actor;
  surface: string;
  operation: string;
  requestId: string;
  /** Whom a portal session stands for; such a transaction reaches nobody else's rows. */
  portal?: PortalSubject;
  /** The client's address, as limits count it: IPv6 by its /64 network. */
  address?: string;
  idempotency?: IdempotentRequest;
  ifMatch?: string[];
}

/** The workspace id under which the operator's own records (not a workspace's) are kept. */
export const OPERATOR_WORKSPACE = '00000000-0000-0000-0000-000000000000';
