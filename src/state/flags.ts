/** One yes or no for each number, a byte each, so that those of a hundred thousand tasks stay close at hand. */
const firstLength = 64;

export class Flags {
  #bytes = new Uint8Array(firstLength);

  has(number: number): boolean {
    return number < this.#bytes.length && this.#bytes[number] === 1;
  }

  set(number: number, is: boolean): void {
    if (number >= this.#bytes.length) this.#grow(number);
    this.#bytes[number] = is ? 1 : 0;
  }

  #grow(number: number): void {
    const longer = new Uint8Array(Math.max(number + 1, this.#bytes.length * 2));
    longer.set(this.#bytes);
    this.#bytes = longer;
  }
}
