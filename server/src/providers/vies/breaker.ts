interface State {
  failures: number;
  opens: number;
  until: number;
}

/** How a breaker behaves. Times in milliseconds. */
export interface BreakerRules {
  /** Failures in a row until it opens. */
  after: number;
  /** How long it stays open at first; each time it opens anew, twice as long, up to `longest`. */
  pauseMs: number;
  longestMs: number;
}

/** Holds requests back from what has just failed several times in a row, by name. */
export class Breaker {
  readonly #rules: BreakerRules;
  readonly #states = new Map<string, State>();

  constructor(rules: BreakerRules) {
    this.#rules = rules;
  }

  /** Whether a request may go out; when a pause is over, one that tries it out. */
  allows(name: string): boolean {
    const state = this.#states.get(name);
    if (state === undefined || state.failures < this.#rules.after) return true;
    if (state.until > Date.now()) return false;
    state.until = Date.now() + this.#rules.pauseMs;
    return true;
  }

  succeeded(name: string): void {
    this.#states.delete(name);
  }

  /** In: whether this one failure is reason enough to stop. */
  failed(name: string, atOnce = false): void {
    const { after, pauseMs, longestMs } = this.#rules;
    const state = this.#states.get(name) ?? { failures: 0, opens: 0, until: 0 };
    state.failures = atOnce ? Math.max(after, state.failures + 1) : state.failures + 1;
    if (state.failures >= after) {
      state.until = Date.now() + Math.min(pauseMs * 2 ** Math.min(state.opens, 20), longestMs);
      state.opens += 1;
    }
    this.#states.set(name, state);
  }
}
