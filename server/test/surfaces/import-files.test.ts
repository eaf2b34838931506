import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../kit/program.ts';
import { csv, ndjson, send, statuses } from './import-kit.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const MIB = 1024 * 1024;
const brief = (v: { line: number; status: string; errors?: { type: string }[] }) =>
  `${v.line} ${v.status}${v.errors === undefined ? '' : ` ${v.errors[0]?.type}`}`;

describe('a broken line costs itself alone', () => {
  it('in CSV, under the line its record starts on', async () => {
    const ws = await program.workspace();
    const file = Buffer.concat([
      Buffer.from('\ufeffemail,name,metadata.note\r\n'),
      Buffer.from('a@x.test,"first\nsecond\r\nthird","say ""hi"", please"\r\n'),
      Buffer.from('b@x.test,too few\n'),
      Buffer.from('\r\n\n'),
      Buffer.from('c@x.test,a,b,too many\n'),
      Buffer.concat([Buffer.from('d@x.test,'), Buffer.of(0xff, 0xfe), Buffer.from(',n\n')]),
      Buffer.from('e@x.test,"quoted"text,n\n'),
      Buffer.from('f@x.test,5" pipe,n\n'),
      Buffer.from(`g@x.test,${'x'.repeat(MIB)},n\n`),
      Buffer.from(`h@x.test,"${'y\n'.repeat(40)}",n\n`),
      Buffer.from('i@x.test,"never closed,n\n'),
      Buffer.from('j@x.test,last,nul\0\n'),
      Buffer.from('k@x.test,no line end,n'),
    ]);
    const { verdicts } = await send(ws, 'csv', file);
    expect(verdicts.map(brief)).toEqual([
      '2 created',
      '5 failed column_count',
      '8 failed column_count',
      '9 failed value_error',
      '10 failed csv_invalid',
      '11 created',
      '12 failed row_too_long',
      '13 created',
      '54 failed csv_invalid',
      '55 failed value_error',
      '56 created',
    ]);
    const { body } = await ws.api('GET', '/api/customers/?email=a@x.test');
    expect(body.data[0]).toMatchObject({
      name: 'first\nsecond\r\nthird',
      metadata: { note: 'say "hi", please' },
    });
  });

  it('in NDJSON', async () => {
    const ws = await program.workspace();
    const file = [
      '\ufeff{"email":"a@x.test"}',
      '{"email":"b@x.test"',
      '',
      '  \t',
      '[1]',
      'null',
      '{"email":"c@x.test","email":"d@x.test"}',
      '{"email":"e@x.test","metadata":{"__proto__":"x"}}',
      '{"email":"f@x.test","metadata":{"n":9007199254740993}}',
      `{"email":"g@x.test","metadata":${'['.repeat(100_000)}}`,
      `{"email":"h@x.test","name":"${'x'.repeat(MIB)}"}`,
      '{"email":"i@x.test","name":"a\\u0000b"}',
      '{"email":7,"name":[]}\r',
      '{"email":"z@x.test"}\r',
    ].join('\n');
    const { verdicts } = await send(ws, 'ndjson', file);
    expect(verdicts.map(brief)).toEqual([
      '1 created',
      '2 failed json_invalid',
      '5 failed model_attributes_type',
      '6 failed model_attributes_type',
      '7 failed json_invalid',
      '8 failed json_invalid',
      '9 failed json_invalid',
      '10 failed json_invalid',
      '11 failed row_too_long',
      '12 failed json_invalid',
      '13 failed string_type',
      '14 created',
    ]);
  });

  it('in a JSON array, counted from 1; where the array itself breaks, the rest fails as one', async () => {
    const ws = await program.workspace();
    const whole = await send(
      ws,
      'json',
      `[ {"email":"a@x.test","name":"],\\"[{"}, {bad}, 7, {"email":"b@x.test", "name": "${'x'.repeat(MIB)}"}, {"email":"c@x.test"} ]\n`,
    );
    expect(whole.verdicts.map(brief)).toEqual([
      '1 created',
      '2 failed json_invalid',
      '3 failed model_attributes_type',
      '4 failed row_too_long',
      '5 created',
    ]);
    const cut = await send(ws, 'json', '[{"email":"d@x.test"},{"email":"e@x.test"},{"ema');
    expect(cut.verdicts.map(brief)).toEqual(['1 created', '2 created', '3 failed json_invalid']);
    const none = await send(ws, 'json', '{"email":"f@x.test"}');
    expect(none.verdicts.map(brief)).toEqual(['1 failed json_invalid']);
    const more = await send(ws, 'json', '[{"email":"g@x.test"}] [{"email":"h@x.test"}]');
    expect(more.verdicts.map(brief)).toEqual(['1 created', '2 failed json_invalid']);
  });

  it('does not read a file over and over whose quotes never close', async () => {
    const ws = await program.workspace();
    const file = `email,name\n${'a","b\n'.repeat(400_000)}`;
    const { summary } = await send(ws, 'csv', file);
    expect(summary.failed).toBeGreaterThan(0);
    expect(summary.created).toBe(0);
  });
});

describe('a CSV header', () => {
  it('that names no column, or one twice, is refused before anything is done', async () => {
    const ws = await program.workspace();
    const post = (file: string | Buffer) =>
      ws.api('POST', '/api/customers/import', file, { 'content-type': 'text/csv' });
    for (const file of [
      'mail;name\na@x.test;b\n',
      'email,name,email\na@x.test,b,c\n',
      Buffer.of(0xff, 0x0a),
      'email,"na\n',
    ]) {
      const refused = await post(file);
      expect(refused.status).toBe(422);
      expect(refused.body.error).toBe('RequestValidationError');
      expect(refused.body.detail).toHaveLength(1);
    }
    expect((await ws.api('GET', '/api/customers/')).body.meta.total).toBe(0);
  });

  it('may have columns nobody knows, in any order', async () => {
    const ws = await program.workspace();
    const file = csv(
      ['x', ' name ', '', 'metadata.', 'email', '__proto__', 'metadata.__proto__'],
      ['1', 'N', '2', '3', 'a@x.test', '4', '5'],
    );
    const { verdicts } = await send(ws, 'csv', file);
    const { body } = await ws.api('GET', `/api/customers/${verdicts[0]?.id}`);
    expect(body).toMatchObject({ name: 'N', email: 'a@x.test', metadata: {} });
  });
});

describe('the export', () => {
  const nasty = [
    '=cmd|calc!A1',
    "'+1",
    "''=2",
    '+1',
    '-1',
    '@sum',
    '＝1+1',
    '＠x',
    "O'Neil",
    "'quoted'",
    'a "b", c',
    'line\nbreak\r\nand more',
    'Łódź ﷽ 𝒳 é e\u0301',
    '"',
    ',',
    'true',
    '007',
    'x\ty',
  ];

  it('imports again as it is: every row unchanged, nothing written', async () => {
    const ws = await program.workspace();
    const rows = nasty.map((text, i) => ({
      email: `n${i}@x.test`,
      name: text,
      external_id: text,
      billing_address: {
        line1: text,
        line2: text,
        city: text,
        state: text,
        postal_code: text,
        country: 'DE',
      },
      metadata: { [text.slice(0, 40)]: text, n: 1.5, big: 1e21, tiny: 1e-7, yes: true },
    }));
    const made = await send(
      ws,
      'ndjson',
      ndjson(
        ...rows,
        { email: 'plain@x.test' },
        { email: 'us@x.test', billing_address: { country: 'US', state: 'NY' } },
      ),
    );
    expect(made.summary.failed).toBe(0);
    const exported = await ws.api('GET', '/api/customers/export');
    const again = await send(ws, 'csv', exported.text);
    expect(again.summary).toEqual({
      created: 0,
      updated: 0,
      unchanged: rows.length + 2,
      failed: 0,
    });
    const [audit] = await program.database.owner<{ n: number }>(
      'select count(distinct request_id)::int as n from audit_log where workspace_id = $1 and operation = $2',
      [ws.id, 'customers_import'],
    );
    expect(audit?.n).toBe(1);

    const other = await program.workspace();
    const moved = await send(other, 'csv', exported.text);
    expect(moved.summary.created).toBe(rows.length + 2);
    const withoutIds = (text: string) =>
      text
        .split(/\r\n(?=[0-9a-f-]{36},)/)
        .slice(1)
        .map((row) =>
          row
            .slice(37)
            .replace(/20\d\d-[^,]+,/, '')
            .trimEnd(),
        )
        .sort();
    const exportedAgain = await other.api('GET', '/api/customers/export');
    expect(withoutIds(exportedAgain.text)).toEqual(withoutIds(exported.text));
  });

  it('finds a customer by the ID of its row first, and names columns as the file does', async () => {
    const ws = await program.workspace();
    await send(
      ws,
      'ndjson',
      ndjson({ email: 'a@x.test', name: 'A' }, { email: 'b@x.test', name: 'B' }),
    );
    const exported = (await ws.api('GET', '/api/customers/export')).text;
    const moved = await send(ws, 'csv', exported.replace('a@x.test', 'moved@x.test'));
    expect(statuses(moved).sort()).toEqual(['unchanged', 'updated']);
    const broken = await send(ws, 'csv', exported.replace('b@x.test', 'no address'));
    expect(broken.verdicts.find((v) => v.status === 'failed')?.errors).toEqual([
      expect.objectContaining({ column: 'Email', type: 'value_error' }),
    ]);
    const noId = await send(ws, 'csv', exported.replace(/\r\n[0-9a-f]{8}-/, '\r\nnot-an-id-'));
    expect(noId.verdicts.find((v) => v.status === 'failed')?.errors).toEqual([
      expect.objectContaining({ column: 'ID', type: 'uuid_parsing' }),
    ]);
    const notJson = await send(
      ws,
      'csv',
      exported.replace(/,(\r\n)/g, ',{]$1').replace('Metadata,{]', 'Metadata'),
    );
    expect(notJson.verdicts[0]?.errors).toEqual([
      expect.objectContaining({ column: 'Metadata', type: 'json_invalid' }),
    ]);
  });
});
