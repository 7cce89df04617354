/**
 * A first-in first-out queue on a ring that grows.
 *
 * @module
 */

/** A queue whose `push` and `shift` take constant time and leave nothing behind. */
export class RunQueue<T> {
  // Plain properties set by the constructor, as in `Acquire`: each job passes through here.
  /** How many items wait. */
  declare size: number;
  declare private ring: (T | undefined)[];
  declare private head: number;
  /** The length of the ring less one: an index modulo the length is an `&` with it. */
  declare private mask: number;

  constructor() {
    this.size = 0;
    this.ring = new Array(64).fill(undefined);
    this.head = 0;
    this.mask = 63;
  }

  /** Adds an item at the back. */
  push(item: T): void {
    if (this.size > this.mask) this.grow();
    this.ring[(this.head + this.size) & this.mask] = item;
    this.size += 1;
  }

  /** Takes the item at the front. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const { ring, head } = this;
    const item = ring[head];
    ring[head] = undefined;
    this.head = (head + 1) & this.mask;
    this.size -= 1;
    return item;
  }

  /** Doubles the ring; its length stays a power of two, so that indexes wrap by a mask. */
  private grow(): void {
    const { ring, head, mask } = this;
    const longer = new Array(ring.length * 2).fill(undefined);
    for (let i = 0; i < ring.length; i++) longer[i] = ring[(head + i) & mask];
    this.ring = longer;
    this.head = 0;
    this.mask = longer.length - 1;
  }
}
