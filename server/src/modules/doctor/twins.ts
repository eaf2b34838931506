import type { Caller } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { issueCredential } from '../credentials/index.ts';
import { createCustomer } from '../customers/index.ts';
import { addPayment, createSession, takeDownload } from '../file-sharing/index.ts';
import { addMember } from '../members/index.ts';
import { mergeCustomers } from '../merge/index.ts';
import { createMeter, creditMeter, ingestEvents } from '../meters/index.ts';
import { addPaymentMethod } from '../payment-methods/index.ts';
import { openSession } from '../portal-sessions/index.ts';
import { writeRecord } from '../records/index.ts';
import { createShare } from '../shares/index.ts';
import { creditWallet, getPrimaryWallet, holdMoney } from '../wallets/index.ts';
import { createWorkspace, purgeWorkspace } from '../workspaces/index.ts';
import { leftBehind } from './catalogue.store.ts';
import type { Specimens, Twin } from './probe.ts';

const FAR_PAST = '2026-01-01T00:00:00.000Z';

/** Something on offer, with a file of it that was paid for and downloaded. */
async function shareFile(app: App, as: () => Caller, customer_id: string, mark: string) {
  const share = await createShare(app, as(), {
    name: 'Doctor Share',
    visibility: 'public',
    prices: [{ source: 'catalog', amount_type: 'free', price_currency: 'usd' }],
    medias: [],
  });
  const session = await createSession(app, as(), {
    short_slug: 'doctor',
    long_slug: 'doctor-session',
    max_downloads: 0,
    currency: 'usd',
    share_id: share.id,
  });
  await takeDownload(app, as(), session.id, { downloader_ip: '192.0.2.1' });
  const payment = await addPayment(app, as(), session.id, {
    status: 'pending',
    amount_cents: 100,
    platform_fee_cents: 0,
    stripe_payment_intent_id: mark,
    stripe_checkout_session_id: mark,
    customer_id,
  });
  return { share: share.id, session: session.id, payment: payment.id };
}

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
  const wallet = await getPrimaryWallet(app, as(), twin.id);
  await creditWallet(app, as(), wallet.id, { amount: '10' });
  const { hold } = await holdMoney(app, as(), wallet.id, { amount: '1' });
  const mark = `doctor-${newId()}`;
  const shared = await shareFile(app, as, twin.id, mark);
  const pay = (confirmation_token_id: string) =>
    addPaymentMethod(app, as(), twin.id, {
      confirmation_token_id,
      set_default: true,
      return_url: '',
    });
  const paid = await pay('ctoken_visa');
  const waiting = await pay('ctoken_3ds');
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
      wallet: wallet.id,
      to_wallet: wallet.id,
      hold: hold.id,
      payment_method: paid.status === 'succeeded' ? paid.method.id : twin.id,
      ...shared,
      merge: merge.id,
      source_customer: only.id,
      target_customer: twin.id,
      other_customer: only.id,
      other_member: only.members[0]?.id ?? only.id,
    },
    texts: {
      external_customer: mark,
      confirmation_token: `ctoken_${mark}`,
      setup_intent:
        waiting.status === 'requires_action'
          ? (waiting.clientSecret.split('_secret_')[0] ?? '')
          : '',
      customer_external: mark,
      external_member: 'doctor-member',
      email: `${mark}@doctor.example`,
      mark,
      stripe_checkout_session: mark,
      stripe_payment_intent: mark,
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
