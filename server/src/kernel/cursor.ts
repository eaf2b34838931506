import type { Keys } from './secrets.ts';

const SIGNATURE_BYTES = 16;

/** Where a keyset page ended: the values of its order, the last of them an id. */
export type Position = (string | number)[];

function signature(keys: Keys, scope: string, body: Buffer): Buffer {
  return keys.requestDigest('cursor\n', scope, '\n', body).subarray(0, SIGNATURE_BYTES);
}

/** Writes a position as an opaque text that nobody else can make. `scope`: whose list it is of. */
export function writeCursor(keys: Keys, scope: string, position: Position): string {
  const body = Buffer.from(JSON.stringify(position));
  return Buffer.concat([signature(keys, scope, body), body]).toString('base64url');
}

/** Reads a cursor that was made for this list; undefined for any other text (threats.md T53). */
export function readCursor(keys: Keys, scope: string, text: string): Position | undefined {
  const bytes = Buffer.from(text, 'base64url');
  const body = bytes.subarray(SIGNATURE_BYTES);
  if (body.length === 0 || bytes.toString('base64url') !== text) return undefined;
  if (!signature(keys, scope, body).equals(bytes.subarray(0, SIGNATURE_BYTES))) return undefined;
  return JSON.parse(body.toString('utf8')) as Position;
}
