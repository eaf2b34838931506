export { importRecords, type RecordRule } from './import-records.ts';
export { listRecords } from './list-records.ts';
export type { CustomerRecord, RecordInput, RecordKind } from './record.ts';
export { writeRecord } from './write-record.ts';
