export type { BillingCustomer, BillingFields } from './billing-customer.ts';
export { changeMode, changeProviders, changeType } from './change-billing.ts';
export { listVatValidations } from './list-vat-validations.ts';
export { clearVatOverride, type ManualOverride, overrideVat } from './override-vat.ts';
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
export { verifyVat } from './verify-vat.ts';
export {
  createBillingCustomer,
  lockForBilling,
  updateBillingCustomer,
  type Written,
} from './write-billing.ts';
