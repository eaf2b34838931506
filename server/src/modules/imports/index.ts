export { importCustomers } from './import-customers.ts';
export type { MediaType } from './read-rows.ts';
