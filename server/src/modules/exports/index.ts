export { EXPORT_HEADERS } from '../../kernel/export-headers.ts';
export { unguard } from './csv-guard.ts';
export { exportCustomers } from './export-customers.ts';
