import { statement } from '../../db/drivers/statement.ts';

const COLUMNS =
  'm.workspace_id, m.id, m.customer_id, m.created_at, m.modified_at, m.deleted_at, m.email, m.name, m.external_id, m.role';

export const memberById = statement(
  'members.by_id',
  `select ${COLUMNS} from members m join customers c
     on c.workspace_id = m.workspace_id and c.id = m.customer_id and c.deleted_at is null
   where m.workspace_id = $1 and m.id = $2 and m.deleted_at is null`,
);
/** Locks the customer first, so that changes of one team happen one after the other. */
export const lockCustomerOf = statement(
  'members.lock_customer',
  `select c.id, c.type from customers c
   where c.workspace_id = $1 and c.deleted_at is null
     and c.id = (select m.customer_id from members m where m.workspace_id = $1 and m.id = $2)
   for update`,
);
export const teamOf = statement(
  'members.team',
  `select ${COLUMNS} from members m
   where m.workspace_id = $1 and m.customer_id = $2 and m.deleted_at is null
   order by m.created_at, m.id`,
);
export const insertMember = statement(
  'members.insert',
  `insert into members (workspace_id, id, customer_id, created_at, email, name, external_id, role)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
export const updateMember = statement(
  'members.update',
  `update members set modified_at = $3, deleted_at = $4, email = $5, name = $6, external_id = $7,
     role = $8
   where workspace_id = $1 and id = $2`,
);
export const listMembersPage = statement(
  'members.page',
  `with hits as (
     select ${COLUMNS} from members m join customers c
       on c.workspace_id = m.workspace_id and c.id = m.customer_id and c.deleted_at is null
     where m.workspace_id = $1 and m.deleted_at is null
       and ($2::uuid is null or m.customer_id = $2)
       and ($3::text is null or m.email_key = lower($3))
       and ($4::text is null or m.role = $4)
   ), page as (select * from hits order by created_at desc, id desc limit $5 offset $6)
   select t.total, p.* from (select count(*)::int8 as total from hits) t left join page p on true
   order by p.created_at desc, p.id desc`,
);
/** Locks a customer, so that changes of its team happen one after the other. */
export const lockTeamCustomer = statement(
  'members.lock_team',
  `select type from customers where workspace_id = $1 and id = $2 and deleted_at is null for update`,
);
/** What the mail to a member says; nothing for one who is not on a team any more. */
export const invitationFacts = statement(
  'members.invitation',
  `select w.name as workspace, w.slug, c.name as customer, c.id as customer_id, m.email
   from members m
   join customers c on c.workspace_id = m.workspace_id and c.id = m.customer_id
   cross join clientele.own_workspace() w
   where m.workspace_id = $1 and m.id = $2 and m.deleted_at is null and m.email is not null
     and c.deleted_at is null`,
);
