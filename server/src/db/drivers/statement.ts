/** One SQL statement with its values, ready to be sent. */
export interface Statement {
  /** Prepared-statement name; undefined for text that varies too much to be kept. */
  name: string | undefined;
  text: string;
  values: unknown[];
}

const taken = new Map<string, string>();

/**
 * Declares a prepared statement. In: a name unique in the program and its SQL text.
 * Out: a function that binds values to it.
 */
export function statement(name: string, text: string): (...values: unknown[]) => Statement {
  if (taken.has(name)) throw new Error(`Two statements are named ${name}`);
  taken.set(name, text);
  return (...values) => ({ name, text, values });
}

/** The text of a declared statement, for measuring it by itself. Errors: an unknown name. */
export function textOf(name: string): string {
  const text = taken.get(name);
  if (text === undefined) throw new Error(`No statement is named ${name}`);
  return text;
}

const composed = new Map<string, string>();
const MOST_COMPOSED = 500;

/**
 * A statement whose text was put together at run time. Each distinct text is prepared once,
 * up to a bound; beyond it texts are sent unprepared, so callers cannot fill the server's memory.
 */
export function compose(text: string, values: unknown[]): Statement {
  let name = composed.get(text);
  if (name === undefined && composed.size < MOST_COMPOSED) {
    name = `composed_${composed.size + 1}`;
    composed.set(text, name);
  }
  return { name, text, values };
}
