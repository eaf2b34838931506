import { admin } from '@clientele/contracts/admin/contract.ts';
import { billing } from '@clientele/contracts/billing/contract.ts';
import type { Contract } from '@clientele/contracts/lib/operation.ts';
import { portal } from '@clientele/contracts/portal/contract.ts';
import { workspace } from '@clientele/contracts/workspace/contract.ts';
import type { Route } from '../http/route.ts';
import { loadRoutes } from '../http/routes.ts';
import type { Mounted } from '../http/server.ts';
import type { Surface } from '../http/surface.ts';
import type { App } from '../modules/app.ts';
import { adminSurface } from './admin/surface.ts';
import { billingSurface } from './billing/surface.ts';
import { portalSurface } from './portal/surface.ts';
import { workspaceSurface } from './workspace/surface.ts';

/** Every surface's handlers, by the surface's name. */
export type SurfaceRoutes = Map<string, Route[]>;

/** Loads every surface's handlers; start-up does so while the database still opens. */
export async function loadSurfaceRoutes(): Promise<SurfaceRoutes> {
  const load = async (contract: Contract): Promise<[string, Route[]]> => [
    contract.surface,
    await loadRoutes(contract, new URL(`./${contract.surface}/routes/`, import.meta.url)),
  ];
  return new Map(await Promise.all([workspace, portal, billing, admin].map(load)));
}

/** Every surface with its routes and limits. */
export function mounts(
  app: App,
  routes: SurfaceRoutes,
  options: { rootToken: string; rateLimit: number },
): Mounted[] {
  const mount = (surface: Surface, requestsPerMinute: number): Mounted => ({
    surface,
    routes: routes.get(surface.contract.surface) ?? [],
    requestsPerMinute,
  });
  return [
    mount(workspaceSurface(app), options.rateLimit),
    mount(portalSurface(app), options.rateLimit),
    mount(billingSurface(app), options.rateLimit),
    mount(adminSurface(options.rootToken), options.rateLimit),
  ];
}
