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

// The role comes last: what leads to the customer is called as the role that connections start with.
const enterPortal = (source: string) =>
  `select from clientele.${source} e
   where set_config('clientele.workspace_id', e.workspace_id::text, true) is null
     or set_config('clientele.customer_id', e.customer_id::text, true) is null
     or set_config('clientele.member_id', coalesce(e.member_id::text, ''), true) is null
     or set_config('role', 'clientele_portal', true) is null`;
const enterSession = statement('enter.session', enterPortal('enter_session($1)'));
const enterOneTime = statement('enter.one_time', enterPortal('enter_one_time($1, $2)'));

const ROLE_OF = {
  credential: undefined,
  workspace: undefined,
  session: 'portal',
  one_time: 'portal',
  operator: 'operator',
  relay: 'relay',
  auth: 'auth',
} as const;

/**
 * A cached plan fits the role it was made for, so statements of another role than clientele_app,
 * with which connections start, are prepared under names of their own.
 */
export function forRole(caller: Caller, s: Statement): Statement {
  const role = ROLE_OF[caller.entry.as];
  return s.name === undefined || role === undefined ? s : { ...s, name: `${s.name}@${role}` };
}

/**
 * The first statement of every transaction: sets the workspace, for the portal its customer too,
 * and the role where it is not the one a connection starts with; or raises.
 */
export function entryStatement(caller: Caller): Statement {
  switch (caller.entry.as) {
    case 'credential':
      return enterCredential(caller.entry.hash);
    case 'session':
      return enterSession(caller.entry.hash);
    case 'one_time':
      return enterOneTime(caller.entry.kind, caller.entry.hash);
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
