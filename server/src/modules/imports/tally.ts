import type { Verdict } from './row.ts';

/** A kept answer is at most this long; of a longer one the summary alone is kept. */
const LONGEST_KEPT = 256 * 1024;

/** Writes an import's answer and counts how its rows ended. */
export class Tally {
  readonly #counts = { created: 0, updated: 0, unchanged: 0, failed: 0 };
  #kept = '';
  #keeping = true;

  /** The lines of a batch. */
  lines(verdicts: Verdict[]): string {
    for (const { status } of verdicts) this.#counts[status] += 1;
    const text = verdicts.map((verdict) => `${JSON.stringify(verdict)}\n`).join('');
    this.#keeping &&= this.#kept.length + text.length <= LONGEST_KEPT;
    this.#kept = this.#keeping ? this.#kept + text : '';
    return text;
  }

  /** The last line. */
  summary(): string {
    return `${JSON.stringify({ summary: this.#counts })}\n`;
  }

  /** What a repetition under the same Idempotency-Key answers. */
  kept(): string {
    return this.#kept + this.summary();
  }
}
