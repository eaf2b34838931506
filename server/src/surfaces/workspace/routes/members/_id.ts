import {
  membersDelete,
  membersGet,
  membersUpdate,
} from '@clientele/contracts/workspace/operations/members.ts';
import { nothing, route } from '../../../../http/route.ts';
import { changeMember, getMember, removeMember } from '../../../../modules/members/index.ts';
import { memberWire } from '../../wire/customer.ts';

export const get = route(membersGet, {
  run: (app, caller, { params }) => getMember(app, caller, params.id),
  answer: (member) => ({ body: memberWire(member) }),
});

export const patch = route(membersUpdate, {
  run: (app, caller, { params, body }) => changeMember(app, caller, params.id, body),
  answer: (member) => ({ body: memberWire(member) }),
});

export const del = route(membersDelete, {
  run: (app, caller, { params }) => removeMember(app, caller, params.id),
  answer: nothing,
});
