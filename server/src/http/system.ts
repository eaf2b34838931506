import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { toOpenApi } from '@clientele/contracts/lib/openapi.ts';
import type { FastifyInstance } from 'fastify';
import { statement } from '../db/drivers/statement.ts';
import { type Caller, OPERATOR_WORKSPACE } from '../kernel/caller.ts';
import type { App } from '../modules/app.ts';
import type { Metrics } from './metrics.ts';
import type { Mounted } from './server.ts';

/** Whether the process should be sent requests. */
export interface Readiness {
  draining: boolean;
}

const ping = statement('system.ping', 'select 1');
const pinger: Caller = {
  entry: { as: 'auth' },
  workspaceId: OPERATOR_WORKSPACE,
  actor: { kind: 'job', id: 'readyz', name: 'readyz' },
  surface: 'system',
  operation: 'readyz',
  requestId: 'readyz',
};

/** Liveness, readiness, metrics, the OpenAPI documents and the reference page. */
export function addSystemRoutes(
  server: FastifyInstance,
  app: App,
  mounted: Mounted[],
  readiness: Readiness,
  metrics: Metrics,
): void {
  server.get('/livez', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    try {
      if (readiness.draining) throw new Error('draining');
      await app.work({ ...pinger }, (w) => w.defer(ping()));
      return { status: 'ready', payments: app.payments.serving.name };
    } catch {
      reply.code(503);
      return { status: readiness.draining ? 'draining' : 'unavailable' };
    }
  });
  server.get('/metrics', async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.text();
  });
  for (const { surface } of mounted) {
    let text: string | undefined;
    server.get(`/openapi/${surface.contract.surface}.json`, async (_request, reply) => {
      text ??= JSON.stringify(toOpenApi(surface.contract));
      reply.type('application/json').header('cache-control', 'public, max-age=300');
      return text;
    });
  }
  addReference(
    server,
    mounted.map((m) => m.surface.contract.surface),
  );
}

function page(surfaces: string[], current: string): string {
  const links = surfaces
    .map(
      (s) => `<a href="/docs?surface=${s}"${s === current ? ' aria-current="page"' : ''}>${s}</a>`,
    )
    .join(' ');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Clientele API: ${current}</title>
<style>body{margin:0;font-family:system-ui,sans-serif}nav{padding:10px 16px;background:#14213d;color:#fff}
nav a{color:#fff;margin-right:14px}nav a[aria-current]{font-weight:700;text-decoration:none}</style>
<script type="module" src="/docs/rapidoc-min.js"></script></head><body><nav>${links}</nav>
<rapi-doc spec-url="/openapi/${current}.json" render-style="read" theme="light" show-header="false"
 allow-try="true" load-fonts="false" style="height:calc(100vh - 40px)"></rapi-doc></body></html>`;
}

function addReference(server: FastifyInstance, surfaces: string[]): void {
  const policy =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";
  let script: Buffer | undefined;
  server.get('/docs', async (request, reply) => {
    const wanted = (request.query as { surface?: string }).surface;
    const current = surfaces.find((s) => s === wanted) ?? (surfaces[0] as string);
    reply.type('text/html; charset=utf-8').header('content-security-policy', policy);
    return page(surfaces, current);
  });
  server.get('/docs/rapidoc-min.js', async (_request, reply) => {
    script ??= readFileSync(createRequire(import.meta.url).resolve('rapidoc/dist/rapidoc-min.js'));
    reply.type('text/javascript').header('cache-control', 'public, max-age=86400');
    return script;
  });
}
