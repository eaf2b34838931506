import { metersCreate, metersList } from '@clientele/contracts/workspace/operations/meters.ts';
import { pageWire } from '../../../http/page-wire.ts';
import { route } from '../../../http/route.ts';
import { createMeter, listMeters } from '../../../modules/meters/index.ts';

export const get = route(metersList, {
  run: (app, caller, { query }) => listMeters(app, caller, query),
  answer: (found, { query }) => ({ body: pageWire(found, query, (meter) => meter) }),
});

export const post = route(metersCreate, {
  run: (app, caller, { body }) => createMeter(app, caller, body),
  answer: (meter) => ({ body: meter }),
});
