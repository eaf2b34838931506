import { teamAdd, teamList } from '@clientele/contracts/portal/operations/members.ts';
import { route } from '../../../http/route.ts';
import { addTeammate, ownTeam } from '../../../modules/members/index.ts';
import { teammateWire } from '../wire/profile.ts';

export const get = route(teamList, {
  run: (app, caller) => ownTeam(app, caller),
  answer: (team) => ({ body: team.map(teammateWire) }),
});

export const post = route(teamAdd, {
  run: (app, caller, { body }) => addTeammate(app, caller, body),
  answer: (member) => ({ body: teammateWire(member) }),
});
