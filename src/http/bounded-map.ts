/** What a process remembers of callers for a while: no more than so many, the oldest first to be forgotten. */
export class BoundedMap<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly until: number }>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string, now: number): Value | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || entry.until <= now ? undefined : entry.value;
  }

  /** Kept until the instant `until`, if there is room for as long. */
  set(key: string, value: Value, { until, now }: { readonly until: number; readonly now: number }): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#max) this.#makeRoom(now);
    this.#entries.set(key, { value, until });
  }

  #makeRoom(now: number): void {
    for (const [key, { until }] of this.#entries) if (until <= now) this.#entries.delete(key);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= this.#max && oldest !== undefined) this.#entries.delete(oldest);
  }
}
