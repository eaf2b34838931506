import { Type } from '@sinclair/typebox';
import { blankNull, defaulted, nullable, time, uuid } from '../../lib/schema.ts';
import { MetadataInput } from './metadata.ts';
import { identifier, whole } from './stored.ts';

export const UsageEventCreate = Type.Object(
  {
    name: Type.String({ description: 'What happened', minLength: 1, maxLength: 256 }),
    external_id: Type.Optional(
      nullable(blankNull({ description: 'Your id of the event; a second one with it is dropped' })),
    ),
    customer_id: Type.Optional(nullable(uuid('Whose event it is'))),
    external_customer_id: Type.Optional(
      nullable(Type.String({ description: 'Whose event it is, by your own id' })),
    ),
    timestamp: Type.Optional(
      nullable(
        Type.String({
          description: 'When it happened; now, if not given',
          format: 'date-time',
          'x-time': true,
        }),
      ),
    ),
    metadata: defaulted(MetadataInput, {}),
  },
  {
    title: 'UsageEventCreate',
    description: 'Something a customer used, named by exactly one of its two ids',
  },
);

export const EventsIngest = Type.Object(
  { events: Type.Array(UsageEventCreate, { minItems: 1, maxItems: 1000 }) },
  { title: 'EventsIngest', description: 'A batch of usage events; all are taken or none' },
);

export const EventsIngestResponse = Type.Object(
  {
    inserted: whole('Events that were new'),
    duplicates: whole('Events dropped since their external id was known'),
  },
  { title: 'EventsIngestResponse', description: 'What became of a batch' },
);

export const ChangeEvent = Type.Object(
  {
    id: identifier('Unique id'),
    sequence: whole('Place in the change log, without gaps'),
    type: Type.String({ description: 'What changed, such as customer.updated' }),
    timestamp: time('When it changed'),
    customer_id: nullable(identifier('The customer it concerns')),
    data: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description: 'The object after the change',
    }),
  },
  { title: 'ChangeEvent', description: 'One change in the workspace' },
);

export const ChangeLog = Type.Object(
  {
    data: Type.Array(ChangeEvent),
    meta: Type.Object(
      {
        next_after: whole('Ask with this `after` for what follows'),
        has_more: Type.Boolean({ description: 'Whether something follows already' }),
      },
      { title: 'ChangeLogMeta', description: 'Where to go on reading' },
    ),
  },
  { title: 'ChangeLog', description: 'A stretch of the change log, oldest first' },
);
