import { burst } from './reads.ts';
import { median, print } from './report.ts';
import { rootToken, type Stage } from './stage.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const SAMPLES = 1_000;
const LOGINS = 20;
const SESSION = '/api/customer-portal/customer-session';

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** The own profile of a portal session against the bare baseline with the same query. */
export async function portalReads(stage: Stage): Promise<void> {
  const { service, baseline, workspaceId, customerId, token } = stage;
  const opened = await post(
    `${service.url}/api/customer-sessions/`,
    { customer_id: customerId },
    { authorization: `Bearer ${token}` },
  );
  const session = ((await opened.json()) as { token: string }).token;
  const bare = `${baseline.url}/bare/${workspaceId}/${customerId}`;
  const ratios: number[] = [];
  const costs: string[] = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    const ours = await burst(
      stage,
      service.pid,
      `${service.url}/api/customer-portal/customers/me`,
      {
        token: session,
      },
    );
    const base = await burst(stage, baseline.pid, bare);
    ratios.push(ours.perSecond / base.perSecond);
    costs.push(`${ours.node.toFixed(0)}+${ours.database.toFixed(0)}`);
    costs.push(`${base.node.toFixed(0)}+${base.database.toFixed(0)}`);
  }
  print({
    name: 'portal profile / bare Fastify + pg',
    ratio: median(ratios),
    goal: { atLeast: 0.7 },
    detail: `CPU us/request (Node+PostgreSQL) ${costs.at(-2)} against ${costs.at(-1)}`,
  });
}

/** The area under the curve of telling two samples apart: 0.5 is a coin, 0 and 1 are certainty. */
function auc(a: number[], b: number[]): number {
  const all = [...a.map((v) => ({ v, of: 'a' })), ...b.map((v) => ({ v, of: 'b' }))];
  all.sort((x, y) => x.v - y.v);
  let below = 0;
  let sum = 0;
  for (const { of } of all) {
    if (of === 'a') below += 1;
    else sum += below;
  }
  return sum / (a.length * b.length);
}

/**
 * Signing in from the request to the session, and whether the time of a request for a code tells
 * a known address from an unknown one (threats.md T16). Limits are by address, so each request
 * comes from another one (CLIENTELE_TRUST_PROXY is 1 on this stage).
 */
export async function portalLogin(stage: Stage): Promise<void> {
  const { service, workspaceId, owner } = stage;
  let n = 0;
  const from = () => {
    n += 1;
    return { 'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}` };
  };
  const ask = async (email: string) => {
    const began = performance.now();
    const answer = await post(
      `${service.url}${SESSION}/request`,
      { email, workspace_id: workspaceId },
      from(),
    );
    await answer.arrayBuffer();
    if (answer.status !== 202) throw new Error(`${answer.status} for a request for a code`);
    return performance.now() - began;
  };
  const { rows } = await owner.query(
    'select email from clientele.customers where workspace_id = $1 order by id limit $2',
    [workspaceId, SAMPLES + LOGINS],
  );
  const emails = rows.map((r) => r.email as string);

  const logins: number[] = [];
  for (const email of emails.slice(0, LOGINS)) {
    const began = performance.now();
    await ask(email);
    let code: string | undefined;
    while (code === undefined) {
      const mails = await fetch(`${service.url}/admin/v1/mails?limit=1`, {
        headers: { authorization: `Bearer ${rootToken}` },
      });
      const [mail] = ((await mails.json()) as { data: { to: string; text: string }[] }).data;
      if (mail?.to === email) code = /[A-Z2-9]{4}-[A-Z2-9]{4}/.exec(mail.text)?.[0];
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const answer = await post(`${service.url}${SESSION}/authenticate`, { code }, from());
    if (answer.status !== 200) throw new Error(`${answer.status} for the right code`);
    logins.push(performance.now() - began);
  }
  print({
    name: 'portal login, request to session, ms',
    ratio: median(logins),
    goal: undefined,
    detail: 'with the mail kept; the queue is looked at every 250 ms',
  });

  const known: number[] = [];
  const unknown: number[] = [];
  for (const [i, email] of emails.slice(LOGINS).entries()) {
    const pair = [
      async () => known.push(await ask(email)),
      async () => unknown.push(await ask(email.replace('@', '-nobody@'))),
    ];
    for (const sample of i % 2 === 0 ? pair : pair.reverse()) await sample();
  }
  const score = auc(known, unknown);
  print({
    name: 'known told from unknown by time, |AUC - 0.5|',
    ratio: Math.abs(score - 0.5),
    goal: { atMost: 0.05 },
    detail: `AUC ${score.toFixed(3)} over 2 x ${SAMPLES} interleaved samples`,
  });
}
