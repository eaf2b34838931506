import type { PlatformName } from '../kernel/platforms.ts';
import { readVatNumber } from '../kernel/vat-number.ts';
import { type PlatformConfig, readPlatforms } from './platforms.ts';

/** The configuration of a process, read from its environment once. */
export interface Config {
  host: string;
  port: number;
  dataDir: string;
  databaseUrl: string | undefined;
  adminUrl: string | undefined;
  rootToken: string | undefined;
  secret: string | undefined;
  publicUrl: string;
  /** Requests a minute per credential; 0 is no limit. */
  rateLimit: number;
  /** How many proxies stand in front. */
  trustProxy: number;
  erasureLog: string;
  /** Where mails go out; absent: they are kept. */
  smtp: { url: string; from: string } | undefined;
  /** The Stripe account that takes payments; absent: the sandbox serves. */
  stripe: { secretKey: string; webhookSecret: string; apiBase: string | undefined } | undefined;
  /** Where VAT numbers are checked (absent: the public service), and in whose name. */
  vies: { url: string | undefined; requester: string | undefined };
  durability: 'fsync' | 'relaxed';
  /** Whose accounts can be linked. */
  platforms: Partial<Record<PlatformName, PlatformConfig>>;
}

/** Thrown with every problem of an environment at once. */
export class ConfigProblems extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(`The configuration is not valid:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.problems = problems;
  }
}

const SHORTEST_SECRET = 16;

/** The sender is the `from` of the URL, else an address at the host that the public URL names. */
function smtpTarget(text: string, publicUrl: string): { url: string; from: string } {
  const url = new URL(text);
  const from = url.searchParams.get('from') ?? `no-reply@${new URL(publicUrl).hostname}`;
  url.searchParams.delete('from');
  return { url: url.href, from };
}

/**
 * Reads the environment. Errors: one `ConfigProblems` that lists every bad value.
 * In: environment variables, README "Configuration". An empty value counts as absent.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = [];
  const get = (name: string) => env[name] || undefined;

  const whole = (name: string, fallback: number, most: number) => {
    const text = get(name);
    if (text === undefined) return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value <= most)) {
      problems.push(`${name} must be a whole number from 0 to ${most}, not "${text}"`);
    }
    return value;
  };
  const url = (name: string, protocols: string[]) => {
    const text = get(name);
    if (text === undefined) return undefined;
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    if (parsed === undefined || !protocols.includes(parsed.protocol)) {
      problems.push(`${name} must be a URL that starts with ${protocols.join('// or ')}//`);
      return undefined;
    }
    return text;
  };
  const secret = (name: string) => {
    const text = get(name);
    if (text !== undefined && text.length < SHORTEST_SECRET) {
      problems.push(`${name} must have at least ${SHORTEST_SECRET} characters`);
    }
    return text;
  };

  const postgres = ['postgres:', 'postgresql:'];
  const port = whole('PORT', 3000, 65_535);
  const host = get('HOST') ?? '127.0.0.1';
  const databaseUrl = url('DATABASE_URL', postgres);
  const adminUrl = url('DATABASE_ADMIN_URL', postgres);
  const dataDir = get('CLIENTELE_DATA_DIR') ?? './data';
  const durability = get('CLIENTELE_DURABILITY') ?? 'fsync';
  const publicUrl = (
    url('CLIENTELE_PUBLIC_URL', ['http:', 'https:']) ?? `http://localhost:${port}`
  ).replace(/\/+$/, '');
  const stripeKey = get('STRIPE_SECRET_KEY');
  const webhookSecret = get('STRIPE_WEBHOOK_SECRET');
  const apiBase = url('STRIPE_API_BASE', ['http:', 'https:']);
  const smtp = url('SMTP_URL', ['smtp:', 'smtps:']);
  const named = get('VIES_REQUESTER');
  const requester = readVatNumber(named);
  if (named !== undefined && requester === undefined) {
    problems.push(
      `VIES_REQUESTER must be a VAT number of the European Union with its country, not "${named}"`,
    );
  }
  const config: Config = {
    host,
    port,
    dataDir,
    databaseUrl,
    adminUrl,
    rootToken: secret('CLIENTELE_ROOT_TOKEN'),
    secret: secret('CLIENTELE_SECRET'),
    publicUrl,
    smtp: smtp === undefined ? undefined : smtpTarget(smtp, publicUrl),
    stripe:
      stripeKey === undefined || webhookSecret === undefined
        ? undefined
        : { secretKey: stripeKey, webhookSecret, apiBase },
    vies: {
      url: url('VIES_URL', ['http:', 'https:']),
      requester: requester && requester.country + requester.number,
    },
    rateLimit: whole('CLIENTELE_RATE_LIMIT', 6_000, 1_000_000_000),
    trustProxy: whole('CLIENTELE_TRUST_PROXY', 0, 32),
    erasureLog: get('CLIENTELE_ERASURE_LOG') ?? `${dataDir}/erasures.log`,
    durability: durability as Config['durability'],
    platforms: readPlatforms(get, url, (text) => problems.push(text)),
  };
  if (durability !== 'fsync' && durability !== 'relaxed') {
    problems.push(`CLIENTELE_DURABILITY must be fsync or relaxed, not "${durability}"`);
  }
  if (stripeKey !== undefined && webhookSecret === undefined) {
    problems.push('STRIPE_WEBHOOK_SECRET is required with STRIPE_SECRET_KEY');
  }
  if (get('DATABASE_URL') !== undefined && get('CLIENTELE_SECRET') === undefined) {
    problems.push('CLIENTELE_SECRET is required with DATABASE_URL');
  }
  if (get('DATABASE_ADMIN_URL') !== undefined && get('DATABASE_URL') === undefined) {
    problems.push('DATABASE_ADMIN_URL needs DATABASE_URL, the plain role that serves');
  }
  if (databaseUrl !== undefined && databaseUrl === adminUrl) {
    problems.push('DATABASE_URL and DATABASE_ADMIN_URL must name different roles');
  }
  if (problems.length > 0) throw new ConfigProblems(problems);
  return config;
}
