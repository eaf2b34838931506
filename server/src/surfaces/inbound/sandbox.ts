import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cutSlowBodies } from '../../http/server.ts';
import { notFound } from '../../kernel/errors.ts';

/** A set-up of the sandbox, as its page shows it. */
interface Setup {
  id: string;
  status: string;
  continueUrl: string;
}

/** The sandbox's own doors: where a person plays the customer's bank (README decision 24). */
export interface SandboxBank {
  show(id: string, secret: string): Promise<Setup | undefined>;
  decide(id: string, secret: string, decision: 'approve' | 'refuse'): Promise<Setup | undefined>;
}

const FORM = /^application\/x-www-form-urlencoded\b/i;
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";

const escaped = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);

function page(lines: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Payment sandbox</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:3em auto;padding:0 1em}
button{font:inherit;padding:.5em 1.2em;margin-right:.6em}input{font:inherit;width:100%}</style>
</head><body><h1>Payment sandbox</h1>${lines}</body></html>`;
}

function question(id: string, secret: string): string {
  const action = (decision: string) =>
    `formaction="/sandbox/setup-intents/${encodeURIComponent(id)}/${decision}"`;
  const field =
    secret === ''
      ? '<p><label>Client secret <input name="client_secret" required></label></p>'
      : `<input type="hidden" name="client_secret" value="${escaped(secret)}">`;
  return `<p>This stands in for the customer's bank. No card is charged.</p><form method="post">
${field}<p><button ${action('approve')}>Approve</button><button ${action('refuse')}>Refuse</button></p></form>`;
}

function verdict(setup: Setup): string {
  const approved = setup.status === 'succeeded';
  return `<p role="status">The payment method was ${approved ? 'approved' : 'refused'}.</p>
<p><a href="${escaped(setup.continueUrl)}">Go on</a></p>`;
}

function html(reply: FastifyReply, lines: string): string {
  reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY);
  return page(lines);
}

/** The client secret of a body, sent as JSON or by the page's form. */
function secretOf(request: FastifyRequest): string {
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  if (FORM.test(request.headers['content-type'] ?? '')) {
    return new URLSearchParams(text).get('client_secret') ?? '';
  }
  try {
    const { client_secret: secret } = JSON.parse(text) as { client_secret?: unknown };
    return typeof secret === 'string' ? secret : '';
  } catch {
    return '';
  }
}

/** Where a person decides on a set-up that waits; only while the sandbox serves. */
export function addSandboxRoutes(server: FastifyInstance, bank: SandboxBank): void {
  server.register(async (scope) => {
    cutSlowBodies(scope);
    addRoutes(scope, bank);
  });
}

function addRoutes(server: FastifyInstance, bank: SandboxBank): void {
  const config = (operation: string) => ({ surface: 'sandbox', operation });
  server.route<{ Params: { id: string }; Querystring: { client_secret?: string } }>({
    method: 'GET',
    url: '/sandbox/setup-intents/:id',
    config: config('sandbox_setup_intent'),
    handler: async (request, reply) => {
      const { id } = request.params;
      const secret = String(request.query.client_secret ?? '');
      if (secret === '') return html(reply, question(id, ''));
      const setup = await bank.show(id, secret);
      if (setup === undefined) throw notFound();
      return html(
        reply,
        setup.status === 'requires_action' ? question(id, secret) : verdict(setup),
      );
    },
  });
  for (const decision of ['approve', 'refuse'] as const) {
    server.route<{ Params: { id: string } }>({
      method: 'POST',
      url: `/sandbox/setup-intents/:id/${decision}`,
      config: config(`sandbox_${decision}`),
      handler: async (request, reply) => {
        const setup = await bank.decide(request.params.id, secretOf(request), decision);
        if (setup === undefined) throw notFound();
        const form = FORM.test(request.headers['content-type'] ?? '');
        if (form) return html(reply, verdict(setup));
        return { id: setup.id, status: setup.status };
      },
    });
  }
}
