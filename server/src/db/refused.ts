/** Why the database cannot serve; start-up prints the reasons and exits with 1. */
export class DatabaseRefused extends Error {
  readonly reasons: string[];
  constructor(reasons: string[]) {
    super(reasons.join('\n'));
    this.reasons = reasons;
  }
}
