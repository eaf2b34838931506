import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT_TOKEN, startProgram, type TestProgram, type TestWorkspace } from '../kit/program.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const chinook = join(root, 'examples/chinook/customers.csv');

let program: TestProgram;
let folder: string;
beforeAll(async () => {
  program = await startProgram();
  folder = mkdtempSync(join(tmpdir(), 'clientele-cli-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await program.close();
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs the command line as a person would, against the program of this file. */
function run(args: string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(root, 'server/src/cli/main.ts'), ...args],
      {
        env: {
          PATH: process.env.PATH ?? '',
          CLIENTELE_URL: program.url,
          CLIENTELE_ROOT_TOKEN: ROOT_TOKEN,
          ...env,
        },
      },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

const as = (ws: TestWorkspace, ...args: string[]) => run(args, { CLIENTELE_TOKEN: ws.token });
const summary = async (ran: Promise<Ran>) => {
  const { out, err } = await ran;
  if (out === '') throw new Error(err);
  return JSON.parse(out).summary;
};
const file = (name: string, content: string | Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('import', () => {
  it('takes the customers of Chinook as they are, and again without a change', async () => {
    const ws = await program.workspace();
    const args = ['import', chinook, '--map', 'company=name', '--json'];
    const first = await as(ws, ...args);
    expect(first.code).toBe(0);
    expect(first.err).toContain('Ignored columns: phone');
    expect(JSON.parse(first.out).summary).toEqual({
      created: 59,
      updated: 0,
      unchanged: 0,
      failed: 0,
    });
    expect(await summary(as(ws, ...args))).toEqual({
      created: 0,
      updated: 0,
      unchanged: 59,
      failed: 0,
    });
    const luis = await ws.api('GET', '/api/customers/external/1');
    expect(luis.body).toMatchObject({
      name: 'Embraer - Empresa Brasileira de Aeronáutica S.A.',
      email: 'luisg@embraer.com.br',
      billing_address: {
        line1: 'Av. Brigadeiro Faria Lima, 2170',
        city: 'São José dos Campos',
        state: 'SP',
        country: 'BR',
        postal_code: '12227-000',
      },
      members: [{ role: 'owner', name: 'Luís Gonçalves' }],
    });
    const leonie = await ws.api('GET', '/api/customers/external/2');
    expect(leonie.body).toMatchObject({
      name: 'Leonie Köhler',
      billing_address: { country: 'DE' },
    });
  });

  it('writes failed rows to a file that can be put right and sent again', async () => {
    const ws = await program.workspace();
    const source = file(
      'people.csv',
      Buffer.concat([
        Buffer.from('\ufeffE-Mail,Company,Country,Zip,Note,phone\r\n'),
        Buffer.from('a@x.test,Alpha,England,1,"two\nlines",1\r\n'),
        Buffer.from('no address,Beta,Narnia,2,"with, comma",2\r\n'),
        Buffer.from('\r\n'),
        Buffer.from('c@x.test,too,few\r\n'),
        Buffer.from('d@x.test,Delta,USA,4,ok,4\r\n'),
        Buffer.concat([
          Buffer.from('e@x.test,'),
          Buffer.of(0xe9),
          Buffer.from(',Germany,5,,5\r\n'),
        ]),
      ]),
    );
    const failed = join(folder, 'failed.csv');
    const args = ['--map', 'Note=metadata.note', '--map', 'phone=', '--json'];
    const ran = await as(ws, 'import', source, ...args, '--failed', failed);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out).summary).toEqual({
      created: 2,
      updated: 0,
      unchanged: 0,
      failed: 3,
    });
    expect(ran.err).toContain(`Failed rows: ${failed}`);
    const text = readFileSync(failed, 'utf8');
    const lines = text.trimEnd().split('\n');
    expect(lines[0]?.replace('\ufeff', '')).toBe('E-Mail,Company,Country,Zip,Note,phone,error');
    expect(lines[1]).toMatch(/^no address,Beta,Narnia,2,"with, comma",2,"?E-Mail: .*; Country: /);
    expect(lines[2]).toMatch(/^c@x\.test,too,few,.*3 cells/);
    expect(lines[3]).toContain('not UTF-8');
    expect(lines).toHaveLength(4);

    writeFileSync(
      failed,
      text
        .replace('no address', 'b@x.test')
        .replace('Narnia', 'Northern Ireland')
        .replace('c@x.test,too,few,', 'c@x.test,Gamma,Holland,3,,3,')
        .replace('\ufffd', 'é'),
    );
    const again = await as(ws, 'import', failed, ...args, '--failed', join(folder, 'failed-2.csv'));
    expect(again.err).toBe('');
    expect(JSON.parse(again.out).summary).toEqual({
      created: 3,
      updated: 0,
      unchanged: 0,
      failed: 0,
    });
    const { body } = await ws.api('GET', '/api/customers/?sorting=email');
    expect(
      body.data.map((c: { name: string; billing_address: { country: string } }) => [
        c.name,
        c.billing_address.country,
      ]),
    ).toEqual([
      ['Alpha', 'GB'],
      ['Beta', 'GB'],
      ['Gamma', 'NL'],
      ['Delta', 'US'],
      ['é', 'DE'],
    ]);
    expect(body.data[0].metadata).toEqual({ note: 'two\nlines' });
  });

  it('shows failed rows with their line where no file is named', async () => {
    const ws = await program.workspace();
    const source = file('two.csv', 'email,name\na@x.test,A\nnot one,B\n');
    const ran = await as(ws, 'import', source);
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/^line 3: email: /m);
    expect(ran.out).toMatch(/created +1\n/);
  });

  it('of our own export changes nothing, not even with remarks in it', async () => {
    const ws = await program.workspace();
    for (const name of ['=1+1', "'quoted", 'a "b",\nc', 'ﬁn ＝ 漢字']) {
      await ws.api('POST', '/api/customers/', {
        email: `${Math.random()}@x.test`,
        name,
        metadata: { n: 1, t: true },
      });
    }
    const out = join(folder, 'export.csv');
    expect((await as(ws, 'export', out)).code).toBe(0);
    expect((await as(ws, 'export')).out).toBe(readFileSync(out, 'utf8'));
    expect(await summary(as(ws, 'import', out, '--json'))).toMatchObject({
      unchanged: 4,
      failed: 0,
    });
    const remarked = readFileSync(out, 'utf8')
      .replace('Metadata\r\n', 'Metadata,error\r\n')
      .replaceAll('}"\r\n', '}",remark\r\n');
    expect(await summary(as(ws, 'import', file('remarked.csv', remarked), '--json'))).toMatchObject(
      { unchanged: 4, failed: 0 },
    );
  });

  it('takes NDJSON and JSON as they are, and a dry run keeps nothing', async () => {
    const ws = await program.workspace();
    const lines = file('people.ndjson', '{"email":"a@x.test","metadata":{"n":1}}\n{"email":7}\n');
    const dry = await as(ws, 'import', lines, '--dry-run');
    expect(dry.code).toBe(1);
    expect(dry.err).toContain('row 2: email: ');
    expect(dry.err).toContain('dry run');
    expect((await ws.api('GET', '/api/customers/')).body.meta.total).toBe(0);
    const array = file('people.json', '[{"email":"a@x.test","metadata":{"n":1}}]');
    expect(await summary(as(ws, 'import', array, '--json'))).toMatchObject({ created: 1 });
    const mapped = await as(ws, 'import', lines, '--map', 'a=b');
    expect(mapped).toMatchObject({
      code: 1,
      err: 'clientele: --map and --failed are for CSV files\n',
    });
  });

  it('refuses in one line what cannot work, before anything is sent', async () => {
    const ws = await program.workspace();
    const source = file('plain.csv', 'mail,name\na@x.test,A\n');
    const open = file('open.csv', 'email,name\na@x.test,A\nb@x.test,"never closed\n');
    for (const [args, message] of [
      [[source], 'no column is email or external_id'],
      [[source, '--map', 'post=email'], 'no column post'],
      [[source, '--map', 'mail=e-mail'], 'e-mail is none of'],
      [[source, '--map', 'mail=email', '--map', 'name=email'], 'another column'],
      [[source, '--map', 'mail=email', '--failed', source], 'another file'],
      [[source, '--map', 'mail=email', '--failed', join(folder, 'no/such')], 'cannot be written'],
      [[open], 'no CSV that can be read'],
      [[file('empty.csv', '')], 'is empty'],
      [[join(folder, 'nowhere.csv')], 'cannot be read'],
    ] as [string[], string][]) {
      const ran = await as(ws, 'import', ...args);
      expect(ran).toMatchObject({ code: 1, out: '' });
      expect(ran.err).toMatch(/^clientele: [^\n]+\n$/);
      expect(ran.err).toContain(message);
    }
    expect((await ws.api('GET', '/api/customers/')).body.meta.total).toBe(0);
  });
});

// A process a command: slow where the machine is busy.
const PATIENCE = 90_000;

describe('workspace and credential', () => {
  it(
    'go from the first token to the last',
    async () => {
      const made = JSON.parse((await run(['workspace', 'create', 'Élan & Söhne', '--json'])).out);
      expect(made).toMatchObject({ slug: 'elan-sohne', name: 'Élan & Söhne' });
      expect((await run(['workspace', 'list'])).out).toContain('elan-sohne');
      expect((await run(['workspace', 'get', 'elan-sohne'])).out).toContain(made.id);

      const issue = [
        'credential',
        'create',
        'elan-sohne',
        '--scope',
        'customers:read',
        '--scope',
        'customers:write',
        '--json',
      ];
      const issued = JSON.parse((await run(issue)).out);
      expect(issued.scopes).toEqual(['customers:read', 'customers:write']);
      const list = (token: string) => run(['customers', 'list'], { CLIENTELE_TOKEN: token });
      expect((await list(issued.token)).out).toBe('(none)\n');

      const rotated = JSON.parse(
        (await run(['credential', 'rotate', 'elan-sohne', issued.id, '--json'])).out,
      );
      expect((await list(issued.token)).code).toBe(1);
      expect((await list(rotated.token)).code).toBe(0);
      expect((await run(['workspace', 'block', 'elan-sohne'])).code).toBe(0);
      expect(await list(rotated.token)).toMatchObject({
        code: 1,
        err: 'clientele: the server does not accept the token (give it with --token or CLIENTELE_TOKEN)\n',
      });
      await run(['workspace', 'unblock', made.id]);
      expect((await list(rotated.token)).code).toBe(0);
      expect((await run(['credential', 'revoke', 'elan-sohne', rotated.id])).code).toBe(0);
      expect((await list(rotated.token)).code).toBe(1);
      expect((await run(['credential', 'list', 'elan-sohne'])).out.match(/revoked/g)).toHaveLength(
        2,
      );
      expect((await run(['workspace', 'delete', 'elan-sohne'])).code).toBe(0);
      expect(await run(['workspace', 'get', 'elan-sohne'])).toMatchObject({
        code: 1,
        err: 'clientele: there is no workspace elan-sohne\n',
      });
    },
    PATIENCE,
  );
});

describe('the operator', () => {
  it('seeds a demo and looks it over', async () => {
    const seeded = JSON.parse((await run(['seed', '--slug', 'shop-window', '--json'])).out);
    expect(seeded.workspace.slug).toBe('shop-window');
    const env = { CLIENTELE_TOKEN: seeded.token };
    const found = await run(['customers', 'list', '--query', 'nordlicht'], env);
    expect(found.out.match(/nordlicht/gi)?.length).toBeGreaterThan(2);
    expect((await run(['customers', 'get', 'crm-1005', '--external'], env)).out).toContain(
      '株式会社さくら製作所',
    );
    const taken = await run(['seed', '--slug', 'shop-window']);
    expect(taken).toMatchObject({ code: 1, out: '' });
    expect(taken.err).toMatch(/^clientele: 422: slug: [^\n]+\n$/);
    const doctor = await run(['doctor']);
    expect(doctor.code).toBe(0);
    expect(doctor.out).toMatch(/^OK +CHECK/);
    const ledger = await run(['doctor', 'ledger']);
    expect([ledger.code, ledger.out]).toEqual([0, expect.stringMatching(/^ok +yes/)]);
    const audit = await run(['audit', 'verify', '--json']);
    expect(audit.code).toBe(0);
    expect(JSON.parse(audit.out)).toMatchObject({ ok: true, broken: [] });
  });

  it('is told in one line when no server answers, no token is given or nothing is found', async () => {
    const ws = await program.workspace();
    for (const [args, env, message] of [
      [['customers', 'list'], {}, 'a token is needed'],
      [['--url', 'http://127.0.0.1:9', 'doctor'], {}, 'no answer from http://127.0.0.1:9'],
      [['--url', 'nowhere', 'doctor'], {}, 'no address of a server'],
      [['doctor'], { CLIENTELE_ROOT_TOKEN: 'wrong' }, 'does not accept the token'],
      [
        ['customers', 'get', 'no-such', '--external'],
        { CLIENTELE_TOKEN: ws.token },
        '404: Not found',
      ],
    ] as [string[], Record<string, string>, string][]) {
      const ran = await run(args, env);
      expect(ran).toMatchObject({ code: 1, out: '' });
      expect(ran.err).toMatch(/^clientele: [^\n]+\n$/);
      expect(ran.err).toContain(message);
    }
  });
});
