import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Statement } from '../../src/db/drivers/statement.ts';
import { engine } from '../kit/database.ts';
import { startProgram, type TestProgram } from '../kit/program.ts';
import { type BillingWorkspace, billingWorkspace } from '../surfaces/billing/billing-kit.ts';
import { bothWays, broken, parties } from './merge-storm.ts';

/**
 * A storm counts for something only if it turns red where a fault is put in (threats.md, "What
 * follows for the build" 6): here a merge reads its two customers without locking them. The
 * embedded database has one session, so nothing interleaves there.
 */
vi.mock('../../src/modules/merge/merge.store.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('../../src/modules/merge/merge.store.ts')>();
  const lockBoth = (...values: unknown[]): Statement => {
    const s = real.lockBoth(...values);
    return { ...s, name: undefined, text: s.text.replace('for update', '') };
  };
  return { ...real, lockBoth };
});

let program: TestProgram;
let ws: BillingWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await billingWorkspace(program);
});
afterAll(() => program.close());

describe.runIf(engine === 'postgres')('the storm of merges', () => {
  it('turns red for a merge that does not lock its customers', async () => {
    const { through } = await bothWays(ws, await parties(ws, 40), 4);
    const wrong = through.filter((n) => n !== 1).length + (await broken(program, ws)).length;
    expect(wrong).toBeGreaterThan(0);
  });
});
