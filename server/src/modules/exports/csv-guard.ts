import { Transform, type TransformCallback } from 'node:stream';

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
const CRLF = Buffer.from('\r\n');
const GUARD = Buffer.from("'");

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

/**
 * Rewrites plain CSV (LF, minimal quotes) into what the export promises: CRLF, and a single quote
 * before every cell a spreadsheet would run (README decision 9). Works on bytes, row by row.
 */
export class CsvGuard extends Transform {
  #rest: Buffer = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const parts: Buffer[] = [];
    let quoted = false;
    let fieldStart = true;
    let copied = 0;
    let whole = 0;
    let partsAtWhole = 0;
    for (let i = 0; i < bytes.length; i += 1) {
      const byte = bytes[i];
      if (fieldStart) {
        fieldStart = false;
        const opens = byte === QUOTE;
        const first = opens ? i + 1 : i;
        if (triggersAt(bytes, first)) {
          parts.push(bytes.subarray(copied, first), GUARD);
          copied = first;
        }
        if (opens) {
          quoted = true;
          continue;
        }
      }
      if (byte === QUOTE) quoted = !quoted;
      else if (quoted) continue;
      else if (byte === COMMA) fieldStart = true;
      else if (byte === NEWLINE) {
        parts.push(bytes.subarray(copied, i), CRLF);
        copied = i + 1;
        whole = copied;
        partsAtWhole = parts.length;
        fieldStart = true;
      }
    }
    this.#rest = whole === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(whole));
    if (partsAtWhole > 0) this.push(Buffer.concat(parts.slice(0, partsAtWhole)));
    done();
  }
}

const GUARDED = /^'(?='*[=+\-@\t\r\n\0＝＋－＠])/u;

/** Takes the export's guard off a cell again. */
export function unguard(cell: string): string {
  return cell.replace(GUARDED, '');
}
