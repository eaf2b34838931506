import type { Work } from '../../db/work.ts';
import { memberChange } from './changes.ts';
import type { Member } from './member.ts';
import { insertMember, updateMember } from './members.store.ts';

/** Adds a member to a team that is locked. */
export function addToTeam(w: Work, member: Member): void {
  w.defer(
    insertMember(
      member.workspace_id,
      member.id,
      member.customer_id,
      member.created_at,
      member.email,
      member.name,
      member.external_id,
      member.role,
    ),
  );
  w.record(memberChange(null, member, 'member.created'));
}

/** Writes a member of a team that is locked. */
export function writeMember(
  w: Work,
  before: Member,
  after: Member,
  eventType = 'member.updated',
): void {
  w.defer(
    updateMember(
      after.workspace_id,
      after.id,
      after.modified_at,
      after.deleted_at,
      after.email,
      after.name,
      after.external_id,
      after.role,
    ),
  );
  w.record(memberChange(before, after, eventType));
}
