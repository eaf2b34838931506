export { archiveCustomer } from './archive-customer.ts';
export { customerChange, recordOf } from './changes.ts';
export { clashes, explainClash } from './clash.ts';
export { type CreateCustomer, createCustomer } from './create-customer.ts';
export {
  emailTaken,
  externalIdTaken,
  workspaceGiven,
} from './customer.errors.ts';
export { customerFields, personalFields } from './customer.fields.ts';
export {
  type Address,
  type Customer,
  type CustomerDraft,
  type CustomerStatus,
  type CustomerWithMembers,
  entityTag,
  keptAddress,
  type MetadataValue,
  newCustomer,
} from './customer.ts';
export { type CustomerKey, insertAll, updateAll } from './customers.store.ts';
export { getCustomer, readCustomer, readRecord } from './get-customer.ts';
export {
  type CustomerFilter,
  type CustomerOrder,
  type CustomerSort,
  listCustomers,
} from './list-customers.ts';
export { lockCustomer } from './lock-customer.ts';
export { type CustomerPatch, patched, stamped, updateCustomer } from './update-customer.ts';
export { markEmailVerified } from './verify-email.ts';
