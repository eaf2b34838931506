import { metersCredit } from '@clientele/contracts/workspace/operations/meters.ts';
import { route } from '../../../../../../../http/route.ts';
import { creditMeter } from '../../../../../../../modules/meters/index.ts';

export const post = route(metersCredit, {
  run: (app, caller, { params, body }) =>
    creditMeter(app, caller, {
      customerId: params.id,
      meterId: params.meter_id,
      units: body.units,
    }),
  answer: (standing) => ({ body: standing }),
});
