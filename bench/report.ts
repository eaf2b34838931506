/** One measured line: what, the ratio, and the goal it is held against. */
export interface Line {
  name: string;
  ratio: number;
  goal: { atLeast: number } | { atMost: number } | undefined;
  detail: string;
}

/** Whether a line reaches its goal. */
export function reached(line: Line): boolean {
  if (line.goal === undefined) return true;
  return 'atLeast' in line.goal ? line.ratio >= line.goal.atLeast : line.ratio <= line.goal.atMost;
}

/** Prints a line as soon as it is measured. */
export function print(line: Line): void {
  const goal =
    line.goal === undefined
      ? 'reported'
      : 'atLeast' in line.goal
        ? `goal >= ${line.goal.atLeast}`
        : `goal <= ${line.goal.atMost}`;
  const mark = line.goal === undefined ? '    ' : reached(line) ? 'ok  ' : 'MISS';
  process.stdout.write(
    `${mark} ${line.name.padEnd(42)} ${line.ratio.toFixed(2).padStart(8)}  ${goal.padEnd(13)}  ${line.detail}\n`,
  );
}

/** The middle value; ratios of one round each are compared by it. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
