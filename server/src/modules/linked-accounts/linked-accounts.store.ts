import { statement } from '../../db/drivers/statement.ts';

/** Oldest first. `$3` is a member, whose own accounts come with the customer's, or null. */
export const accountsOf = statement(
  'linked_accounts.of',
  `select platform, account_id, account_username from linked_accounts
   where workspace_id = $1 and customer_id = $2 and (member_id is null or member_id = $3)
   order by created_at, id`,
);
export const findAccount = statement(
  'linked_accounts.find',
  `select id, account_username from linked_accounts
   where workspace_id = $1 and customer_id = $2 and member_id is not distinct from $3
     and platform = $4 and account_id = $5`,
);
/** The caller holds the customer's lock and knows whether the account is there. */
export const insertAccount = statement(
  'linked_accounts.insert',
  `insert into linked_accounts (workspace_id, id, customer_id, member_id, platform, account_id,
     issuer, account_username, tokens)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
export const renewAccount = statement(
  'linked_accounts.renew',
  `update linked_accounts set issuer = $3, account_username = $4, tokens = $5, modified_at = now()
   where workspace_id = $1 and id = $2`,
);
