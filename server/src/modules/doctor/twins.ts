import type { Caller } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { issueCredential } from '../credentials/index.ts';
import { createCustomer } from '../customers/index.ts';
import { addMember } from '../members/index.ts';
import { mergeCustomers } from '../merge/index.ts';
import { createMeter, creditMeter, ingestEvents } from '../meters/index.ts';
import { openSession } from '../portal-sessions/index.ts';
import { writeRecord } from '../records/index.ts';
import { createWorkspace, purgeWorkspace } from '../workspaces/index.ts';
import { leftBehind } from './catalogue.store.ts';
import type { Specimens, Twin } from './probe.ts';

const FAR_PAST = '2026-01-01T00:00:00.000Z';

/**
 * Fills a workspace. Both twins get the same values, so a unique index without its workspace
 * shows at once; besides, each has a customer that the other has not, to be looked for.
 */
async function fill(app: App, caller: Caller): Promise<Specimens> {
  const as = (): Caller => ({ ...caller });
  const external = 'doctor-twin';
  const twin = await createCustomer(app, as(), {
    email: 'twin@doctor.example',
    name: 'Doctor Twin',
    external_id: external,
    type: 'team',
    metadata: { kind: 'twin' },
  });
  const member = await addMember(app, as(), {
    customer_id: twin.id,
    email: 'member@doctor.example',
    name: 'Doctor Member',
    external_id: 'doctor-member',
  });
  const meter = await createMeter(app, as(), {
    name: 'doctor-meter',
    aggregation: { type: 'count' },
  });
  await creditMeter(app, as(), { customerId: twin.id, meterId: meter.id, units: 10 });
  await ingestEvents(app, as(), [
    { name: 'doctor', external_id: 'doctor-event', customer_id: twin.id, timestamp: FAR_PAST },
  ]);
  const mark = `doctor-${newId()}`;
  const only = await createCustomer(app, as(), {
    email: `${mark}@doctor.example`,
    name: mark,
    external_id: mark,
    metadata: { mark },
  });
  const [source, target] = [await part(app, as()), await part(app, as())];
  const pair = { source_customer_id: source, target_customer_id: target };
  const merge = await mergeCustomers(app, as(), pair);
  await writeRecord(app, as(), twin.id, { kind: 'invoice', external_id: 'doctor-invoice' });
  return {
    ids: {
      workspace: caller.workspaceId,
      customer: twin.id,
      owner: twin.members[0]?.id ?? twin.id,
      member: member.id,
      meter: meter.id,
      merge: merge.id,
      source_customer: only.id,
      target_customer: twin.id,
      other_customer: only.id,
      other_member: only.members[0]?.id ?? only.id,
    },
    texts: {
      external_customer: mark,
      customer_external: mark,
      external_member: 'doctor-member',
      email: `${mark}@doctor.example`,
      mark,
    },
  };
}

/** A customer that is there for a merge. */
const part = async (app: App, caller: Caller) =>
  (await createCustomer(app, caller, { email: `part-${newId()}@doctor.example` })).id;

async function open(app: App, operator: Caller): Promise<{ id: string; twin(): Promise<Twin> }> {
  const { id } = await createWorkspace(
    app,
    { ...operator },
    { name: 'Doctor', slug: `doctor-${newId()}`, ephemeral: true },
  );
  const inside: Caller = {
    ...operator,
    entry: { as: 'workspace' },
    workspaceId: id,
    actor: { kind: 'job', id: 'doctor', name: 'doctor' },
  };
  return {
    id,
    twin: async () => {
      const specimens = await fill(app, inside);
      const { customer: customer_id = null, owner: member_id = null } = specimens.ids;
      return {
        specimens,
        credential: async (kind) => {
          const input = { kind, name: 'doctor', scopes: ['*'] };
          return (await issueCredential(app, { ...operator }, id, input)).secret;
        },
        session: async () =>
          (await openSession(app, { ...inside }, { customer_id, member_id })).token,
      };
    },
  };
}

/** Lends two throw-away workspaces with equal data, and removes them whatever happens. */
export async function withTwins<T>(
  app: App,
  operator: Caller,
  use: (own: Twin, foreign: Twin) => Promise<T>,
): Promise<T> {
  const { rows } = await app.work({ ...operator }, (w) => w.defer<{ id: string }>(leftBehind()));
  const made = rows.map((row) => row.id);
  try {
    const doors = [];
    for (let i = 0; i < 2; i += 1) {
      const door = await open(app, operator);
      made.push(door.id);
      doors.push(door);
    }
    const [own, foreign] = doors as [(typeof doors)[0], (typeof doors)[0]];
    return await use(await own.twin(), await foreign.twin());
  } finally {
    await Promise.all(made.map((id) => purgeWorkspace(app, { ...operator }, id)));
  }
}
