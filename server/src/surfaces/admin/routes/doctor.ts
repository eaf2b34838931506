import { doctorRun } from '@clientele/contracts/admin/operations/upkeep.ts';
import { route } from '../../../http/route.ts';
import { runDoctor } from '../../../modules/doctor/index.ts';

export const get = route(doctorRun, {
  run: (app, caller) => runDoctor(app, caller),
  answer: (report) => ({ body: report }),
});
