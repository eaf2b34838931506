import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { uuid } from '../../lib/schema.ts';
import {
  CustomerMeter,
  Meter,
  MeterCreate,
  MeterCreditCreate,
  MeterPage,
} from '../schemas/meter.ts';
import { pageQuery } from '../schemas/page.ts';
import { reads, writes } from './common.ts';

const tag = 'Meters';

export const metersList = operation({
  id: 'meters_list',
  method: 'get',
  path: '/api/meters/',
  tag,
  summary: 'List meters',
  description: 'Newest first.',
  access: reads('meters'),
  query: Type.Object(pageQuery),
  success: { status: 200, description: 'A page of meters', schema: MeterPage },
  errors: [],
});

export const metersCreate = operation({
  id: 'meters_create',
  method: 'post',
  path: '/api/meters/',
  tag,
  summary: 'Create a meter',
  description: 'Counts the events that are here already, too.',
  access: writes('meters'),
  body: MeterCreate,
  success: { status: 201, description: 'The meter', schema: Meter },
  errors: [],
});

export const metersCredit = operation({
  id: 'meters_credit',
  method: 'post',
  path: '/api/customers/{id}/meters/{meter_id}/credits',
  tag,
  summary: 'Grant units of a meter to a customer',
  access: writes('meters'),
  params: Type.Object({ id: uuid('Id of the customer'), meter_id: uuid('Id of the meter') }),
  body: MeterCreditCreate,
  success: { status: 201, description: 'Usage after the grant', schema: CustomerMeter },
  errors: [404],
});
