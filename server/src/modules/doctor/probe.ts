import type { CredentialKind } from '../credentials/index.ts';

/** What stands in a throw-away workspace: one thing of every noun, by the name of its noun. */
export interface Specimens {
  /** Generated ids: `customer`, `member`, `meter`… */
  ids: Record<string, string>;
  /** Texts that name something here and nothing elsewhere: `external_customer`, `email`… */
  texts: Record<string, string>;
}

/** A throw-away workspace and how to get into it. */
export interface Twin {
  specimens: Specimens;
  /** A fresh credential of a kind that may do everything its surface offers. */
  credential(kind: CredentialKind): Promise<string>;
  /** A fresh portal session of its customer's owner. */
  session(): Promise<string>;
}

/** An answer by which one workspace learned something of the other. */
export interface Crossing {
  operation: string;
  /** Where the other's id was given: `path id`, `query customer_id`… */
  slot: string;
  detail: string;
}

/** What trying all operations showed. */
export interface ProbeReport {
  operations: number;
  probes: number;
  crossings: Crossing[];
  /** Operations that could not be tried, and why. */
  untried: string[];
}

/**
 * Tries every operation of every surface as `own` with the ids of `foreign`: each answer must be
 * that of an id that never existed, byte for byte. The doctor's port to the program from outside.
 */
export type Probe = (own: Twin, foreign: Twin) => Promise<ProbeReport>;
