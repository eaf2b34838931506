export type { BillingCustomer, BillingFields } from './billing-customer.ts';
export { changeMode, changeProviders, changeType } from './change-billing.ts';
export {
  type CursorPage,
  currencies,
  DEFAULT_LIMIT,
  getBillingCustomer,
  listBillingCustomers,
  listed,
  pageOf,
  positionOf,
} from './read-billing.ts';
export {
  createBillingCustomer,
  lockForBilling,
  updateBillingCustomer,
  type Written,
} from './write-billing.ts';
