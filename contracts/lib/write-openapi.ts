import { mkdirSync, writeFileSync } from 'node:fs';
import { contracts } from '../index.ts';
import { toOpenApi } from './openapi.ts';

/** Writes the committed OpenAPI documents; the openapi law compares them with the contracts. */
const folder = new URL('../openapi/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const contract of contracts) {
  const text = `${JSON.stringify(toOpenApi(contract), null, 2)}\n`;
  writeFileSync(new URL(`${contract.surface}.json`, folder), text);
}
