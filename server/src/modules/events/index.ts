export { type ChangeEvent, readEvents } from './read-events.ts';

/** Events whose data is the customer as it was then; others tell what happened in words of their own. */
export const recordEvents: readonly string[] = [
  'customer.created',
  'customer.updated',
  'customer.archived',
  'customer.deleted',
];
