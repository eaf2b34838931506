import { statement } from '../../db/drivers/statement.ts';

const method = `workspace_id, id, customer_id, created_at, modified_at, deleted_at, processor,
  processor_id, type, brand, last4, exp_month, exp_year, funding, wallet, is_default`;

/** Live methods of a customer at the processor that serves it, newest first. */
export const listMethods = statement(
  'payment_methods.list',
  `select ${method} from payment_methods
   where workspace_id = $1 and customer_id = $2 and deleted_at is null
     and processor = clientele.payment_processor($3)
   order by created_at desc, id desc`,
);
/** A live method of a customer at the processor that serves it. */
export const liveMethod = statement(
  'payment_methods.live',
  `select ${method} from payment_methods
   where workspace_id = $1 and customer_id = $2 and id = $4 and deleted_at is null
     and processor = clientele.payment_processor($3)`,
);
export const methodById = statement(
  'payment_methods.by_id',
  `select ${method} from payment_methods where workspace_id = $1 and customer_id = $2 and id = $3`,
);
/** Every row of a processor's method, removed ones too. */
export const methodByProcessorId = statement(
  'payment_methods.by_processor_id',
  `select ${method} from payment_methods
   where workspace_id = $1 and customer_id = $2 and processor = $3 and processor_id = $4`,
);
export const liveMethodsAt = statement(
  'payment_methods.at_processor',
  `select ${method} from payment_methods
   where workspace_id = $1 and customer_id = $2 and processor = $3 and deleted_at is null`,
);
export const defaultMethod = statement(
  'payment_methods.default',
  `select ${method} from payment_methods
   where workspace_id = $1 and customer_id = $2 and processor = $3 and is_default`,
);
/** What a customer is charged by at the processor that serves it. */
export const chargeableMethod = statement(
  'payment_methods.chargeable',
  `select m.processor, p.processor_id as customer, m.processor_id as method
   from payment_methods m
   join payment_customers p on p.workspace_id = m.workspace_id and p.customer_id = m.customer_id
     and p.processor = m.processor
   where m.workspace_id = $1 and m.customer_id = $2 and m.is_default
     and m.processor = clientele.payment_processor($3)`,
);
export const insertMethod = statement(
  'payment_methods.insert',
  `insert into payment_methods (${method})
   select ${method} from jsonb_populate_record(null::payment_methods, $2::jsonb) r
   where r.workspace_id = $1`,
);
export const updateMethod = statement(
  'payment_methods.update',
  `update payment_methods m set modified_at = r.modified_at, deleted_at = r.deleted_at,
     type = r.type, brand = r.brand, last4 = r.last4, exp_month = r.exp_month,
     exp_year = r.exp_year, funding = r.funding, wallet = r.wallet, is_default = r.is_default
   from jsonb_populate_record(null::payment_methods, $2::jsonb) r
   where m.workspace_id = $1 and r.workspace_id = m.workspace_id and m.id = r.id`,
);

/**
 * Locks a customer, so that changes of its methods happen one after the other; rows that only refer
 * to it are written meanwhile.
 */
export const lockPayer = statement(
  'payment_methods.lock',
  `select deleted_at, anonymized_at from customers where workspace_id = $1 and id = $2
   for no key update`,
);
/** What the processor is told of a customer. */
export const payer = statement(
  'payment_methods.payer',
  `select email, coalesce(billing_name, name) as name, clientele.payment_processor($3) as processor,
     (select processor_id from payment_customers p where p.workspace_id = $1 and p.customer_id = $2
        and p.processor = clientele.payment_processor($3)) as processor_id
   from customers where workspace_id = $1 and id = $2 and deleted_at is null`,
);
/** What a processor shows of a live customer that it knows. */
export const payerShown = statement(
  'payment_methods.payer_shown',
  `select p.processor, p.processor_id, c.email, c.name, c.billing_name, c.billing_address
   from payment_customers p
   left join customers c on c.workspace_id = p.workspace_id and c.id = p.customer_id
     and c.deleted_at is null
   where p.workspace_id = $1 and p.customer_id = $2 and p.processor = any($3)`,
);
export const payerRef = statement(
  'payment_customers.ref',
  `select processor_id from payment_customers
   where workspace_id = $1 and customer_id = $2 and processor = $3`,
);
export const insertPayer = statement(
  'payment_customers.insert',
  `insert into payment_customers (workspace_id, customer_id, processor, processor_id)
   values ($1, $2, $3, $4) on conflict do nothing`,
);
export const deletePayer = statement(
  'payment_customers.delete',
  `delete from payment_customers
   where workspace_id = $1 and customer_id = $2 and processor = $3 and processor_id = $4`,
);
/** Whose a processor's customer or method is; in no workspace yet. */
export const ownersOf = statement(
  'payment_customers.owners',
  `select workspace_id, customer_id from payment_customers
   where processor = $1 and processor_id = $2
   union
   select workspace_id, customer_id from payment_methods
   where processor = $1 and processor_id = $3`,
);
export const noteEvent = statement(
  'provider_events.note',
  `insert into provider_events (provider, event_id, type) values ($1, $2, $3)
   on conflict do nothing`,
);
export const forgetEvents = statement(
  'provider_events.forget',
  `delete from provider_events where received_at < now() - interval '30 days'`,
);
