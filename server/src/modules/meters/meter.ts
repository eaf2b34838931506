/** One condition on a usage event's properties. */
export interface FilterClause {
  property: string;
  operator: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'like' | 'not_like';
  value: string | number | boolean;
}

/** How a meter turns matching events into units. */
export interface Aggregation {
  type: 'count' | 'sum' | 'max' | 'last' | 'unique';
  property: string | null;
}

/** A measure of usage, computed from real events (README decisions 3 and 29). */
export interface Meter {
  workspace_id: string;
  id: string;
  name: string;
  filter: FilterClause[];
  aggregation: Aggregation;
  archived_at: string | null;
  created_at: string;
  modified_at: string | null;
}

/** One customer's standing on one meter. */
export interface CustomerMeter {
  id: string;
  created_at: string;
  modified_at: string | null;
  meter_id: string;
  consumed_units: number;
  credited_units: number;
  balance: number;
}
