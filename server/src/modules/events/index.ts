export { type ChangeEvent, readEvents } from './read-events.ts';
