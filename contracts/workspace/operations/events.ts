import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { defaulted } from '../../lib/schema.ts';
import { ChangeLog, EventsIngest, EventsIngestResponse } from '../schemas/event.ts';
import { reads, writes } from './common.ts';

const tag = 'Events';

export const eventsIngest = operation({
  id: 'events_ingest',
  method: 'post',
  path: '/api/events/ingest',
  tag,
  summary: 'Send usage events',
  access: writes('events'),
  body: EventsIngest,
  success: { status: 200, description: 'What became of the batch', schema: EventsIngestResponse },
  errors: [],
});

export const eventsList = operation({
  id: 'events_list',
  method: 'get',
  path: '/api/events',
  tag,
  summary: 'Read the change log',
  description:
    'Every change of the workspace, in the order in which it was committed. Ask again with ' +
    '`after` set to the `next_after` of the answer: nothing is missed, nothing comes twice.',
  access: reads('events'),
  query: Type.Object({
    after: defaulted(
      Type.Integer({ description: 'The last sequence you have; 0 for the start', minimum: 0 }),
      0,
    ),
    limit: defaulted(
      Type.Integer({
        description: 'Changes to answer; more than 1,000 counts as 1,000',
        exclusiveMinimum: 0,
      }),
      100,
    ),
  }),
  success: { status: 200, description: 'The changes that follow', schema: ChangeLog },
  errors: [],
});
