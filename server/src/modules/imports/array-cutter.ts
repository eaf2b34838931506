import { type Cutter, type Frame, LONGEST_ROW, rowProblem, tooLong } from './frame.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const ARRAY_OPEN = 0x5b;
const ARRAY_CLOSE = 0x5d;

/**
 * Cuts a JSON array into its elements without reading them: whoever parses an element finds what
 * is wrong inside. The line of an element is its place in the array, from 1. What is no array
 * gives one problem for all that follows.
 */
export class ArrayCutter implements Cutter {
  #place: 'before' | 'inside' | 'behind' | 'lost' = 'before';
  #element = 1;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #parts: Buffer[] = [];
  #length = 0;
  #blank = true;

  push(piece: Buffer): Frame[] {
    const found: Frame[] = [];
    let start = 0;
    for (let i = 0; i < piece.length && this.#place !== 'lost'; i += 1) {
      const byte = piece[i] as number;
      if (this.#place !== 'inside') {
        if (SPACE.has(byte)) continue;
        if (this.#place === 'before' && byte === ARRAY_OPEN) this.#place = 'inside';
        else found.push(this.#lose());
        start = i + 1;
      } else if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inText = false;
      } else if (this.#depth === 0 && (byte === COMMA || byte === ARRAY_CLOSE)) {
        this.#keep(piece.subarray(start, i));
        start = i + 1;
        const empty = byte === ARRAY_CLOSE && this.#element === 1 && this.#blank;
        if (!empty) found.push(this.#take());
        if (byte === ARRAY_CLOSE) this.#place = 'behind';
      } else {
        if (byte === QUOTE) this.#inText = true;
        else if (OPEN.has(byte)) this.#depth += 1;
        else if (CLOSE.has(byte)) this.#depth -= 1;
        if (!SPACE.has(byte)) this.#blank = false;
      }
    }
    if (this.#place === 'inside') this.#keep(piece.subarray(start));
    return found;
  }

  end(): Frame[] {
    const whole = this.#place === 'behind' || this.#place === 'lost';
    return whole ? [] : [this.#lose()];
  }

  #keep(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length <= LONGEST_ROW) this.#parts.push(bytes);
    else this.#parts = [];
  }

  #take(): Frame {
    const line = this.#element;
    const long = this.#length > LONGEST_ROW;
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    this.#blank = true;
    this.#element += 1;
    return long ? { line, problem: tooLong() } : { line, bytes };
  }

  #lose(): Frame {
    const reason = {
      before: 'A JSON array was expected',
      inside: 'The array is not closed: what follows here was not read',
      behind: 'There is text behind the array',
      lost: '',
    }[this.#place];
    this.#place = 'lost';
    return { line: this.#element, problem: rowProblem('json_invalid', reason) };
  }
}
