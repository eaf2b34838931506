import { membersCreate, membersList } from '@clientele/contracts/workspace/operations/members.ts';
import { pageWire } from '../../../http/page-wire.ts';
import { route } from '../../../http/route.ts';
import { addMember, listMembers } from '../../../modules/members/index.ts';
import { memberWire } from '../wire/customer.ts';

export const get = route(membersList, {
  run: (app, caller, { query }) => listMembers(app, caller, query),
  answer: (found, { query }) => ({ body: pageWire(found, query, memberWire) }),
});

export const post = route(membersCreate, {
  run: (app, caller, { body }) => addMember(app, caller, body),
  answer: (member) => ({ body: memberWire(member) }),
});
