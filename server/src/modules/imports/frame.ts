/** A row is at most this long, in bytes. */
export const LONGEST_ROW = 1024 * 1024;

/** What is wrong with one column of a row; an empty column means the row as a whole. */
export interface RowProblem {
  column: string;
  type: string;
  message: string;
}

/** The bytes of one row as they were sent, and its line; or why they are no row. */
export type Frame = { line: number } & ({ bytes: Buffer } | { problem: RowProblem });

/** Cuts a stream of bytes into rows. */
export interface Cutter {
  push(piece: Buffer): Frame[];
  /** The rest, once the stream has ended. */
  end(): Frame[];
}

/** A problem of a whole row. */
export const rowProblem = (type: string, message: string): RowProblem => ({
  column: '',
  type,
  message,
});

export const tooLong = () => rowProblem('row_too_long', 'A row has at most 1 MiB');

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** All rows of a stream. A byte order mark in front is taken off. */
export async function* frames(
  pieces: AsyncIterable<Buffer>,
  cutter: Cutter,
): AsyncGenerator<Frame> {
  let first = true;
  for await (const piece of pieces) {
    const marked = first && piece.subarray(0, 3).equals(BOM);
    first = false;
    yield* cutter.push(marked ? piece.subarray(3) : piece);
  }
  yield* cutter.end();
}
