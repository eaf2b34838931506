import { fdatasyncSync, fsyncSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type EmscriptenOptions = Parameters<NodeFS['init']>[1];
interface FileNode {
  name: string;
  mode: number;
}
interface FileStream {
  node: FileNode;
  nfd: number;
}
interface NodeFsModule {
  NODEFS: {
    stream_ops: {
      open(stream: FileStream): void;
      fsync?(stream: FileStream): number;
    };
  };
}

const FILE_TYPE = 0o170000;
const DIRECTORY = 0o040000;
const WAL_SEGMENT = /^[0-9A-F]{24}$/;

/**
 * The host's file system with the one call that PGlite's build leaves out: its NODEFS has no
 * fsync, so the database's own calls went nowhere. With it, PostgreSQL itself decides what to
 * sync and when: WAL before a commit is answered, data files before a checkpoint is recorded.
 */
export class DurableFs extends NodeFS {
  /** Files synced since the database was opened. */
  synced = 0;
  /** Segments of WAL opened since this was last set to 0. */
  segmentsOpened = 0;
  readonly #abandon: (reason: string) => never;

  /** In: the directory, and what ends the thread when the disk refuses a sync. */
  constructor(dir: string, abandon: (reason: string) => never) {
    super(dir);
    this.#abandon = abandon;
  }

  override async init(pg: PGlite, options: EmscriptenOptions) {
    const prepared = await super.init(pg, options);
    const install = (module: unknown) => {
      const ops = (module as NodeFsModule).NODEFS.stream_ops;
      const open = ops.open;
      ops.open = (stream) => {
        open(stream);
        if (WAL_SEGMENT.test(stream.node.name)) this.segmentsOpened += 1;
      };
      ops.fsync = (stream) => {
        this.#sync(stream);
        return 0;
      };
    };
    prepared.emscriptenOpts.preRun?.push(install as never);
    return prepared;
  }

  #sync({ node, nfd }: FileStream): void {
    this.synced += 1;
    try {
      if ((node.mode & FILE_TYPE) !== DIRECTORY) fdatasyncSync(nfd);
      else if (process.platform !== 'win32') fsyncSync(nfd);
    } catch (error) {
      // What the kernel failed to write once it may report as written the next time, so the only
      // safe answer is to stop here and let recovery start from what is on the disk.
      this.#abandon(`The database could not be synced to the disk: ${error}`);
    }
  }
}
