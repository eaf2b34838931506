import type { Caller } from '../kernel/caller.ts';
import { canonicalJson } from '../kernel/canonical.ts';
import { newId } from '../kernel/ids.ts';
import type { Keys } from '../kernel/secrets.ts';
import { type Statement, statement } from './drivers/statement.ts';

/** What one write changed: becomes an audit row and, if it names an event, an outbox row. */
export interface Change {
  entity: string;
  entityId: string;
  customerId: string | null;
  /** Changed fields only; null when the entity did not exist before (or does not after). */
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  /** Names of fields that hold personal data: their values are kept apart, where erasure reaches. */
  personal: readonly string[];
  event?: { type: string; data: unknown };
  /** The workspace the change belongs to, where that is not the caller's own. */
  workspaceId?: string;
}

const insertJournal = statement(
  'journal.insert',
  `with given as (
     select * from jsonb_to_recordset($1::jsonb) as g(
       workspace_id uuid, at timestamptz, actor_kind text, actor_id text, actor_name text,
       surface text, operation text, request_id text, entity text, entity_id text,
       customer_id uuid, before jsonb, after jsonb, personal_fields text[], personal_digest text,
       personal_before jsonb, personal_after jsonb, event_id uuid, event_type text, event_data jsonb,
       n int)
   ), logged as (
     insert into audit_log (workspace_id, at, actor_kind, actor_id, actor_name, surface, operation,
       request_id, entity, entity_id, customer_id, before, after, personal_fields, personal_digest)
     select workspace_id, at, actor_kind, actor_id, actor_name, surface, operation, request_id,
       entity, entity_id, customer_id, before, after, personal_fields,
       decode(personal_digest, 'hex')
     from given order by n
     returning workspace_id, seq, entity, entity_id, customer_id
   ), unsealed as (
     insert into audit_unsealed (workspace_id, seq) select workspace_id, seq from logged
   ), kept_apart as (
     insert into audit_personal (workspace_id, seq, customer_id, before, after)
     select l.workspace_id, l.seq, l.customer_id, g.personal_before, g.personal_after
     from logged l join given g on g.entity = l.entity and g.entity_id = l.entity_id
     where g.personal_digest is not null
   )
   insert into outbox (workspace_id, id, type, timestamp, customer_id, data)
   select workspace_id, event_id, event_type, at, customer_id, event_data
   from given where event_type is not null order by n`,
);

function split(
  values: Record<string, unknown> | null,
  personal: readonly string[],
): { open: Record<string, unknown> | null; closed: Record<string, unknown> | null } {
  if (values === null) return { open: null, closed: null };
  const open: Record<string, unknown> = {};
  const closed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (personal.includes(name) && value !== null) closed[name] = value;
    else open[name] = value;
  }
  return { open, closed };
}

/** The statement that writes audit and outbox rows for changes, each entity at most once. */
export function journalStatement(keys: Keys, caller: Caller, changes: Change[]): Statement {
  const at = new Date().toISOString();
  const rows = changes.map((change, n) => {
    const before = split(change.before, change.personal);
    const after = split(change.after, change.personal);
    const names = new Set([
      ...Object.keys(before.closed ?? {}),
      ...Object.keys(after.closed ?? {}),
    ]);
    return {
      n,
      workspace_id: change.workspaceId ?? caller.workspaceId,
      at,
      actor_kind: caller.actor.kind,
      actor_id: caller.actor.id,
      actor_name: caller.actor.name,
      surface: caller.surface,
      operation: caller.operation,
      request_id: caller.requestId,
      entity: change.entity,
      entity_id: change.entityId,
      customer_id: change.customerId,
      before: before.open,
      after: after.open,
      personal_fields: [...names],
      personal_digest:
        names.size === 0
          ? null
          : keys.personalDigest(canonicalJson([before.closed, after.closed])).toString('hex'),
      personal_before: before.closed,
      personal_after: after.closed,
      event_id: change.event ? newId() : null,
      event_type: change.event?.type ?? null,
      event_data: change.event?.data ?? null,
    };
  });
  return insertJournal(JSON.stringify(rows));
}
