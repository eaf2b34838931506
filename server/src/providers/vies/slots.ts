/** Lets go of a place; to be called once. */
export type Release = () => void;

interface Waiting {
  country: string;
  admit: (release: Release | undefined) => void;
}

/** Places for requests under way: so many for each country, and so many in all (threats.md T48). */
export class Slots {
  readonly #perCountry: number;
  readonly #inAll: number;
  readonly #taken = new Map<string, number>();
  #all = 0;
  #queue: Waiting[] = [];

  constructor(perCountry: number, inAll: number) {
    this.#perCountry = perCountry;
    this.#inAll = inAll;
  }

  /** A place, as soon as there is one; undefined if there is none within `patienceMs`. */
  take(country: string, patienceMs: number): Promise<Release | undefined> {
    if (this.#free(country)) return Promise.resolve(this.#occupy(country));
    return new Promise((resolve) => {
      const waiting: Waiting = {
        country,
        admit: (release) => {
          clearTimeout(timer);
          resolve(release);
        },
      };
      const timer = setTimeout(() => {
        this.#queue = this.#queue.filter((w) => w !== waiting);
        resolve(undefined);
      }, patienceMs);
      this.#queue.push(waiting);
    });
  }

  #free(country: string): boolean {
    return this.#all < this.#inAll && (this.#taken.get(country) ?? 0) < this.#perCountry;
  }

  #occupy(country: string): Release {
    this.#all += 1;
    this.#taken.set(country, (this.#taken.get(country) ?? 0) + 1);
    return () => {
      this.#all -= 1;
      this.#taken.set(country, (this.#taken.get(country) ?? 1) - 1);
      this.#admitNext();
    };
  }

  #admitNext(): void {
    const next = this.#queue.find((w) => this.#free(w.country));
    if (next === undefined) return;
    this.#queue = this.#queue.filter((w) => w !== next);
    next.admit(this.#occupy(next.country));
  }
}
