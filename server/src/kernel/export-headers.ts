/** The export's columns, in order (workspace-and-portal.md §8.9). */
export const EXPORT_HEADERS = [
  'ID',
  'External ID',
  'Created At',
  'Email',
  'Name',
  'Billing Address Line 1',
  'Billing Address Line 2',
  'Billing Address City',
  'Billing Address State',
  'Billing Address Zip',
  'Billing Address Country',
  'Metadata',
] as const;
