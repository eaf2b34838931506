import { eventsList } from '@clientele/contracts/workspace/operations/events.ts';
import { route } from '../../../http/route.ts';
import { readEvents } from '../../../modules/events/index.ts';
import { eventWire } from '../wire/event.ts';

const LARGEST = 1_000;

export const get = route(eventsList, {
  run: (app, caller, { query }) =>
    readEvents(app, caller, { after: query.after, limit: Math.min(query.limit, LARGEST) }),
  answer: ({ events, hasMore }, { query }) => ({
    body: {
      data: events.map(eventWire),
      meta: { next_after: events.at(-1)?.sequence ?? query.after, has_more: hasMore },
    },
  }),
});
