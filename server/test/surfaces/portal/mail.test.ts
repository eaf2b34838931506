import { afterAll, beforeAll, expect, it } from 'vitest';
import { smtpMailer } from '../../../src/providers/mail/smtp.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { type Received, startMailServer, type TestMailServer } from '../../kit/smtp.ts';
import { askCode, codesIn, newEmail, newTeam, portal, tryCode } from './portal-kit.ts';

let server: TestMailServer;
let program: TestProgram;
beforeAll(async () => {
  server = await startMailServer();
  const mailer = smtpMailer({ url: server.url, from: 'portal@example.com' });
  program = await startProgram({ mailer, trustProxy: 1 });
});
afterAll(async () => {
  await program.close();
  await server.close();
});

const last = () => server.received.at(-1) as Received;
const header = (mail: Received, name: string) =>
  mail.headers.filter((h) => h.toLowerCase().startsWith(`${name}:`));
/** A part of a mail, decoded from quoted-printable. */
const text = (mail: Received) =>
  mail.raw
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Lets the time pass until jobs that failed are tried again. */
const later = async () => {
  await program.database.owner('update jobs set run_at = now() where failed_at is null');
  await program.settle();
};

it('brings the code by SMTP to the one who asked, and keeps no copy', async () => {
  const ws = await program.workspace();
  const email = newEmail('smtp');
  await ws.api('POST', '/api/customers/', { email, name: 'Ann' });
  await askCode(program, { email, workspace_id: ws.id }, '203.0.113.1');
  await program.settle();
  const mail = last();
  expect([mail.from, mail.to]).toEqual(['portal@example.com', [email]]);
  expect(header(mail, 'subject')[0]).toContain('Workspace');
  expect(header(mail, 'from')[0]).toContain('portal@example.com');
  expect(header(mail, 'from')[0]).toContain('(via Clientele)');
  expect(mail.raw).toContain('text/plain');
  expect(mail.raw).toContain('text/html');
  const [code] = codesIn(text(mail));
  expect((await tryCode(program, { code }, '203.0.113.1')).status).toBe(200);
  expect(await program.mails()).toEqual([]);
});

it('tries again when the server refuses for now', async () => {
  const ws = await program.workspace();
  const email = newEmail('later');
  await ws.api('POST', '/api/customers/', { email });
  server.refuseNext = 2;
  const before = server.received.length;
  await askCode(program, { email, workspace_id: ws.id }, '203.0.113.2');
  await program.settle();
  expect(server.received.length).toBe(before);
  await later();
  expect(server.received.length).toBe(before);
  await later();
  expect(server.received.length).toBe(before + 1);
  expect(last().to).toEqual([email]);
  await later();
  expect(server.received.length).toBe(before + 1);
});

it('keeps no address and no code in the clear on its way (T25)', async () => {
  const ws = await program.workspace();
  const email = newEmail('canary');
  await ws.api('POST', '/api/customers/', { email });
  server.refuseNext = 1;
  await askCode(program, { email, workspace_id: ws.id }, '203.0.113.3');
  await program.settle();
  const [row] = await program.database.owner<{ dump: string }>(
    `select coalesce(string_agg(t.line, '|'), '') as dump from (
       select m::text as line from mails m union all select j::text from jobs j
       union all select t::text from one_time_tokens t
       union all select a::text from attempt_counters a) t`,
  );
  expect(row?.dump.length).toBeGreaterThan(100);
  const inHex = (s: string) => Buffer.from(s).toString('hex');
  for (const form of [email, inHex(email)]) expect(row?.dump).not.toContain(form);
  await later();
  const [code = ''] = codesIn(text(last()));
  for (const form of [code, code.replace('-', ''), inHex(code.replace('-', ''))]) {
    expect(row?.dump).not.toContain(form);
  }
});

it('lets no name or address add a header or a recipient (T20)', async () => {
  const evils = [
    'x\r\nBcc: victim@example.com',
    'x\nBcc: victim@example.com',
    'x\rBcc: victim@example.com',
    'x\u2028Bcc: victim@example.com',
    'x\u0085Bcc: victim@example.com',
    '"x" <victim@example.com>, y',
    'x, victim@example.com',
    'x; victim@example.com',
    '=?utf-8?Q?x=0D=0ABcc:_victim@example.com?=',
    '<script>alert(1)</script>',
    'n'.repeat(250),
    'name@example.com"\r\nTo: victim@example.com',
  ];
  for (const [i, name] of evils.entries()) {
    const slug = `evil-${process.pid}-${i}`;
    const made = await program.root('POST', '/admin/v1/workspaces', { name, slug });
    if (made.status === 422) continue;
    const { body: credential } = await program.root(
      'POST',
      `/admin/v1/workspaces/${made.body.id}/credentials`,
      { kind: 'access_token', name: 'evil', scopes: ['*'] },
    );
    const ws = await program.workspace();
    const evil = {
      ...ws,
      id: made.body.id as string,
      api: (method: string, path: string, body?: unknown) =>
        fetch(program.url + path, {
          method,
          headers: {
            authorization: `Bearer ${credential.token}`,
            'content-type': 'application/json',
          },
          body: JSON.stringify(body),
        }).then(async (r) => ({
          status: r.status,
          headers: r.headers,
          text: '',
          body: await r.json(),
        })),
    };
    const team = await newTeam(evil as never);
    await evil.api('PATCH', `/api/customers/${team.id}`, { name });
    const email = newEmail('mailed');
    await portal(program, team.owner.token)('POST', '/members', { email, name });
    await askCode(program, { email, workspace_id: evil.id }, `203.0.114.${i}`);
    const before = server.received.length;
    await program.settle();
    expect(server.received.length).toBe(before + 2);
    for (const mail of server.received.slice(before)) {
      expect([name, mail.to]).toEqual([name, [email]]);
      expect(mail.from).toBe('portal@example.com');
      for (const one of ['to', 'from', 'subject']) expect(header(mail, one)).toHaveLength(1);
      for (const none of ['bcc', 'cc']) expect(header(mail, none)).toEqual([]);
      expect(header(mail, 'to')[0]).toBe(`To: ${email}`);
      expect(mail.raw.split('text/html').at(-1)).not.toContain('<script>');
    }
  }
});

it('takes no address that could be more than one', async () => {
  const team = await newTeam(await program.workspace());
  const add = (email: string) => portal(program, team.owner.token)('POST', '/members', { email });
  for (const email of [
    'a@example.com, victim@example.com',
    'a@example.com\r\nBcc: victim@example.com',
    'a@example.com\u0000',
    'a@example.com>\r\nRCPT TO:<victim@example.com',
    'a@example.com;victim@example.com',
  ]) {
    const { status, body } = await add(email);
    expect([email, status, body.detail?.[0]?.loc?.[0]]).toEqual([email, 422, 'body']);
  }
});
