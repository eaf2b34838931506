/** Why a body is not acceptable JSON, and at which character. */
export class JsonProblem extends Error {
  readonly offset: number;
  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}

/** Bounds on any JSON body (threats.md T50): nesting, and object keys in all. */
const MOST_DEPTH = 32;
const MOST_KEYS = 70_000;

const SPACE = /[\t\n\r ]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings hold none (RFC 8259 §7)
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;

class Scanner {
  readonly text: string;
  at = 0;
  keys = 0;

  constructor(text: string) {
    this.text = text;
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found[0];
  }

  skipSpace(): void {
    SPACE.lastIndex = this.at;
    SPACE.test(this.text);
    this.at = SPACE.lastIndex;
  }

  fail(reason: string): never {
    throw new JsonProblem(this.at, reason);
  }

  string(): string {
    const start = this.at;
    const raw = this.match(STRING);
    if (raw === undefined) this.fail('a string was expected');
    const value = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    if (value.includes('\0') || !value.isWellFormed()) {
      this.at = start;
      this.fail('a string holds a character that is not text');
    }
    return value;
  }

  scalar(): void {
    const c = this.text[this.at];
    if (c === '"') {
      this.string();
      return;
    }
    const start = this.at;
    const number = this.match(NUMBER);
    if (number !== undefined && number !== '') {
      const value = Number(number);
      const whole = !/[.eE]/.test(number);
      if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) {
        this.at = start;
        this.fail('a number is too large to be kept exactly');
      }
      return;
    }
    if (this.match(LITERAL) === undefined) {
      this.fail(this.at >= this.text.length ? 'the text ends too early' : 'a value was expected');
    }
  }
}

/**
 * Reads a JSON body. Refused, with the offset: malformed text, too deep, too many keys, a key
 * twice in one object, numbers that would lose digits, NUL and lone surrogates, and the
 * key that JavaScript treats specially.
 */
export function parseJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new JsonProblem(0, 'the text is not UTF-8');
  }
  const s = new Scanner(text);
  const open: (Set<string> | null)[] = [];
  s.skipSpace();
  for (;;) {
    // A value starts here.
    const c = text[s.at];
    if (c === '{' || c === '[') {
      if (open.length >= MOST_DEPTH) s.fail('the nesting is too deep');
      s.at += 1;
      open.push(c === '{' ? new Set() : null);
      s.skipSpace();
      if (text[s.at] === (c === '{' ? '}' : ']')) {
        s.at += 1;
        open.pop();
      } else {
        if (c === '{') readKey(s, open.at(-1) as Set<string>);
        continue;
      }
    } else {
      s.scalar();
    }
    // A value has ended: close what ends with it, or go on to the next one.
    for (;;) {
      s.skipSpace();
      if (open.length === 0) {
        if (s.at < text.length) s.fail('there is text behind the value');
        return JSON.parse(text);
      }
      const keys = open.at(-1) as Set<string> | null;
      const next = text[s.at];
      if (next === ',') {
        s.at += 1;
        s.skipSpace();
        if (keys !== null) readKey(s, keys);
        break;
      }
      if (next !== (keys === null ? ']' : '}')) {
        s.fail(next === undefined ? 'the text ends too early' : 'a comma or an end was expected');
      }
      s.at += 1;
      open.pop();
    }
  }
}

function readKey(s: Scanner, keys: Set<string>): void {
  const start = s.at;
  const key = s.string();
  s.keys += 1;
  const reason =
    s.keys > MOST_KEYS
      ? 'there are too many keys'
      : keys.has(key)
        ? 'a key stands twice in one object'
        : key === '__proto__'
          ? 'a key has a forbidden name'
          : undefined;
  if (reason !== undefined) {
    s.at = start;
    s.fail(reason);
  }
  keys.add(key);
  s.skipSpace();
  if (s.text[s.at] !== ':') s.fail('a colon was expected');
  s.at += 1;
  s.skipSpace();
}
