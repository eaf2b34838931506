import { Type } from '@sinclair/typebox';
import { defaulted, nullable, time, words } from '../../lib/schema.ts';
import { pageOf } from './page.ts';
import { identifier, stored } from './stored.ts';

export const FilterOperator = words(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'like', 'not_like'], {
  title: 'FilterOperator',
  description: 'How a property is compared; like means contains, ignoring case',
});

export const MeterFilterClause = Type.Object(
  {
    property: Type.String({ description: 'Key in the metadata of an event', minLength: 1 }),
    operator: FilterOperator,
    value: Type.Unsafe<string | number | boolean>({
      type: ['string', 'number', 'boolean'],
      description: 'What it is compared with',
    }),
  },
  { title: 'MeterFilterClause', description: 'A condition on an event' },
);

export const AggregationType = words(['count', 'sum', 'max', 'last', 'unique'], {
  title: 'AggregationType',
  description: 'How events become units',
});

export const MeterAggregation = Type.Object(
  {
    type: AggregationType,
    property: nullable(Type.String({ description: 'Key in the metadata that is aggregated' })),
  },
  { title: 'MeterAggregation', description: 'How a meter turns events into units' },
);

export const MeterAggregationInput = Type.Object(
  {
    type: AggregationType,
    property: Type.Optional(
      nullable(
        Type.String({
          description: 'Key in the metadata to aggregate; every type but count needs it',
          minLength: 1,
        }),
      ),
    ),
  },
  { title: 'MeterAggregationInput', description: 'How a meter turns events into units' },
);

export const Meter = Type.Object(
  {
    ...stored,
    name: Type.String({ description: 'Name' }),
    filter: Type.Array(MeterFilterClause, { description: 'All hold for an event that counts' }),
    aggregation: MeterAggregation,
    archived_at: nullable(time('When it was archived')),
    workspace_id: identifier('The workspace this belongs to'),
  },
  { title: 'Meter', description: 'A measure of usage' },
);

export const MeterPage = pageOf(Meter);

export const MeterCreate = Type.Object(
  {
    name: Type.String({ description: 'Name', minLength: 1, maxLength: 256, 'x-trim': true }),
    filter: defaulted(
      Type.Array(MeterFilterClause, {
        description: 'All must hold for an event to count; empty counts every event',
        maxItems: 50,
      }),
      [],
    ),
    aggregation: MeterAggregationInput,
  },
  { title: 'MeterCreate', description: 'A meter to make' },
);

export const CustomerMeter = Type.Object(
  {
    ...stored,
    meter_id: identifier('The meter'),
    consumed_units: Type.Number({ description: 'Units used' }),
    credited_units: Type.Integer({ description: 'Units granted' }),
    balance: Type.Number({ description: 'Units granted less units used' }),
  },
  { title: 'CustomerMeter', description: 'What one customer used of one meter' },
);

export const MeterCreditCreate = Type.Object(
  {
    units: Type.Integer({
      description: 'Units to grant',
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
    }),
  },
  { title: 'MeterCreditCreate', description: 'Units to grant to a customer' },
);
