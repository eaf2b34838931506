import { bodyIssue, type Issue, invalid } from '../../kernel/errors.ts';

export const oneOwner = () =>
  invalid([
    bodyIssue(['role'], 'A customer has exactly one owner; transfer the ownership instead'),
  ]);

export const ownerAlreadyThere = () =>
  invalid([bodyIssue(['role'], 'This customer has an owner; nobody can be added as another one')]);

export const ownerStays = () =>
  invalid([{ ...bodyIssue([], 'The only owner cannot be removed; transfer the ownership first') }]);

export const noOwnerAdded = () =>
  invalid([bodyIssue(['role'], 'You cannot add a member as owner; transfer the ownership later')]);

export const ownerHandsOver = () =>
  invalid([bodyIssue(['role'], 'Only the owner can transfer ownership')]);

/** A change somebody tried on themselves. */
export const notOnOneself = (message: string, id: string) =>
  invalid([{ in: 'path', path: ['id'], type: 'value_error', message, input: id }]);

export const unknownCustomer = (customerId: string): ReturnType<typeof invalid> =>
  invalid([bodyIssue(['customer_id'], 'No such customer', customerId)]);

export const memberExternalIdTaken = (externalId: string | null): Issue =>
  bodyIssue(['external_id'], 'A member with this external id already exists', externalId);

export const memberEmailTaken = (email: string | null): Issue =>
  bodyIssue(['email'], 'A member with this email already exists', email);

/** What a broken constraint of `members` means. */
export function explainMemberClash(wanted: { email: string | null; external_id: string | null }) {
  return async (constraint: string) => {
    if (constraint === 'members_external_id_key') {
      return invalid([memberExternalIdTaken(wanted.external_id)]);
    }
    if (constraint === 'members_email_key') return invalid([memberEmailTaken(wanted.email)]);
    if (constraint === 'members_owner_key') return ownerAlreadyThere();
    return undefined;
  };
}
