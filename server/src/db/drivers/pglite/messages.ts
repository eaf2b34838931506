/** How hard an acknowledged write is kept: through a power cut, or through a killed process. */
export type Durability = 'fsync' | 'relaxed';

/** Something worth logging. */
export interface EngineEvent {
  level: 'info' | 'warn' | 'error';
  msg: string;
}

/** What the worker thread opens. */
export interface OpenTarget {
  /** Directory of the PostgreSQL files; null keeps them in memory. */
  pgdata: string | null;
  user: string;
  durability: Durability;
  /** A tarball made by `dump`, read where nothing is stored yet. */
  loadDataDir: string | undefined;
}

/** What the main thread asks of the worker, one at a time. */
export type Request =
  | { op: 'open'; target: OpenTarget }
  | { op: 'start'; settings: [name: string, value: string][] }
  | { op: 'batch'; bytes: Uint8Array<ArrayBuffer> }
  | { op: 'become'; user: string }
  | { op: 'dump'; file: string }
  | { op: 'maintain' }
  | { op: 'close' };

/** What the worker sends back: the answer to the request under way, or an event. */
export type Reply =
  | { answer: Uint8Array<ArrayBuffer> | undefined; synced: number }
  | { failure: { name: string; message: string } }
  | { event: EngineEvent };
