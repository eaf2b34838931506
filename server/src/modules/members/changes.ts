import type { Change } from '../../db/journal.ts';
import { personalMemberFields } from './member.fields.ts';
import type { Member } from './member.ts';

const SHOWN = ['email', 'name', 'external_id', 'role', 'deleted_at'] as const;

/** The change that adding, changing or removing a member leaves behind. */
export function memberChange(before: Member | null, after: Member, eventType: string): Change {
  const fields = SHOWN.filter((f) =>
    before === null ? after[f] !== null : before[f] !== after[f],
  );
  const pick = (m: Member) => Object.fromEntries(fields.map((f) => [f, m[f]]));
  return {
    entity: 'member',
    entityId: after.id,
    customerId: after.customer_id,
    before: before === null ? null : pick(before),
    after: pick(after),
    personal: personalMemberFields,
    event: { type: eventType, data: after },
  };
}
