import { Type } from '@sinclair/typebox';
import type { Access } from '../../lib/operation.ts';
import { uuid } from '../../lib/schema.ts';

/** Reading a resource: either of its scopes is enough. */
export const reads = (resource: string): Access => ({
  by: 'credential',
  scopes: [`${resource}:read`, `${resource}:write`],
});

/** Writing a resource. */
export const writes = (resource: string): Access => ({
  by: 'credential',
  scopes: [`${resource}:write`],
});

/** The path of one object. */
export const byId = (what: string) => Type.Object({ id: uuid(`Id of the ${what}`) });
