import type { Contract, Operation, PortalRole } from '@clientele/contracts/lib/operation.ts';
import type { Answer } from '../kernel/answer.ts';
import type { Caller } from '../kernel/caller.ts';
import type { DomainError, Issue } from '../kernel/errors.ts';

/** What is known of who sent a request, before any operation looks at it. */
export type Identity =
  | { kind: 'nobody' }
  | { kind: 'root' }
  | {
      kind: 'credential';
      id: string;
      name: string;
      workspaceId: string;
      scopes: ReadonlySet<string>;
      hash: Buffer;
    }
  | {
      kind: 'session';
      id: string;
      workspaceId: string;
      customerId: string;
      memberId: string | null;
      role: PortalRole;
      hash: Buffer;
    };

/** One published surface: everything that differs between two of them is here. */
export interface Surface {
  contract: Contract;
  /** Resolves the credential of a request. Errors: one that is given and does not hold. */
  identify(headers: Record<string, string | string[] | undefined>): Promise<Identity> | Identity;
  /** Whether this caller may use this operation. Errors: the published 401 or 403. */
  authorize(o: Operation, identity: Identity): void;
  /** The caller of an authorised request. */
  caller(o: Operation, identity: Identity, requestId: string): Caller;
  /** Writes an error in the surface's own shape. In: the request it answers. */
  refuse(error: DomainError, request: { id: string; url: string }): Answer;
  /** The issue of a body that is no JSON. */
  malformed(offset: number, reason: string): Issue[];
}
