import type { FastifyInstance } from 'fastify';
import type { Log } from './config/log.ts';
import { createCopyDoor } from './db/copy.ts';
import type { Driver } from './db/drivers/driver.ts';
import { createWork } from './db/work.ts';
import type { Metrics } from './http/metrics.ts';
import { probeIsolation } from './http/probe/index.ts';
import { buildServer, type Mounted } from './http/server.ts';
import { addSystemRoutes, type Readiness } from './http/system.ts';
import { deriveKeys } from './kernel/secrets.ts';
import type { App } from './modules/app.ts';
import { openErasureLog } from './modules/erasure/index.ts';
import type { Platforms } from './modules/linked-accounts/index.ts';
import type { Mailer } from './modules/mails/index.ts';
import {
  type PaymentProvider,
  type ReadEvent,
  sandboxStore,
} from './modules/payment-methods/index.ts';
import type { VatRegister } from './modules/vat/index.ts';
import { sandboxPayments } from './providers/payments/sandbox.ts';
import { addSandboxRoutes } from './surfaces/inbound/sandbox.ts';
import { addInboundRoutes } from './surfaces/inbound/stripe.ts';
import { mounts, type SurfaceRoutes } from './surfaces/mounts.ts';

/** What a process is put together from. */
export interface Parts {
  driver: Driver;
  routes: SurfaceRoutes;
  secret: string;
  rootToken: string | undefined;
  publicUrl: string;
  mailer?: Mailer | undefined;
  platforms?: Platforms;
  /** The processor that serves, and how its events are read; the sandbox, unless given. */
  payments?: { provider: PaymentProvider; readEvent: ReadEvent } | undefined;
  vies?: VatRegister | undefined;
  erasureLog: string;
  rateLimit: number;
  trustProxy: number;
  metrics: Metrics;
  log: Log;
}

/** A whole program, not yet listening. */
export interface Program {
  app: App;
  server: FastifyInstance;
  rootToken: string;
  readiness: Readiness;
}

/** Puts the program together; the one place that knows every part. */
export async function compose(parts: Parts): Promise<Program> {
  const keys = deriveKeys(parts.secret);
  const rootToken = parts.rootToken ?? keys.rootToken;
  const work = createWork(parts.driver, keys);
  const sandbox = sandboxPayments(sandboxStore(work));
  const app: App = {
    work,
    copyOut: createCopyDoor(parts.driver),
    keys,
    erasureLog: openErasureLog(parts.erasureLog),
    publicUrl: parts.publicUrl,
    mailer: parts.mailer,
    platforms: parts.platforms ?? {},
    payments: {
      serving: parts.payments?.provider ?? sandbox,
      sandbox,
      readEvent: parts.payments?.readEvent,
    },
    vies: parts.vies,
    probe: (own, foreign) => probeIsolation(server, contracts, own, foreign),
  };
  const mounted: Mounted[] = mounts(app, parts.routes, {
    rootToken,
    rateLimit: parts.rateLimit,
  });
  const contracts = mounted.map((m) => m.surface.contract);
  const server = await buildServer(app, mounted, {
    trustProxy: parts.trustProxy,
    onRequestDone(facts) {
      parts.metrics.observe(facts);
      parts.log.request(facts);
    },
  });
  const readiness: Readiness = { draining: false };
  addSystemRoutes(server, app, mounted, readiness, parts.metrics);
  addInboundRoutes(server, app);
  if (app.payments.serving === sandbox) addSandboxRoutes(server, sandbox);
  return { app, server, rootToken, readiness };
}
