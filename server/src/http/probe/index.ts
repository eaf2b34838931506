import { randomUUID } from 'node:crypto';
import type { Contract, Operation } from '@clientele/contracts/lib/operation.ts';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { type CredentialKind, credentialKinds } from '../../modules/credentials/index.ts';
import type { Crossing, ProbeReport, Twin } from '../../modules/doctor/index.ts';
import { type Attempt, attempt, neverExisted } from './requests.ts';
import { type Slot, slotsOf } from './slots.ts';

const TOO_MANY = 429;
const SIGNED_OUT = 401;
/** Differ between any two answers, or count requests. */
const VOLATILE = /^(date|x-request-id|retry-after|(x-)?ratelimit.*|connection|keep-alive)$/;

type Send = (made: Attempt) => Promise<LightMyRequestResponse>;

const kindFor = (surface: string): CredentialKind | undefined =>
  (Object.keys(credentialKinds) as CredentialKind[]).find(
    (kind) => credentialKinds[kind].surface === surface,
  );

/** Sends as a workspace; limits are per credential, so a spent one is replaced, and an ended one. */
function sender(server: FastifyInstance, o: Operation, twin: Twin, tokens: Tokens): Send {
  const media = o.stream?.mediaTypes[0] ?? 'application/json';
  return async ({ method, url, body }) => {
    for (let fresh = false; ; fresh = true) {
      const answer = await server.inject({
        method: method as 'GET',
        url,
        headers: {
          authorization: `Bearer ${await tokens.of(twin, fresh)}`,
          ...(body === undefined ? {} : { 'content-type': media }),
          ...(o.demandsKey === true ? { 'idempotency-key': randomUUID() } : {}),
        },
        ...(body === undefined ? {} : { payload: body as string | object }),
      });
      const spent = answer.statusCode === TOO_MANY || answer.statusCode === SIGNED_OUT;
      if (!spent || fresh) return answer;
    }
  };
}

class Tokens {
  readonly #issue: (twin: Twin) => Promise<string>;
  #token: Promise<string> | undefined;
  constructor(issue: (twin: Twin) => Promise<string>) {
    this.#issue = issue;
  }
  /** The token in use; another, where that one is spent or has been signed out. */
  of(twin: Twin, fresh: boolean): Promise<string> {
    if (fresh || this.#token === undefined) this.#token = this.#issue(twin);
    return this.#token;
  }
}

/** How a workspace gets into an operation; undefined for one that no twin can be let into. */
function lettingIn(surface: string, o: Operation): ((twin: Twin) => Promise<string>) | undefined {
  if (o.access.by === 'session') return (twin) => twin.session();
  const kind = o.access.by === 'credential' ? kindFor(surface) : undefined;
  return kind === undefined ? undefined : (twin) => twin.credential(kind);
}

/**
 * What an answer says once the probed value is taken out. A write that succeeded made something
 * new, whose id, times and hashes are its own.
 */
function said(answer: LightMyRequestResponse, probed: string, write: boolean): string {
  const headers = Object.entries(answer.headers)
    .filter(([name]) => !VOLATILE.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = `${answer.statusCode}\n${JSON.stringify(headers)}\n${answer.body}`
    .replace(/"request_id":"[^"]*"/, '')
    .replaceAll(probed, '<probed>')
    .replaceAll(encodeURIComponent(probed), '<probed>');
  if (!write || answer.statusCode >= 300) return text;
  return text
    .replace(/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{64}/g, '<new>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<now>')
    .replace(/"etag","[^,\]]*"/, '<new>');
}

const nameOf = (slot: Slot) => `${slot.in} ${slot.path.join('.')}`;

/** Tries one slot with everything the other workspace has. */
async function trySlot(
  o: Operation,
  slot: Slot,
  twins: { own: Twin; foreign: Twin },
  send: Send,
): Promise<{ probes: number; crossings: Crossing[] }> {
  const { ids, texts } = twins.foreign.specimens;
  const write = o.method !== 'get';
  const secrets = [...Object.values(ids), ...Object.values(texts)];
  const crossings: Crossing[] = [];
  const values = Object.entries(slot.kind === 'id' ? ids : texts);
  const ask = (v: string) => send(attempt(o, twins.own.specimens, { slot, value: v }));
  let unknown: string | undefined;
  for (const [noun, value] of values) {
    if (unknown === undefined || slot.kind === 'text') {
      const never = neverExisted(value);
      unknown = said(await ask(never), never, write);
    }
    const answer = await ask(value);
    const foreign = said(answer, value, write);
    const shown = secrets.find((s) => s !== value && !value.includes(s) && answer.body.includes(s));
    const detail =
      shown !== undefined
        ? `given the ${noun} of another workspace, the answer shows more of it`
        : foreign !== unknown
          ? `the ${noun} of another workspace answers ${answer.statusCode}, unlike one that never existed`
          : undefined;
    if (detail !== undefined) crossings.push({ operation: o.id, slot: nameOf(slot), detail });
  }
  return { probes: values.length, crossings };
}

/** An operation that answers nobody cannot show whom it leaks to: reading one's own must work. */
async function worksForOwn(o: Operation, own: Twin, send: Send): Promise<string | undefined> {
  if (o.method !== 'get') return undefined;
  const { statusCode } = await send(attempt(o, own.specimens));
  return statusCode === o.success.status
    ? undefined
    : `${o.id} could not be tried: it answers ${statusCode} to who asks for its own`;
}

/**
 * Tries every operation that a credential opens as one workspace, with the ids of another in
 * every slot, against the server in this process. The doctor's `Probe`.
 */
export async function probeIsolation(
  server: FastifyInstance,
  contracts: readonly Contract[],
  own: Twin,
  foreign: Twin,
): Promise<ProbeReport> {
  const report: ProbeReport = { operations: 0, probes: 0, crossings: [], untried: [] };
  for (const contract of contracts) {
    const open = contract.operations.filter(
      ({ access, remote }) => !remote && ['credential', 'session'].includes(access.by),
    );
    const tokens = new Map<string, Tokens>();
    for (const o of open) {
      const issue = lettingIn(contract.surface, o);
      if (issue === undefined) {
        report.untried.push(`no credential opens ${o.id}`);
        continue;
      }
      const known = tokens.get(o.access.by) ?? new Tokens(issue);
      tokens.set(o.access.by, known);
      const send = sender(server, o, own, known);
      report.operations += 1;
      const untried = await worksForOwn(o, own, send);
      if (untried !== undefined) report.untried.push(untried);
      for (const slot of slotsOf(o)) {
        const { probes, crossings } = await trySlot(o, slot, { own, foreign }, send);
        report.probes += probes;
        report.crossings.push(...crossings);
      }
    }
  }
  return report;
}
