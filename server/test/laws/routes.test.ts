import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contracts } from '@clientele/contracts/index.ts';
import type { Contract, Operation } from '@clientele/contracts/lib/operation.ts';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loadRoutes, routeFile } from '../../src/http/routes.ts';

const folderOf = (surface: string) =>
  new URL(`../../src/surfaces/${surface}/routes/`, import.meta.url);

describe.each(contracts)('the $surface surface', (contract) => {
  it('has one handler for every operation of its contract and none besides', async () => {
    const routes = await loadRoutes(contract, folderOf(contract.surface));
    expect(routes.map((r) => r.operation.id).sort()).toEqual(
      contract.operations.map((o) => o.id).sort(),
    );
  });

  it('names each operation once and keeps all of them under its mount', () => {
    const places = contract.operations.map((o) => `${o.method} ${o.path}`);
    expect(new Set(places).size).toBe(places.length);
    const ids = contract.operations.map((o) => o.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path } of contract.operations) {
      expect(path.startsWith(`${contract.mount}/`)).toBe(true);
    }
  });
});

describe('the loader', () => {
  const made: string[] = [];
  let root: string;
  let contract: Contract;

  const operation = (method: string, path: string): Operation =>
    ({ id: `${method}_${path}`, method, path, access: { by: 'nobody' } }) as Operation;
  /** A route file whose exports handle operations that are handed over by the test. */
  const handle = (file: string, handled: Record<string, string>) => {
    mkdirSync(join(root, 'routes', file, '..'), { recursive: true });
    const lines = Object.entries(handled).map(
      ([name, id]) => `export const ${name} = { operation: globalThis.lawOperations['${id}'] };`,
    );
    writeFileSync(join(root, 'routes', file), lines.join('\n'));
  };
  const load = () => loadRoutes(contract, pathToFileURL(`${join(root, 'routes')}/`));

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'clientele-routes-')));
    made.push(root);
    const operations = [
      operation('get', '/api/things/'),
      operation('delete', '/api/things/{id}'),
      operation('get', '/api/things/{id}/parts/{part_id}'),
    ];
    contract = { ...(contracts[0] as Contract), mount: '/api', operations };
    Object.assign(globalThis, {
      lawOperations: Object.fromEntries(operations.map((o) => [o.id, o])),
    });
    handle('things.ts', { get: 'get_/api/things/' });
    handle('things/_id.ts', { del: 'delete_/api/things/{id}' });
    handle('things/_id/parts/_part_id.ts', { get: 'get_/api/things/{id}/parts/{part_id}' });
  });
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true });
  });

  it('finds the file of a URL in one guess', async () => {
    expect(contract.operations.map((o) => routeFile(contract, o.path))).toEqual([
      'things.ts',
      'things/_id.ts',
      'things/_id/parts/_part_id.ts',
    ]);
    expect(await load()).toHaveLength(3);
  });

  it('fails at a missing file and at a missing export', async () => {
    rmSync(join(root, 'routes/things/_id.ts'));
    await expect(load()).rejects.toThrow(/things\/_id\.ts is missing/);
    handle('things/_id.ts', { get: 'get_/api/things/' });
    await expect(load()).rejects.toThrow(/does not export del/);
  });

  it('fails at a file that no operation names', async () => {
    cpSync(join(root, 'routes/things.ts'), join(root, 'routes/others.ts'));
    await expect(load()).rejects.toThrow(/others\.ts is named by no operation/);
  });

  it('fails at a handler of another operation', async () => {
    handle('things.ts', { get: 'delete_/api/things/{id}' });
    await expect(load()).rejects.toThrow(/things\.ts handles another operation/);
  });
});
