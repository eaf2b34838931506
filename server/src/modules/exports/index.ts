export { unguard } from './csv-guard.ts';
export { EXPORT_HEADERS, exportCustomers } from './export-customers.ts';
