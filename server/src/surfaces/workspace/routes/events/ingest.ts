import { eventsIngest } from '@clientele/contracts/workspace/operations/events.ts';
import { route } from '../../../../http/route.ts';
import { ingestEvents } from '../../../../modules/meters/index.ts';

export const post = route(eventsIngest, {
  run: (app, caller, { body }) => ingestEvents(app, caller, body.events),
  answer: (counts) => ({ body: counts }),
});
