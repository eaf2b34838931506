import { admin } from './admin/contract.ts';
import { billing } from './billing/contract.ts';
import type { Contract } from './lib/operation.ts';
import { portal } from './portal/contract.ts';
import { workspace } from './workspace/contract.ts';

/** Every published contract. */
export const contracts: readonly Contract[] = [admin, workspace, portal, billing];
