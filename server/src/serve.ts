import closeWithGrace from 'close-with-grace';
import { compose } from './app.ts';
import type { Config } from './config/config.ts';
import type { Log } from './config/log.ts';
import { installationSecret } from './config/secret.ts';
import type { Embedded } from './db/drivers/pglite/index.ts';
import { openEmbeddedDatabase, openServer } from './db/open.ts';
import { createMetrics } from './http/metrics.ts';
import { allJobs } from './jobs/index.ts';
import { startJobs } from './jobs/loop.ts';
import { eraseReturned } from './modules/erasure/index.ts';
import { showRootTokenOnce } from './modules/installation/index.ts';
import type { Mailer } from './modules/mails/index.ts';
import type { VatRegister } from './modules/vat/index.ts';
import type { SmtpTarget } from './providers/mail/smtp.ts';
import { openPlatforms } from './providers/oauth/index.ts';
import { loadSurfaceRoutes } from './surfaces/mounts.ts';

/** The longest a shutdown waits for requests under way, in milliseconds. */
const DRAIN_MS = 25_000;

function openDatabase(config: Config, embedded: Embedded | undefined) {
  if (embedded !== undefined) return openEmbeddedDatabase(embedded);
  return openServer(config.databaseUrl as string, config.adminUrl);
}

/** Loaded only where it is configured: most first starts have no mail server. */
async function openMailer(target: SmtpTarget): Promise<Mailer> {
  const { smtpMailer } = await import('./providers/mail/smtp.ts');
  return smtpMailer(target);
}

/** Loaded only where it is configured: without a key the sandbox serves. */
async function openPayments(account: Config['stripe']) {
  if (account === undefined) return undefined;
  const { stripeEvents, stripePayments } = await import('./providers/payments/stripe.ts');
  return { provider: stripePayments(account), readEvent: stripeEvents(account) };
}

/** Loaded when the first number is checked. */
function openVies({ url, requester }: Config['vies']): VatRegister {
  let client: Promise<VatRegister> | undefined;
  const load = async () => {
    const { PUBLIC_VIES, viesClient } = await import('./providers/vies/client.ts');
    return viesClient({ url: url ?? PUBLIC_VIES, requester });
  };
  return {
    requester: requester ?? null,
    async check(asked) {
      client ??= load();
      return (await client).check(asked);
    },
  };
}

/** Starts the program and serves until a signal; then it drains and exits with 0. */
export async function serve(
  config: Config,
  log: Log,
  embedded: Embedded | undefined,
): Promise<void> {
  const mailer = config.smtp === undefined ? undefined : await openMailer(config.smtp);
  const platforms = openPlatforms(config.platforms, (platform, step, reason) =>
    log.warn('Linking an account failed', { platform, step, reason }),
  );
  const payments = await openPayments(config.stripe);
  const { driver, ready } = openDatabase(config, embedded);
  // Loading and putting together takes about as long as the embedded database needs to open.
  const composed = loadSurfaceRoutes().then((routes) =>
    compose({
      driver,
      routes,
      secret: installationSecret(config.secret, config.dataDir),
      rootToken: config.rootToken,
      publicUrl: config.publicUrl,
      mailer,
      platforms,
      payments,
      vies: openVies(config.vies),
      erasureLog: config.erasureLog,
      rateLimit: config.rateLimit,
      trustProxy: config.trustProxy,
      metrics: createMetrics(),
      log,
    }),
  );
  const [warnings, program] = await Promise.all([ready, composed]);
  for (const warning of warnings) log.warn(warning);
  const again = await eraseReturned(program.app);
  if (again > 0) log.warn('Customers of a restored backup were erased again', { customers: again });
  let jobs: { stop(): Promise<void> } | undefined;
  const grace = closeWithGrace(
    { delay: DRAIN_MS, skip: ['SIGTERM', 'SIGINT'], logger: false },
    async ({ err }) => {
      if (err !== undefined) log.error('Stopping after a failure', { error: String(err.stack) });
      program.readiness.draining = true;
      await program.server.close();
      await jobs?.stop();
      mailer?.close();
      await driver.close();
    },
  );
  // A signal to the whole process group comes twice, once through the bootstrap. And when the
  // bootstrap dies, its end of the channel closes.
  let closing = false;
  const close = () => {
    if (closing) return;
    closing = true;
    grace.close();
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(event, close);

  await program.server.listen({ host: config.host, port: config.port });
  const failed = (job: string, error: unknown) =>
    log.error('A job failed', { job, error: (error as Error).message });
  jobs = startJobs(allJobs(program.app, failed, driver.maintain), failed);
  await showRootTokenOnce(program.app, config.rootToken, program.rootToken, config.publicUrl);
  if (payments === undefined) {
    log.info('The payment sandbox serves: no STRIPE_SECRET_KEY is set, and no card is charged');
  }
  log.info('Serving', { url: config.publicUrl, engine: driver.engine, pid: process.pid });
}
