import type { Address } from '../modules/customers/index.ts';

/** An address on the wire: always all six keys (workspace-and-portal.md §5.6). */
export const addressWire = (a: Address | null) =>
  a === null
    ? null
    : {
        line1: a.line1 ?? null,
        line2: a.line2 ?? null,
        postal_code: a.postal_code ?? null,
        city: a.city ?? null,
        state: a.state ?? null,
        country: a.country,
      };
