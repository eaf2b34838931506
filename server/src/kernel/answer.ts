/** A finished HTTP answer as a surface writes it, before it goes on the wire. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Serialised body, or null for none. */
  body: string | null;
}
