import { statement } from '../../db/drivers/statement.ts';

/**
 * Opens an intent; an open one about the same thing is taken up again in its place. A second row
 * tells which of the two it is: `attempts` above 1.
 */
export const openIntent = statement(
  'payment_intents.open',
  `insert into payment_intents as i (workspace_id, id, customer_id, processor, kind, subject,
     method_id, set_default, details, request_key, request_print, due_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + $12 * interval '1 second')
   on conflict (workspace_id, customer_id, processor, kind, subject) where status = 'pending'
     do update set attempts = i.attempts + 1, due_at = excluded.due_at
   returning id`,
);
/** The intent of an earlier request with the same Idempotency-Key. */
export const intentOfRequest = statement(
  'payment_intents.of_request',
  `select id, request_print from payment_intents
   where workspace_id = $1 and customer_id = $2 and request_key = $3
     and created_at > now() - interval '24 hours'`,
);
export const freeRequestKey = statement(
  'payment_intents.free_request_key',
  `update payment_intents set request_key = null
   where workspace_id = $1 and customer_id = $2 and request_key = $3
     and created_at <= now() - interval '24 hours'`,
);
/** Takes an intent up again. */
export const resumeIntent = statement(
  'payment_intents.resume',
  `update payment_intents set attempts = attempts + 1, due_at = now() + $3 * interval '1 second'
   where workspace_id = $1 and id = $2 and status = 'pending'`,
);

const intent = `workspace_id, id, customer_id, created_at, processor, kind, status, subject,
  method_id, processor_ref, set_default, details, reason, attempts`;
export const intentById = statement(
  'payment_intents.by_id',
  `select ${intent} from payment_intents where workspace_id = $1 and id = $2`,
);
export const lockIntent = statement(
  'payment_intents.lock',
  `select ${intent} from payment_intents where workspace_id = $1 and id = $2 for update`,
);
/** The set-up intent that a processor's set-up came of. */
export const lockIntentOfSetup = statement(
  'payment_intents.lock_setup',
  `select ${intent} from payment_intents
   where workspace_id = $1 and customer_id = $2 and kind = 'setup' and processor = $3
     and processor_ref = $4 for update`,
);
/**
 * Writes how an intent stands; the processor was told, so the details are needed no more. Where
 * it failed without a reason, the same request may be tried anew.
 */
export const moveIntent = statement(
  'payment_intents.move',
  `update payment_intents set status = $3::text, processor_ref = coalesce($4::text, processor_ref),
     reason = $5::text, method_id = coalesce($6::uuid, method_id),
     details = null, request_key = case when $3::text = 'failed' and $5::text is null then null
                                        else request_key end,
     settled_at = case when $3::text in ('pending', 'requires_action') then null else now() end,
     due_at = now() + $7 * interval '1 second'
   where workspace_id = $1 and id = $2`,
);
/** The last choice of a default after this one. */
export const laterDefault = statement(
  'payment_intents.later_default',
  `select later.status from payment_intents later, payment_intents own
   where own.workspace_id = $1 and own.id = $2 and later.workspace_id = own.workspace_id
     and later.customer_id = own.customer_id and later.processor = own.processor
     and later.kind = 'default' and later.status in ('pending', 'succeeded')
     and (later.created_at, later.id) > (own.created_at, own.id)
   order by later.created_at desc, later.id desc limit 1`,
);
/** Open intents whose time has come, of every workspace; each try comes twice as late, up to 6 h. */
export const claimDue = statement(
  'payment_intents.claim_due',
  `update payment_intents i set attempts = i.attempts + 1,
     due_at = now() + least(60 * 2 ^ least(i.attempts, 20), 21600) * interval '1 second'
   from (select workspace_id, id from payment_intents
         where status in ('pending', 'requires_action') and due_at <= now()
           and processor = any($1)
         order by due_at limit $2 for update skip locked) due
   where i.workspace_id = due.workspace_id and i.id = due.id
   returning i.workspace_id, i.id`,
);
