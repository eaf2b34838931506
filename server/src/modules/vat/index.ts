export { checkVat, sameNumber } from './check-vat.ts';
export { maintenanceLeft, switchedOn } from './eligibility.ts';
export { keepAnswer, keepDecision, type VatValidation } from './evidence.ts';
export { overriddenUntil, validUntil } from './intervals.ts';
export { recheckVat } from './recheck-vat.ts';
export { ask, type VatAnswer, type VatOutage, type VatRegister } from './register.ts';
export { readTaxNumbers } from './tax-numbers.ts';
export { validationsPage } from './vat.store.ts';
export { CHECK_VAT, moveTo, planCheck, startsCheck, tellStatus } from './vat-status.ts';
