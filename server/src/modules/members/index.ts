export { type AddMember, addMember } from './add-member.ts';
export { changeMember, type MemberPatch, removeMember } from './change-member.ts';
export { memberChange } from './changes.ts';
export { INVITE, invite } from './invitation.ts';
export { memberFields, personalMemberFields } from './member.fields.ts';
export { type Member, type MemberRole, newOwner, type OwnerDraft } from './member.ts';
export { addTeammate, changeRole, ownTeam, removeTeammate } from './own-team.ts';
export { getMember, listMembers } from './read-members.ts';
