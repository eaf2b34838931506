import { Transform, type TransformCallback } from 'node:stream';

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** `= + - @`, tab, CR, LF, NUL; the full-width forms are checked by their three UTF-8 bytes. */
const TRIGGERS = new Set([0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d, 0x0a, 0x00]);
const FULL_WIDTH = new Set([0x9d, 0x8b, 0x8d, 0xa0]);

function triggersAt(bytes: Buffer, at: number): boolean {
  let i = at;
  // A cell that already starts with apostrophes gets one more, so that importing can take
  // exactly one away and every value comes back.
  while (bytes[i] === APOSTROPHE) i += 1;
  const byte = bytes[i] ?? COMMA;
  if (byte === NEWLINE) return at > 0 && bytes[at - 1] === QUOTE;
  if (TRIGGERS.has(byte)) return true;
  return byte === 0xef && bytes[i + 1] === 0xbc && FULL_WIDTH.has(bytes[i + 2] ?? 0);
}

/** Where a row ends, in the whole buffer or not at all; `guards` collects places of apostrophes. */
function rowEnd(bytes: Buffer, start: number, guards: number[]): number {
  const { length } = bytes;
  let at = start;
  while (at < length) {
    const quoted = bytes[at] === QUOTE;
    const first = quoted ? at + 1 : at;
    if (triggersAt(bytes, first)) guards.push(first);
    if (quoted) {
      at = closingQuote(bytes, first);
      if (at < 0) return -1;
    }
    let byte = bytes[at];
    while (byte !== COMMA && byte !== NEWLINE) {
      at += 1;
      if (at === length) return -1;
      byte = bytes[at];
    }
    if (byte === NEWLINE) return at;
    at += 1;
  }
  return -1;
}

/** The place behind the quote that ends a quoted cell; quotes inside are doubled. */
function closingQuote(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    at = bytes.indexOf(QUOTE, at);
    if (at < 0 || at + 1 === bytes.length) return -1;
    if (bytes[at + 1] !== QUOTE) return at + 1;
    at += 2;
  }
}

/**
 * Rewrites plain CSV (LF, minimal quotes) into what the export promises: CRLF, and a single quote
 * before every cell a spreadsheet would run (README decision 9). Works on bytes, row by row.
 */
export class CsvGuard extends Transform {
  #rest: Buffer = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    // Every added byte stands beside at least one that was there.
    const out = Buffer.allocUnsafe(bytes.length * 2);
    const guards: number[] = [];
    let written = 0;
    let start = 0;
    for (;;) {
      const end = rowEnd(bytes, start, guards);
      if (end < 0) break;
      for (const guard of guards) {
        written += bytes.copy(out, written, start, guard);
        out[written] = APOSTROPHE;
        written += 1;
        start = guard;
      }
      guards.length = 0;
      written += bytes.copy(out, written, start, end);
      out[written] = CARRIAGE_RETURN;
      out[written + 1] = NEWLINE;
      written += 2;
      start = end + 1;
    }
    this.#rest = start === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(start));
    if (written > 0) this.push(out.subarray(0, written));
    done();
  }
}

const GUARDED = /^'(?='*[=+\-@\t\r\n\0＝＋－＠])/u;

/** Takes the export's guard off a cell again. */
export function unguard(cell: string): string {
  return cell.replace(GUARDED, '');
}
