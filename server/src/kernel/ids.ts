import { randomUUID } from 'node:crypto';

/** A new version-4 UUID: the contracts ask for v4 on input, so every id is one. */
export function newId(): string {
  return randomUUID();
}

const HEX32 = /^[0-9a-f]{32}$/;

/**
 * Reads a UUID in any usual spelling (upper case, without hyphens, in braces, as urn:uuid:).
 * Out: the lower-case hyphenated form and its version, or undefined if it is none.
 */
export function parseUuid(text: string): { id: string; version: number } | undefined {
  let s = text.toLowerCase();
  if (s.startsWith('urn:uuid:')) s = s.slice(9);
  if (s.startsWith('{') && s.endsWith('}')) s = s.slice(1, -1);
  const hex = s.replaceAll('-', '');
  if (!HEX32.test(hex) || (s.includes('-') && !/^.{8}-.{4}-.{4}-.{4}-.{12}$/.test(s))) {
    return undefined;
  }
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  const variant = Number.parseInt(hex.charAt(16), 16) & 0b1100;
  return { id, version: variant === 0b1000 ? Number.parseInt(hex.charAt(12), 16) : 0 };
}
