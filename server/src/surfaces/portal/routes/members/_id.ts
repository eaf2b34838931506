import { teamRemove, teamUpdate } from '@clientele/contracts/portal/operations/members.ts';
import { nothing, route } from '../../../../http/route.ts';
import { changeRole, removeTeammate } from '../../../../modules/members/index.ts';
import { teammateWire } from '../../wire/profile.ts';

export const patch = route(teamUpdate, {
  run: (app, caller, { params, body }) => changeRole(app, caller, params.id, body.role),
  answer: (member) => ({ body: teammateWire(member) }),
});

export const del = route(teamRemove, {
  run: (app, caller, { params }) => removeTeammate(app, caller, params.id),
  answer: nothing,
});
