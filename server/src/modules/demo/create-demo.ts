import { RunKey } from '../../db/long-runs.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { issueCredential } from '../credentials/index.ts';
import { archiveCustomer, createCustomer } from '../customers/index.ts';
import { addMember } from '../members/index.ts';
import { createMeter, creditMeter, ingestEvents, type UsageEvent } from '../meters/index.ts';
import { createWorkspace, getWorkspace, type Workspace } from '../workspaces/index.ts';
import { demoCustomers, likelyDuplicates } from './demo-customers.ts';

/** A filled workspace, a token for all of it, and how many of each thing were made. */
export interface Demo {
  workspace: Workspace;
  token: string;
  counts: Record<string, number>;
}

const MOST_DEMOS = 1_000;

/** The named workspace; without a name the first of demo, demo-2, demo-3 … that is free. */
async function makeWorkspace(
  app: App,
  caller: Caller,
  input: { name?: string; slug?: string },
): Promise<Workspace> {
  const name = input.name ?? 'Demo';
  if (input.slug !== undefined) return createWorkspace(app, caller, { name, slug: input.slug });
  for (let n = 1; ; n += 1) {
    const slug = n === 1 ? 'demo' : `demo-${n}`;
    try {
      return await createWorkspace(app, caller, { name, slug });
    } catch (error) {
      const taken = error instanceof DomainError && error.issues[0]?.path[0] === 'slug';
      if (!taken || n === MOST_DEMOS) throw error;
    }
  }
}

async function addCustomers(app: App, caller: Caller): Promise<{ ids: string[]; members: number }> {
  const ids: string[] = [];
  let members = 0;
  for (const { team = [], archived, ...draft } of demoCustomers) {
    const customer = await createCustomer(app, caller, draft);
    ids.push(customer.id);
    for (const person of team) {
      await addMember(app, caller, { ...person, customer_id: customer.id });
    }
    members += 1 + team.length;
    if (archived) await archiveCustomer(app, caller, { id: customer.id });
  }
  return { ids, members };
}

const USERS = 12;
const DAYS = 14;

/** Two weeks of usage of the first customers, newest last, growing from one to the next. */
function usage(ids: string[]): UsageEvent[] {
  const now = Date.now();
  return ids.slice(0, USERS).flatMap((customer_id, i) =>
    Array.from({ length: DAYS }, (_, day) => ({
      name: day % 2 === 0 ? 'api_call' : 'upload',
      external_id: `demo-${customer_id}-${day}`,
      customer_id,
      timestamp: new Date(now - (DAYS - day) * 86_400_000).toISOString(),
      metadata: { bytes: (i + 1) * (day + 1) * 1_000, region: i % 2 === 0 ? 'eu' : 'us' },
    })),
  );
}

async function addUsage(app: App, caller: Caller, ids: string[]): Promise<Record<string, number>> {
  const calls = await createMeter(app, caller, {
    name: 'API calls',
    filter: [{ property: 'name', operator: 'eq', value: 'api_call' }],
    aggregation: { type: 'count' },
  });
  const traffic = await createMeter(app, caller, {
    name: 'Uploaded bytes',
    filter: [{ property: 'name', operator: 'eq', value: 'upload' }],
    aggregation: { type: 'sum', property: 'bytes' },
  });
  const { inserted } = await ingestEvents(app, caller, usage(ids));
  const credited = ids.slice(0, USERS / 2);
  for (const customerId of credited) {
    await creditMeter(app, caller, { customerId, meterId: calls.id, units: 100 });
    await creditMeter(app, caller, { customerId, meterId: traffic.id, units: 50_000 });
  }
  return { meters: 2, usage_events: inserted, meter_credits: 2 * credited.length };
}

async function make(
  app: App,
  caller: Caller,
  input: { name?: string; slug?: string },
): Promise<Demo> {
  const { id } = await makeWorkspace(app, caller, input);
  const credential = await issueCredential(app, caller, id, {
    kind: 'access_token',
    name: 'Demo',
    scopes: ['*'],
  });
  const inside: Caller = { ...caller, entry: { as: 'workspace' }, workspaceId: id };
  const { ids, members } = await addCustomers(app, inside);
  const used = await addUsage(app, inside, ids);
  return {
    workspace: await getWorkspace(app, caller, id),
    token: credential.secret,
    counts: {
      customers: ids.length,
      archived: demoCustomers.filter((c) => c.archived).length,
      likely_duplicates: likelyDuplicates,
      vat_numbers: demoCustomers.filter((c) => c.tax_identifiers !== undefined).length,
      members,
      ...used,
    },
  };
}

/**
 * Creates a workspace and fills it through the verbs any caller uses: teams, lookalikes, wrong VAT
 * numbers, names in many languages, archived customers, usage and credits.
 * Errors: 422 for a slug in use.
 */
export async function createDemo(
  app: App,
  caller: Caller,
  input: { name?: string; slug?: string },
): Promise<Demo> {
  const { idempotency, ...plain } = caller;
  if (idempotency === undefined) return make(app, plain, input);
  const key = new RunKey(plain, idempotency, app.keys);
  await app.work(plain, (w) => key.claim(w));
  try {
    const demo = await make(app, plain, input);
    await app.work(plain, (w) => w.defer(key.keep(demo)));
    return demo;
  } catch (error) {
    await app.work(plain, (w) => w.defer(key.fail(error))).catch(() => {});
    throw error;
  }
}
