/** A result that exists once the transaction has committed; not a promise, so it cannot be awaited early. */
export class Later<T> {
  readonly #get: () => T;
  constructor(get: () => T) {
    this.#get = get;
  }
  map<U>(f: (value: T) => U): Later<U> {
    return new Later(() => f(this.#get()));
  }
  /** Both results together. */
  and<U>(other: Later<U>): Later<[T, U]> {
    return new Later(() => [this.#get(), other.#get()]);
  }
  /** For the unit of work alone: the value, after the statements have run. */
  static value<T>(later: Later<T>): T {
    return later.#get();
  }
}
