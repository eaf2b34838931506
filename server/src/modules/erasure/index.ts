export { erasureClaims } from './claims.ts';
export { deleteCustomer, eraseReturned } from './delete-customer.ts';
export { type Erased, type ErasureLog, openErasureLog } from './log.ts';
