import pg from 'pg';
import { serialize } from 'pg-protocol';
import type { Statement } from './statement.ts';
import { columnTypes } from './types.ts';

/** Rows of one statement, and how many rows it touched. */
export interface Result<T = Record<string, unknown>> {
  rows: T[];
  rowCount: number;
}

interface Field {
  name: string;
  dataTypeID: number;
  format: string;
}
type RowReader = (values: (string | null)[]) => Record<string, unknown>;
interface Prepared {
  read: RowReader | undefined;
}
interface WireConnection {
  stream: { writable: boolean; write(bytes: Buffer): boolean };
}

/** Which statements a connection is known to hold prepared, and how to read their rows. */
const preparedOn = new WeakMap<WireConnection, Map<string, Prepared>>();

function toWire(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
      return value;
    case 'object':
      if (Buffer.isBuffer(value)) return value;
      if (Array.isArray(value)) return arrayLiteral(value);
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

function arrayLiteral(items: unknown[]): string {
  const parts = items.map((item) => {
    if (item === null || item === undefined) return 'NULL';
    if (Buffer.isBuffer(item)) return `"\\\\x${item.toString('hex')}"`;
    const text = typeof item === 'object' ? JSON.stringify(item) : String(item);
    return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${parts.join(',')}}`;
}

function rowReader(fields: Field[]): RowReader {
  const names = fields.map((f) => f.name);
  const parsers = fields.map((f) => columnTypes.getTypeParser(f.dataTypeID, f.format));
  const blank: Record<string, unknown> = {};
  for (const name of names) blank[name] = null;
  return (values) => {
    const row = { ...blank };
    for (let i = 0; i < names.length; i += 1) {
      const text = values[i];
      if (text !== null && text !== undefined) {
        row[names[i] as string] = (parsers[i] as (t: string) => unknown)(text);
      }
    }
    return row;
  };
}

const executeAll = serialize.execute({ portal: '', rows: 0 });
const sync = serialize.sync();

const pending = new WeakMap<WireConnection, Buffer[]>();

/** Writes what all batches of one turn have to send in one system call. */
function writeSoon(con: WireConnection, bytes: Buffer[]): void {
  const waiting = pending.get(con);
  if (waiting !== undefined) {
    waiting.push(...bytes);
    return;
  }
  pending.set(con, bytes);
  setImmediate(() => {
    pending.delete(con);
    if (con.stream.writable) con.stream.write(Buffer.concat(bytes));
  });
}

/** The server forgot a prepared statement, and whatever made it do so took the others as well. */
const FORGOTTEN = '26000';
/** A prepared statement's columns have changed. */
const OUTDATED = '0A000';

/**
 * Several statements and ONE Sync: up to the Sync they are one implicit transaction (or a part of
 * an explicit one), and if any fails the server skips the rest. That is what makes it safe to set
 * role and workspace in the first statement and to work in the next (performance.md §3).
 *
 * Reaches into node-postgres (submit, handle…): the version is pinned, and
 * server/test/modules/batch.test.ts keeps the mixed-workspace and failing-entry cases.
 */
export class Batch extends pg.Query {
  readonly #statements: Statement[];
  readonly #results: Result[];
  readonly #readers: (RowReader | undefined)[];
  #index = 0;
  #connection: WireConnection | undefined;
  #settled = false;
  callback: (error: Error | null, results?: Result[]) => void;

  constructor(
    statements: Statement[],
    callback: (error: Error | null, results?: Result[]) => void,
  ) {
    super('');
    this.#statements = statements;
    this.#results = statements.map(() => ({ rows: [], rowCount: 0 }));
    this.#readers = new Array(statements.length);
    this.callback = callback;
  }

  submit = (raw: unknown): null => {
    const con = raw as WireConnection;
    this.#connection = con;
    let prepared = preparedOn.get(con);
    if (prepared === undefined) {
      prepared = new Map();
      preparedOn.set(con, prepared);
    }
    const out: Buffer[] = [];
    this.#statements.forEach((s, i) => {
      const known = s.name === undefined ? undefined : prepared.get(s.name);
      if (known === undefined) {
        // Closing first makes preparing repeatable: another batch on its way may do the same.
        if (s.name !== undefined) out.push(serialize.close({ type: 'S', name: s.name }));
        out.push(serialize.parse({ text: s.text, name: s.name ?? '' }));
      }
      out.push(serialize.bind({ statement: s.name ?? '', values: s.values, valueMapper: toWire }));
      if (known === undefined) out.push(serialize.describe({ type: 'P', name: '' }));
      else this.#readers[i] = known.read;
      out.push(executeAll);
    });
    out.push(sync);
    writeSoon(con, out);
    return null;
  };

  handleRowDescription(message: { fields: Field[] }): void {
    this.#readers[this.#index] = rowReader(message.fields);
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    const read = this.#readers[this.#index] as RowReader;
    (this.#results[this.#index] as Result).rows.push(read(message.fields));
  }

  handleCommandComplete(message: { text: string }): void {
    const s = this.#statements[this.#index] as Statement;
    if (s.name !== undefined && this.#connection !== undefined) {
      preparedOn.get(this.#connection)?.set(s.name, { read: this.#readers[this.#index] });
    }
    const touched = message.text.slice(message.text.lastIndexOf(' ') + 1);
    (this.#results[this.#index] as Result).rowCount = Number(touched) || 0;
    this.#index += 1;
  }

  handleError(error: Error & { code?: string }): void {
    const failed = this.#statements[this.#index]?.name;
    const prepared = this.#connection && preparedOn.get(this.#connection);
    if (error.code === FORGOTTEN) prepared?.clear();
    else if (error.code === OUTDATED && failed !== undefined) prepared?.delete(failed);
    this.#settle(error);
  }

  handleReadyForQuery(): void {
    this.#settle(null);
  }

  #settle(error: Error | null): void {
    if (this.#settled) return;
    this.#settled = true;
    if (error) this.callback(error);
    else this.callback(null, this.#results);
  }
}

/** Sends statements with one Sync on a client. Out: one result per statement, in order. */
export function sendBatch(client: pg.ClientBase, statements: Statement[]): Promise<Result[]> {
  return new Promise((resolve, reject) => {
    client.query(
      new Batch(statements, (error, results) => {
        if (error) reject(error);
        else resolve(results as Result[]);
      }) as never,
    );
  });
}
