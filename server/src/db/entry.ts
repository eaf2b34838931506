import type { Caller } from '../kernel/caller.ts';
import { type Statement, statement } from './drivers/statement.ts';

const enterCredential = statement(
  'enter.credential',
  `select set_config('clientele.workspace_id', w::text, true)
   from clientele.enter_credential($1) as w`,
);
const enterAs = statement(
  'enter.as',
  `select set_config('role', $1, true), set_config('clientele.workspace_id', $2, true)`,
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
