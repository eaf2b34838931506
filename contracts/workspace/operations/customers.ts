import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { defaulted, uuid } from '../../lib/schema.ts';
import {
  CustomerCreate,
  CustomerPage,
  CustomerSortProperty,
  CustomerState,
  CustomerUpdate,
  CustomerUpdateExternalID,
  CustomerWithMembers,
} from '../schemas/customer.ts';
import { pageQuery } from '../schemas/page.ts';
import { byId, reads, writes } from './common.ts';

const tag = 'Customers';
const oneById = byId('customer');
const oneByExternalId = Type.Object({
  external_id: Type.String({ description: 'Id in your own system, percent-encoded' }),
});

const workspace_id = Type.Optional(
  Type.Array(
    { ...uuid('A workspace'), 'x-one-or-list': 'uuid' },
    {
      description: 'Only these workspaces; another than your own gives nothing',
    },
  ),
);
const include_members = defaulted(
  Type.Boolean({ description: 'Whether `members` is filled; false leaves it empty' }),
  true,
);
const withMembers = Type.Object({ include_members });
const howToDelete = Type.Object({
  anonymize: defaulted(
    Type.Boolean({
      description: 'Also erases what identifies people, in the team and the audit trail too',
    }),
    false,
  ),
});

const oneCustomer = { schema: CustomerWithMembers, description: 'The customer' };

export const customersList = operation({
  id: 'customers_list',
  method: 'get',
  path: '/api/customers/',
  tag,
  summary: 'List customers',
  description:
    'Every filter given must hold. `metadata[key]=value` compares the value as text: one key ' +
    'given twice means either value. Archived customers are left out.',
  access: reads('customers'),
  query: Type.Object({
    workspace_id,
    email: Type.Optional(Type.String({ description: 'Exact address, ignoring case' })),
    query: Type.Optional(
      Type.String({ description: 'Part of the e-mail or name, or the start of the external id' }),
    ),
    ...pageQuery,
    sorting: defaulted(
      Type.Array(CustomerSortProperty, {
        description: 'Fields to sort by, the first counting most; repeat the parameter for more',
      }),
      ['-created_at'],
    ),
    include_members,
  }),
  deepQuery: 'metadata',
  success: { status: 200, description: 'A page of customers', schema: CustomerPage },
  errors: [],
});

export const customersCreate = operation({
  id: 'customers_create',
  method: 'post',
  path: '/api/customers/',
  tag,
  summary: 'Create a customer',
  description:
    'Makes its owner member along with it. E-mail (ignoring case) and external id are unique ' +
    'among the customers of the workspace that are not deleted.',
  access: writes('customers'),
  query: withMembers,
  body: CustomerCreate,
  success: { status: 201, ...oneCustomer },
  errors: [],
  tagged: true,
});

export const customersExport = operation({
  id: 'customers_export',
  method: 'get',
  path: '/api/customers/export',
  tag,
  summary: 'Export customers as CSV',
  description:
    'Streams all customers but archived ones under twelve headers. A cell that a spreadsheet ' +
    'could take for a formula (it starts with `=`, `+`, `-`, `@`, a tab, CR, LF, NUL or a ' +
    'full-width form of these) gets a single quote in front, which our import takes off again.',
  access: reads('customers'),
  query: Type.Object({ workspace_id }),
  success: { status: 200, description: 'The file `customers.csv`', mediaType: 'text/csv' },
  errors: [],
});

export const customersGet = operation({
  id: 'customers_get',
  method: 'get',
  path: '/api/customers/{id}',
  tag,
  summary: 'Get a customer',
  access: reads('customers'),
  params: oneById,
  query: withMembers,
  success: { status: 200, ...oneCustomer },
  errors: [404],
  tagged: true,
});

export const customersUpdate = operation({
  id: 'customers_update',
  method: 'patch',
  path: '/api/customers/{id}',
  tag,
  summary: 'Change a customer',
  access: writes('customers'),
  params: oneById,
  query: withMembers,
  body: CustomerUpdate,
  success: { status: 200, ...oneCustomer },
  errors: [404, 412],
  tagged: true,
});

const deleteEffect =
  'Final: the customer answers 404 from now on, its sessions end, and its e-mail and external ' +
  'id are free again.';

export const customersDelete = operation({
  id: 'customers_delete',
  method: 'delete',
  path: '/api/customers/{id}',
  tag,
  summary: 'Delete a customer',
  description: deleteEffect,
  access: writes('customers'),
  params: oneById,
  query: howToDelete,
  success: { status: 204, description: 'Deleted' },
  errors: [404, 412],
  tagged: true,
});

export const customersGetExternal = operation({
  id: 'customers_get_external',
  method: 'get',
  path: '/api/customers/external/{external_id}',
  tag,
  summary: 'Get a customer by external id',
  access: reads('customers'),
  params: oneByExternalId,
  query: withMembers,
  success: { status: 200, ...oneCustomer },
  errors: [404],
  tagged: true,
});

export const customersUpdateExternal = operation({
  id: 'customers_update_external',
  method: 'patch',
  path: '/api/customers/external/{external_id}',
  tag,
  summary: 'Change a customer by external id',
  access: writes('customers'),
  params: oneByExternalId,
  query: withMembers,
  body: CustomerUpdateExternalID,
  success: { status: 200, ...oneCustomer },
  errors: [404, 412],
  tagged: true,
});

export const customersDeleteExternal = operation({
  id: 'customers_delete_external',
  method: 'delete',
  path: '/api/customers/external/{external_id}',
  tag,
  summary: 'Delete a customer by external id',
  description: deleteEffect,
  access: writes('customers'),
  params: oneByExternalId,
  query: howToDelete,
  success: { status: 204, description: 'Deleted' },
  errors: [404, 412],
  tagged: true,
});

const oneState = { schema: CustomerState, description: 'The customer with its usage' } as const;

export const customersGetState = operation({
  id: 'customers_get_state',
  method: 'get',
  path: '/api/customers/{id}/state',
  tag,
  summary: 'Get the state of a customer',
  access: reads('customers'),
  params: oneById,
  success: { status: 200, ...oneState },
  errors: [404],
  tagged: true,
});

export const customersGetStateExternal = operation({
  id: 'customers_get_state_external',
  method: 'get',
  path: '/api/customers/external/{external_id}/state',
  tag,
  summary: 'Get the state of a customer by external id',
  access: reads('customers'),
  params: oneByExternalId,
  success: { status: 200, ...oneState },
  errors: [404],
  tagged: true,
});

export const customersImport = operation({
  id: 'customers_import',
  method: 'post',
  path: '/api/customers/import',
  tag,
  summary: 'Import customers',
  description:
    'Each row is matched by external id, else by e-mail, and creates or changes one customer. ' +
    'The file is taken whole, then the answer is NDJSON: one line ' +
    '`{line, status, id?, errors?}` a row, its status created, updated, unchanged or failed, ' +
    'and at the end `{summary: {created, updated, unchanged, failed}}`; without that line it was ' +
    'cut off, and what has a verdict stands. A failed row stops no other. The same file again ' +
    'changes nothing. An Idempotency-Key repeats the verdicts of a short file and the summary of ' +
    'a long one; while the first run lasts, it answers 409.',
  access: writes('customers'),
  query: Type.Object({
    dry_run: defaulted(
      Type.Boolean({ description: 'Does all the same and keeps nothing of it' }),
      false,
    ),
  }),
  stream: {
    mediaTypes: ['text/csv', 'application/x-ndjson', 'application/json'],
    description:
      'CSV with a header row, one JSON object a line, or a JSON array. Columns are the fields ' +
      'of a new customer (`billing_address.city` and the like dotted), `metadata.<key>`, or ' +
      'the headers of the export, whose ID is matched first. An empty cell is not given; null ' +
      'in JSON clears. A row has at most 1 MiB, a file 4 GiB.',
  },
  success: {
    status: 200,
    description: 'A verdict on each row, then a summary',
    mediaType: 'application/x-ndjson',
  },
  errors: [415],
});
