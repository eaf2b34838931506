export { type CustomerState, getCustomerState } from './customer-state.ts';
export { ingestEvents, type UsageEvent } from './ingest-events.ts';
export { createMeter, creditMeter, listMeters } from './manage-meters.ts';
export type { Aggregation, CustomerMeter, FilterClause, Meter } from './meter.ts';
