import { randomUUID } from 'node:crypto';
import type { Operation } from '@clientele/contracts/lib/operation.ts';
import type { Specimens } from '../../modules/doctor/index.ts';
import { has, placed, sample } from './sample.ts';
import { type Slot, samePlace, slotsOf } from './slots.ts';

/** A request without its credential. */
export interface Attempt {
  method: string;
  url: string;
  body: unknown;
}

/** What a workspace has under a slot's noun; something that never existed, if it has none. */
function own(specimens: Specimens, slot: Slot): string {
  return specimens.ids[slot.noun] ?? specimens.texts[slot.noun] ?? randomUUID();
}

/**
 * A request of an operation as its workspace would send it: what is required is filled in with
 * its own specimens. In: a slot and the value to give there, if one is being tried.
 */
export function attempt(
  o: Operation,
  specimens: Specimens,
  tried?: { slot: Slot; value: string },
): Attempt {
  const slots = slotsOf(o);
  const fillOf = (slot: Slot) =>
    tried !== undefined && samePlace(slot, tried.slot) ? tried.value : own(specimens, slot);

  let path = o.path;
  for (const slot of slots.filter((s) => s.in === 'path')) {
    path = path.replace(`{${slot.path[0]}}`, encodeURIComponent(fillOf(slot)));
  }
  const search = new URLSearchParams();
  for (const name of (o.query?.required ?? []) as string[]) {
    const slot = slots.find((s) => s.in === 'query' && s.path[0] === name);
    const schema = o.query?.properties[name];
    search.set(name, slot === undefined ? String(sample(schema as never)) : fillOf(slot));
  }
  if (tried?.slot.in === 'query') search.set(String(tried.slot.path[0]), tried.value);
  if (tried?.slot.in === 'deep') search.set(`${tried.slot.path.join('[')}]`, tried.value);

  let body = o.body === undefined ? undefined : sample(o.body);
  for (const slot of slots.filter((s) => s.in === 'body')) {
    const wanted = samePlace(slot, tried?.slot) || has(body, slot.path);
    if (wanted && o.body !== undefined) body = placed(o.body, body, slot.path, fillOf(slot));
  }
  if (o.stream !== undefined) body = '';
  const query = search.toString();
  return { method: o.method.toUpperCase(), url: query === '' ? path : `${path}?${query}`, body };
}

/** A value of the same length and form as another that nothing was ever called. */
export function neverExisted(like: string): string {
  return like.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, randomUUID());
}
