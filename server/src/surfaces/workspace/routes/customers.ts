import {
  customersCreate,
  customersList,
} from '@clientele/contracts/workspace/operations/customers.ts';
import { pageWire } from '../../../http/page-wire.ts';
import { route } from '../../../http/route.ts';
import {
  type CustomerOrder,
  type CustomerSort,
  createCustomer,
  listCustomers,
} from '../../../modules/customers/index.ts';
import { customerReply, customerWire, memberWire } from '../wire/customer.ts';

function readOrder(sorting: readonly string[]): CustomerOrder[] {
  return sorting.map((term) => ({
    by: term.replace(/^-/, '') as CustomerSort,
    descending: term.startsWith('-'),
  }));
}

export const get = route(customersList, {
  async run(app, caller, { query, deep }) {
    const { workspace_id: only, email, query: search, sorting, page, limit } = query;
    const outside = only !== undefined && !only.includes(caller.workspaceId);
    return outside
      ? { rows: [], total: 0 }
      : listCustomers(app, caller, {
          page,
          limit,
          order: readOrder(sorting),
          filter: {
            metadata: deep,
            ...(email === undefined ? {} : { email }),
            ...(search === undefined ? {} : { query: search }),
          },
        });
  },
  answer: (found, { query }) => ({
    body: pageWire(found, query, (c) => ({
      ...customerWire(c),
      members: query.include_members ? c.members.map(memberWire) : [],
    })),
  }),
});

export const post = route(customersCreate, {
  run: (app, caller, { body }) => createCustomer(app, caller, writable(body)),
  answer: (customer, { query }) => customerReply(customer, query.include_members),
});

/** Only what the contract lets a caller set; other fields of the body are ignored. */
function writable(body: Parameters<typeof createCustomer>[2]) {
  const { email, name, external_id, billing_address, metadata, type, owner, workspace_id } = body;
  return {
    email: email ?? null,
    name: name ?? null,
    external_id: external_id ?? null,
    billing_address: billing_address ?? null,
    metadata: metadata ?? {},
    type: type ?? null,
    owner: owner ?? null,
    workspace_id: workspace_id ?? null,
  };
}
