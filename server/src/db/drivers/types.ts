import pg from 'pg';

type Parser = (text: string) => unknown;

/** `2026-01-02 03:04:05.1+00` as PostgreSQL prints it in UTC → `2026-01-02T03:04:05.100Z`. */
function isoTime(text: string): string {
  const zone = text.lastIndexOf('+');
  if (zone !== text.length - 3 || text.length < 22) return new Date(text).toISOString();
  const fraction = text.slice(19, zone);
  const millis = fraction === '' ? '.000' : fraction.padEnd(4, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${millis}Z`;
}

const byOid = new Map<number, Parser>([
  [20, Number],
  [1184, isoTime],
  [1082, (text) => text],
  [1700, Number],
]);

/** Column parsers of both engines: times as ISO text, int8 and numeric as numbers. */
export const columnTypes = {
  getTypeParser(oid: number, format?: string): Parser {
    return (byOid.get(oid) ?? pg.types.getTypeParser(oid, format as 'text')) as Parser;
  },
};
