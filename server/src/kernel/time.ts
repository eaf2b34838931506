const RFC3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)([Zz]|[+-]\d{2}:\d{2})$/;

/** An RFC 3339 time in UTC with milliseconds (`2026-01-02T03:04:05.123Z`), or undefined if it is none. */
export function readTime(text: string): string | undefined {
  const found = RFC3339.exec(text.trim());
  if (found === null) return undefined;
  const [, day, clock, zone] = found as unknown as [string, string, string, string];
  const date = new Date(`${day}T${clock}${zone.toUpperCase()}`);
  if (Number.isNaN(date.getTime())) return undefined;
  const rolled = new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day;
  return rolled ? undefined : date.toISOString();
}
