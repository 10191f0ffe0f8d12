/** A binary heap of numbers: what is best of what could be taken, again and again. */
export class NumberHeap {
  readonly #comesBefore: (a: number, b: number) => boolean;
  readonly #values: number[] = [];

  /** Takes what makes one value leave before another. */
  constructor(comesBefore: (a: number, b: number) => boolean) {
    this.#comesBefore = comesBefore;
  }

  get size(): number {
    return this.#values.length;
  }

  /** The value that `pop` would give; undefined when there is none. */
  peek(): number | undefined {
    return this.#values[0];
  }

  push(value: number): void {
    const values = this.#values;
    let place = values.length;
    values.push(value);
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      const above = values[parent] as number;
      if (!this.#comesBefore(value, above)) break;
      values[place] = above;
      place = parent;
    }
    values[place] = value;
  }

  pop(): number | undefined {
    const top = this.#values[0];
    const last = this.#values.pop();
    if (last !== undefined && this.#values.length > 0) this.#sink(last);
    return top;
  }

  /** Puts the value in from the top, where there is a gap. */
  #sink(value: number): void {
    const values = this.#values;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= values.length) break;
      const right = left + 1;
      const isRight = right < values.length && this.#comesBefore(values[right] as number, values[left] as number);
      const child = isRight ? right : left;
      if (!this.#comesBefore(values[child] as number, value)) break;
      values[place] = values[child] as number;
      place = child;
    }
    values[place] = value;
  }
}
