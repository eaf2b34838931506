import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Everything derived from CLIENTELE_SECRET; no key of one use can stand in for another. */
export interface Keys {
  /** Keyed hash of a bearer token, a client secret or a one-time code. */
  tokenHash(token: string): Buffer;
  /** Keyed pseudonym of a personal value inside one workspace: 64 hexadecimal characters. */
  pseudonym(workspaceId: string, value: string): string;
  /** Keyed digest over the personal side of an audit row. */
  personalDigest(text: string): Buffer;
  /** Keyed digest of an Idempotency-Key or of a request: either may hold an address. */
  requestDigest(...parts: (string | Buffer)[]): Buffer;
  /** Authenticated encryption of a kept answer (AES-256-GCM, random nonce in front). */
  seal(text: string): Buffer;
  /** Opens what `seal` made; throws if it was changed. */
  open(sealed: Buffer): string;
  /** The root token of this installation. */
  rootToken: string;
}

/** Derives all keys from the installation's secret (HKDF-SHA-256, RFC 5869). */
export function deriveKeys(secret: string): Keys {
  const key = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'clientele', use, 32));
  const tokens = key('token-hash/1');
  const pepper = key('pseudonym/1');
  const audit = key('audit-personal/1');
  const requests = key('requests/1');
  const answers = key('kept-answers/1');
  return {
    tokenHash: (token) => createHmac('sha256', tokens).update(token).digest(),
    pseudonym: (workspaceId, value) =>
      createHmac('sha256', pepper).update(`${workspaceId}\n${value}`).digest('hex'),
    personalDigest: (text) => createHmac('sha256', audit).update(text).digest(),
    requestDigest(...parts) {
      const digest = createHmac('sha256', requests);
      for (const part of parts) digest.update(part);
      return digest.digest();
    },
    seal(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', answers, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    open(sealed) {
      const cipher = createDecipheriv('aes-256-gcm', answers, sealed.subarray(0, 12), {
        authTagLength: 16,
      });
      cipher.setAuthTag(sealed.subarray(12, 28));
      return Buffer.concat([cipher.update(sealed.subarray(28)), cipher.final()]).toString('utf8');
    },
    rootToken: formatToken('clientele_root_', key('root-token/1')),
  };
}

function formatToken(prefix: string, random: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(Buffer.concat([Buffer.from(prefix), random])));
  return prefix + Buffer.concat([random, sum]).toString('base64url');
}

/** A new token: `prefix`, then 48 base64url characters (32 random bytes, 4-byte checksum). */
export function newToken(prefix: string): string {
  return formatToken(prefix, randomBytes(32));
}

/** Whether a text has the shape and checksum of a token with this prefix (a filter, no proof). */
export function looksLikeToken(prefix: string, token: string): boolean {
  if (!token.startsWith(prefix) || token.length !== prefix.length + 48) return false;
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  return bytes.length === 36 && formatToken(prefix, bytes.subarray(0, 32)) === token;
}

/** Compares two texts in constant time. */
export function sameText(a: string, b: string): boolean {
  const x = Buffer.from(a);
  const y = Buffer.from(b);
  return x.length === y.length && timingSafeEqual(x, y);
}
