import type { Caller } from '../kernel/caller.ts';
import { type Statement, statement } from './drivers/statement.ts';

// Written as conditions that never hold: there is no row to send, to receive and to read.
const enterCredential = statement(
  'enter.credential',
  `select where set_config('clientele.workspace_id',
     clientele.enter_credential($1)::text, true) is null`,
);
const enterAs = statement(
  'enter.as',
  `select where set_config('role', $1, true) is null
     or set_config('clientele.workspace_id', $2, true) is null`,
);

/**
 * The first statement of every transaction: sets the workspace, and the role where it is not the
 * one a connection starts with (clientele_app); or raises.
 */
export function entryStatement(caller: Caller): Statement {
  switch (caller.entry.as) {
    case 'credential':
      return enterCredential(caller.entry.hash);
    case 'operator':
      return enterAs('clientele_operator', caller.workspaceId);
    case 'relay':
      return enterAs('clientele_relay', caller.workspaceId);
    case 'auth':
      return enterAs('clientele_auth', caller.workspaceId);
    case 'workspace':
      return enterAs('clientele_app', caller.workspaceId);
  }
}
