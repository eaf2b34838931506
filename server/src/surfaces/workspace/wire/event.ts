import type { Customer } from '../../../modules/customers/index.ts';
import { type ChangeEvent, recordEvents } from '../../../modules/events/index.ts';
import type { Member } from '../../../modules/members/index.ts';
import { customerWire, memberWire } from './customer.ts';

/**
 * An entry of the change log; customers and members look as they do elsewhere on this surface. What
 * tells of a decision about a customer (billing.md C10) names it by `customer_id` and stays as it is.
 */
export function eventWire(event: ChangeEvent) {
  const data = event.data as unknown;
  if (recordEvents.includes(event.type)) {
    return { ...event, data: customerWire(data as Customer) };
  }
  if (event.type.startsWith('member.')) return { ...event, data: memberWire(data as Member) };
  return event;
}
