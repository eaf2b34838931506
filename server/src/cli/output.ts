type Cell = string | number | boolean | null | undefined;

const shown = (cell: Cell): string => {
  if (cell === null || cell === undefined || cell === '') return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  // A name may hold anything, but it must not move the cursor of who looks at it.
  return String(cell).replace(/\p{Cc}/gu, ' ');
};

const print = (text: string) => process.stdout.write(`${text}\n`);

/** Prints rows under headers, in columns; says so where there are none. */
export function printTable(headers: string[], rows: Cell[][]): void {
  if (rows.length === 0) {
    print('(none)');
    return;
  }
  const lines = [headers, ...rows.map((row) => row.map(shown))];
  const widths = headers.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)));
  for (const line of lines) {
    print(
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** Prints one thing, a field a line. */
export function printFields(fields: Record<string, Cell>): void {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  for (const [name, value] of Object.entries(fields)) {
    print(`${name.padEnd(width)}  ${shown(value)}`);
  }
}

/** Prints an answer: as it came for machines, else as `human` does. */
export function printAnswer<T>(json: boolean, answer: T, human: (answer: T) => void): void {
  if (json) print(JSON.stringify(answer, null, 2));
  else human(answer);
}

/** Tells something that is not the outcome: it goes to standard error. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A line that is written over again and again, where a person is watching. */
export class Progress {
  readonly #watched = process.stderr.isTTY === true;
  #last = 0;

  show(text: string): void {
    const now = Date.now();
    if (!this.#watched || now - this.#last < 100) return;
    this.#last = now;
    process.stderr.write(`\r${text}\u001b[K`);
  }

  done(): void {
    if (this.#watched && this.#last > 0) process.stderr.write('\r\u001b[K');
  }
}
