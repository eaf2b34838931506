export { type AddMember, addMember } from './add-member.ts';
export { changeMember, type MemberPatch, removeMember } from './change-member.ts';
export { memberFields, personalMemberFields } from './member.fields.ts';
export { type Member, type MemberRole, newOwner, type OwnerDraft } from './member.ts';
export { getMember, listMembers } from './read-members.ts';
