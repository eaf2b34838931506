import type { Member } from './member.ts';

/** How erasure treats a member's field, and whether its values are personal data. */
export const memberFields: Record<
  keyof Member,
  { erasure: 'keep' | 'clear' | 'pseudonym' | 'email'; personal: boolean }
> = {
  workspace_id: { erasure: 'keep', personal: false },
  id: { erasure: 'keep', personal: false },
  customer_id: { erasure: 'keep', personal: false },
  created_at: { erasure: 'keep', personal: false },
  modified_at: { erasure: 'keep', personal: false },
  deleted_at: { erasure: 'keep', personal: false },
  email: { erasure: 'email', personal: true },
  name: { erasure: 'pseudonym', personal: true },
  external_id: { erasure: 'clear', personal: true },
  role: { erasure: 'keep', personal: false },
};

/** Names of a member's fields that hold personal data. */
export const personalMemberFields = Object.entries(memberFields)
  .filter(([, rules]) => rules.personal)
  .map(([name]) => name);
