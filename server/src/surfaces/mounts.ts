import { loadRoutes } from '../http/routes.ts';
import type { Mounted } from '../http/server.ts';
import type { Surface } from '../http/surface.ts';
import type { App } from '../modules/app.ts';
import { adminSurface } from './admin/surface.ts';
import { workspaceSurface } from './workspace/surface.ts';

/** Every surface with its routes and limits. */
export async function mounts(
  app: App,
  options: { rootToken: string; rateLimit: number },
): Promise<Mounted[]> {
  const mount = async (surface: Surface, requestsPerMinute: number): Promise<Mounted> => ({
    surface,
    routes: await loadRoutes(
      surface.contract,
      new URL(`./${surface.contract.surface}/routes/`, import.meta.url),
    ),
    requestsPerMinute,
  });
  return Promise.all([
    mount(workspaceSurface(app), options.rateLimit),
    mount(adminSurface(options.rootToken), options.rateLimit),
  ]);
}
