export type { Layout } from './columns.ts';
export { importCustomers } from './import-customers.ts';
export type { MediaType } from './read-rows.ts';
export { failed, type ReadRow, type Row, type Verdict } from './row.ts';
export type { ImportSource } from './run.ts';
export { runImport } from './run-import.ts';
