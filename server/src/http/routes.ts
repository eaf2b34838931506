import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Contract } from '@clientele/contracts/lib/operation.ts';
import type { Route } from './route.ts';

/**
 * The file of a URL: the mount is dropped, `{x}` becomes `_x`.
 * `/api/customers/{id}/state` → `customers/_id/state.ts`.
 */
export function routeFile(contract: Contract, path: string): string {
  const rest = path.slice(contract.mount.length).replace(/^\/+|\/+$/g, '');
  return `${rest.replace(/\{(\w+)\}/g, '_$1')}.ts`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name.endsWith('.ts'))
    .map((e) => join(e.parentPath, e.name));
}

/**
 * Loads a surface's handlers by walking its contract. In: the folder of its routes.
 * Errors: a missing file or export, a handler of another operation, a file no operation names.
 */
export async function loadRoutes(contract: Contract, folder: URL): Promise<Route[]> {
  const root = fileURLToPath(folder);
  const expected = new Set<string>();
  const routes: Route[] = [];
  const problems: string[] = [];
  await Promise.all(
    contract.operations.map(async (o) => {
      const file = join(root, routeFile(contract, o.path));
      expected.add(file);
      if (!existsSync(file)) {
        problems.push(`${o.id}: ${file} is missing`);
        return;
      }
      const name = o.method === 'delete' ? 'del' : o.method;
      const route = (await import(pathToFileURL(file).href))[name] as Route | undefined;
      if (route === undefined) problems.push(`${o.id}: ${file} does not export ${name}`);
      else if (route.operation !== o) problems.push(`${o.id}: ${file} handles another operation`);
      else routes.push(route);
    }),
  );
  for (const file of filesBelow(root)) {
    if (!expected.has(file)) problems.push(`${file} is named by no operation`);
  }
  if (problems.length > 0) throw new Error(problems.sort().join('\n'));
  return routes;
}
