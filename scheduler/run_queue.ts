/**
 * A first-in first-out queue on a ring that grows.
 *
 * @module
 */

/** A queue whose `push` and `shift` take constant time and leave nothing behind. */
export class RunQueue<T> {
  #ring: (T | undefined)[] = new Array(64).fill(undefined);
  #head = 0;
  #size = 0;

  /** How many items wait. */
  get size(): number {
    return this.#size;
  }

  /** Adds an item at the back. */
  push(item: T): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = item;
    this.#size += 1;
  }

  /** Takes the item at the front. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size -= 1;
    return item;
  }

  /** Doubles the ring; its length stays a power of two, so that indexes wrap by a mask. */
  #grow(): void {
    const old = this.#ring;
    this.#ring = new Array(old.length * 2).fill(undefined);
    for (let i = 0; i < old.length; i++) {
      this.#ring[i] = old[(this.#head + i) & (old.length - 1)];
    }
    this.#head = 0;
  }
}
