import { startViesStandIn, type ViesStandIn } from '../../../src/providers/vies/stand-in.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { clientOf, germanNumber } from '../../kit/vies.ts';
import type { BillingWorkspace } from './billing-kit.ts';

/** A program that checks VAT numbers with a stand-in. */
export async function vatProgram(): Promise<{ program: TestProgram; stand: ViesStandIn }> {
  const stand = await startViesStandIn();
  return { stand, program: await startProgram({ vies: clientOf(stand) }) };
}

let used = 0;

/** A German VAT number that no test has used yet. */
export function freshNumber(): string {
  used += 1;
  return germanNumber(used);
}

/** The status of a customer’s number. */
export const statusOf = async (ws: BillingWorkspace, id: string) =>
  (await ws.bill('GET', `/customers/${id}`)).body.data.vat_validation_status as string;

/** The evidence of a customer’s number, newest first. */
export const evidenceOf = async (ws: BillingWorkspace, id: string, query = '') =>
  (await ws.bill('GET', `/customers/${id}/vat-validations${query}`)).body.data;

/** Has every planned check done now, as if its time had come. */
export async function nextChecks(program: TestProgram): Promise<void> {
  await program.database.owner(`update jobs set run_at = now() where kind = 'vat.check'`);
  await program.settle();
}

/** Lets time pass for what is known of a customer’s number. */
export async function age(program: TestProgram, id: string, interval: string): Promise<void> {
  await program.database.owner(
    `update vat_validations set checked_at = checked_at - $2::interval,
       expires_at = expires_at - $2::interval where customer_id = $1`,
    [id, interval],
  );
}
