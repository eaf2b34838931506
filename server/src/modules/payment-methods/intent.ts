import type { Keys } from '../../kernel/secrets.ts';
import type { ProcessorName } from './port.ts';

/** Something asked of a payment processor: written before, settled after. */
export interface Intent {
  workspace_id: string;
  id: string;
  customer_id: string;
  created_at: string;
  processor: ProcessorName;
  kind: 'customer' | 'setup' | 'default' | 'detach' | 'forget';
  /** `requires_action`: a set-up that waits for the customer or its bank. */
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'superseded';
  subject: string;
  method_id: string | null;
  processor_ref: string | null;
  set_default: boolean;
  details: Buffer | null;
  reason: string | null;
  attempts: number;
}

/** What the processor is told of a customer. */
export interface CustomerDetails {
  email: string | null;
  name: string | null;
}

/** What the processor is told of a set-up. */
export interface SetupDetails {
  confirmationToken: string;
  returnUrl: string;
}

/** Opens what an intent keeps encrypted; undefined once it was emptied. */
export function detailsOfIntent<T>(keys: Keys, intent: Intent): T | undefined {
  return intent.details === null ? undefined : (JSON.parse(keys.open(intent.details)) as T);
}

/** How long a request may take to settle its own intent before others look after it, in seconds. */
export const QUIET_SECONDS = 120;
/** How long a set-up may wait for the customer, and an unsure request is asked about, in hours. */
export const LONGEST_WAIT_HOURS = 23;
