export { type Added, addPaymentMethod, type NewMethod } from './add-method.ts';
export {
  type Chargeable,
  type ChargeOrder,
  type ChargeOutcome,
  chargeOnce,
  findChargeable,
} from './charge-method.ts';
export { confirmPaymentMethod } from './confirm-method.ts';
export { DESCRIBE_PAYER, describePayer, queueDescribePayer } from './describe-payer.ts';
export { listPaymentMethods, removePaymentMethod, setDefaultMethod } from './manage-methods.ts';
export type { PaymentMethod } from './payment-method.ts';
export {
  type Charge,
  EventNotGenuine,
  type NewCharge,
  type NewProviderCustomer,
  type NewSetup,
  type PayerDescription,
  type PaymentProvider,
  PaymentProviderDown,
  PaymentRefused,
  type Payments,
  type ProcessorName,
  type ProviderEvent,
  type ProviderMethod,
  type ReadEvent,
  type SetupState,
  type Whose,
} from './port.ts';
export { LOOK_AGAIN, lookAgain, takeInEvent } from './provider-events.ts';
export { reconcilePayments } from './reconcile.ts';
export { type SandboxStore, sandboxStore } from './sandbox-store.ts';
