import { type Cutter, type Frame, LONGEST_ROW, rowProblem, tooLong } from './frame.ts';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;

/** Where the scanner is inside a record. `broken`: text behind a closing quote. */
type State = 'cell' | 'plain' | 'quoted' | 'closed' | 'broken';

/** How many bytes may be read a second time because a quote was never closed. */
const MOST_REREAD = 64 * 1024 * 1024;

const countLines = (bytes: Buffer): number => {
  let n = 0;
  for (let i = bytes.indexOf(LF); i !== -1; i = bytes.indexOf(LF, i + 1)) n += 1;
  return n;
};

/**
 * Cuts at line ends; in CSV (RFC 4180) not at those inside quotes. A record that is broken or too
 * long costs its first line alone: the next one is read from there. Blank lines are no rows.
 */
export class LineCutter implements Cutter {
  readonly #csv: boolean;
  /** From the start of the record on. */
  #rest: Buffer = Buffer.alloc(0);
  #at = 0;
  #state: State = 'cell';
  #line = 1;
  #skipping = false;
  #reread = 0;

  constructor(csv: boolean) {
    this.#csv = csv;
  }

  push(piece: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const found: Frame[] = [];
    while (this.#cut(found));
    return found;
  }

  end(): Frame[] {
    const found = this.push(Buffer.of(LF));
    while (this.#rest.length > 0) {
      found.push(this.#failLine(rowProblem('csv_invalid', 'A quote is not closed')));
      while (this.#cut(found));
    }
    return found;
  }

  /** Takes one record, or the end of one that failed, off the front. Out: whether there was one. */
  #cut(found: Frame[]): boolean {
    if (this.#skipping) return this.#skipLine();
    const end = this.#csv ? this.#scan() : this.#rest.indexOf(LF, this.#at);
    if (end === -1) {
      this.#at = this.#rest.length;
      if (this.#rest.length <= LONGEST_ROW) return false;
      found.push(this.#failLine(tooLong()));
      return true;
    }
    this.#at = end;
    if (this.#state === 'broken') {
      found.push(this.#failLine(rowProblem('csv_invalid', 'There is text behind a closing quote')));
      return true;
    }
    const bytes = this.#rest.subarray(0, this.#rest[end - 1] === CR ? end - 1 : end);
    const line = this.#line;
    this.#drop(end + 1);
    if (bytes.length > LONGEST_ROW) found.push({ line, problem: tooLong() });
    else if (bytes.length > 0) found.push({ line, bytes });
    return true;
  }

  /** The place of the record's last byte (its line end, or where it broke); -1 if it goes on. */
  #scan(): number {
    const bytes = this.#rest;
    let state = this.#state;
    let i = this.#at;
    for (; i < bytes.length; i += 1) {
      const byte = bytes[i];
      if (state === 'quoted') {
        if (byte === QUOTE) state = 'closed';
      } else if (byte === LF) {
        break;
      } else if (byte === COMMA) {
        state = 'cell';
      } else if (state === 'cell') {
        state = byte === QUOTE ? 'quoted' : 'plain';
      } else if (state === 'closed') {
        if (byte === QUOTE) state = 'quoted';
        else if (byte !== CR) {
          state = 'broken';
          break;
        }
      }
    }
    this.#state = state;
    return i < bytes.length ? i : -1;
  }

  #drop(bytes: number): void {
    this.#line += countLines(this.#rest.subarray(0, bytes));
    this.#rest = this.#rest.subarray(bytes);
    this.#at = 0;
    this.#state = 'cell';
  }

  #failLine(problem: Extract<Frame, { problem: unknown }>['problem']): Frame {
    const frame = { line: this.#line, problem };
    const seen = this.#at;
    const end = this.#rest.indexOf(LF);
    if (end !== -1 && this.#reread < MOST_REREAD) {
      this.#reread += Math.max(0, seen - end);
      this.#drop(end + 1);
    } else {
      this.#drop(seen);
      this.#skipping = true;
    }
    return frame;
  }

  #skipLine(): boolean {
    const end = this.#rest.indexOf(LF);
    this.#skipping = end === -1;
    this.#drop(end === -1 ? this.#rest.length : end + 1);
    return !this.#skipping;
  }
}
