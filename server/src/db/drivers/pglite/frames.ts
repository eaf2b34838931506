const SYNC = 0x53;
const QUERY = 0x51;
const FLUSH = 0x48;
const FUNCTION_CALL = 0x46;
const TERMINATE = 0x58;
const ENDS_BATCH = new Set([SYNC, QUERY, FLUSH, FUNCTION_CALL]);

const PROTOCOL_MAJOR = 3;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;

/** What a client sent, cut where the server has to answer. */
export type Frame =
  | { kind: 'startup'; settings: Map<string, string> }
  | { kind: 'encryption' }
  | { kind: 'cancel' }
  | { kind: 'batch'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'terminate' };

function startupFrame(body: Buffer): Frame {
  const code = body.readInt32BE(4);
  if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'encryption' };
  if (code === CANCEL_REQUEST) return { kind: 'cancel' };
  if (code >> 16 !== PROTOCOL_MAJOR) throw new Error('Unknown version of the wire protocol');
  const words = body.toString('utf8', 8).split('\0');
  const settings = new Map<string, string>();
  for (let i = 0; words[i] !== undefined && words[i] !== ''; i += 2) {
    settings.set(words[i] as string, words[i + 1] ?? '');
  }
  return { kind: 'startup', settings };
}

/**
 * Cuts a client's bytes into frames (PostgreSQL protocol 3, "Message Formats"). Everything up to
 * a message that demands an answer is one batch, so it crosses to the worker once.
 */
export class Framer {
  #rest = new Uint8Array(0);
  #started = false;

  /** In: chunks as they were written. Out: the frames they complete. */
  feed(chunks: Uint8Array[]): Frame[] {
    const length = chunks.reduce((sum, c) => sum + c.length, this.#rest.length);
    const bytes = new Uint8Array(length);
    bytes.set(this.#rest);
    let filled = this.#rest.length;
    for (const chunk of chunks) {
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
    const view = Buffer.from(bytes.buffer);
    const frames: Frame[] = [];
    let start = 0;
    let at = 0;
    for (;;) {
      const header = this.#started ? 1 : 0;
      if (length - at < header + 4) break;
      const end = at + header + view.readInt32BE(at + header);
      if (end > length) break;
      if (!this.#started) {
        const frame = startupFrame(view.subarray(at, end));
        this.#started = frame.kind !== 'encryption';
        frames.push(frame);
        start = end;
      } else if (bytes[at] === TERMINATE) {
        frames.push({ kind: 'terminate' });
        start = end;
      } else if (ENDS_BATCH.has(bytes[at] as number)) {
        const whole = start === 0 && end === length;
        frames.push({ kind: 'batch', bytes: whole ? bytes : bytes.slice(start, end) });
        start = end;
      }
      at = end;
    }
    // A batch that is the whole array gives its memory away, so nothing may be kept of it.
    this.#rest = start === length ? new Uint8Array(0) : bytes.subarray(start);
    return frames;
  }
}

function message(type: string, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p) : p)));
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** The answer to a startup packet: in without a password, the session's parameters, ready. */
export function welcome(parameters: Record<string, string>): Buffer {
  return Buffer.concat([
    message('R', int32(0)),
    ...Object.entries(parameters).map(([name, value]) => message('S', `${name}\0${value}\0`)),
    message('K', int32(process.pid), int32(0)),
    message('Z', 'I'),
  ]);
}

/** A fatal ErrorResponse. In: SQLSTATE and message. */
export function refusal(code: string, text: string): Buffer {
  return message('E', `SFATAL\0VFATAL\0C${code}\0M${text}\0\0`);
}

/** The answer to a request for TLS: none is spoken inside one process. */
export const noEncryption = Buffer.from('N');
