import type { Readable } from 'node:stream';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { customerLayout } from './columns.ts';
import { applyCustomers, customerFault } from './customer-batch.ts';
import type { ImportSource } from './run.ts';
import { runImport } from './run-import.ts';
import type { CustomerRules } from './settle-row.ts';

/**
 * Imports customers from a file: each row changes the one it names (by external id, else e-mail;
 * in our own export by its id first) or creates it. Sending a file again changes nothing.
 * In: the file, and the rules by which the surface checks a customer. Out: the answer as NDJSON.
 */
export function importCustomers(
  app: App,
  caller: Caller,
  source: ImportSource,
  rules: CustomerRules,
): Promise<Readable> {
  return runImport(app, caller, source, {
    layout: customerLayout,
    apply: (w, rows) => applyCustomers(w, caller, rows, rules),
    fault: customerFault,
  });
}
