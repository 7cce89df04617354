/**
 * A queue of any length.
 *
 * A chain of small blocks, as Tokio's: a ring over one array would have to be copied to grow, which
 * costs more than twice as much for each item of a burst, and to be given back when it is over.
 *
 * @module
 */

/** How many items are in a block. */
const LENGTH = 32;

/** {@linkcode LENGTH} slots, and in the last place the block that follows. */
type Block<T> = (T | Block<T> | undefined)[];

/** A queue. Taken slots are cleared, so that nothing is kept alive that has been handed out. */
export class Queue<T> {
  // Plain properties set by the constructor, as in `Acquire`: a channel uses them for each item.
  /** How many items are in it. */
  declare size: number;
  declare private head: Block<T>;
  declare private headAt: number;
  declare private tail: Block<T>;
  declare private tailAt: number;
  /** An empty block, for the next time that one is needed. */
  declare private spare: Block<T> | undefined;

  constructor() {
    this.clear();
  }

  /** Appends an item. */
  push(item: T): void {
    if (this.tailAt === LENGTH) this.extend();
    this.tail[this.tailAt] = item;
    this.tailAt += 1;
    this.size += 1;
  }

  /** Takes the first item. The caller knows that there is one. */
  shift(): T {
    const { head, headAt } = this;
    const item = head[headAt];
    head[headAt] = undefined;
    this.size -= 1;
    if (this.size === 0) {
      // Both ends are in the same block: begin it anew, while it is in the processor's cache.
      this.headAt = 0;
      this.tailAt = 0;
    } else {
      this.headAt = headAt + 1;
      if (headAt === LENGTH - 1) this.advance();
    }
    return item as T;
  }

  /** Forgets all items and all memory. */
  clear(): void {
    const block = makeBlock<T>();
    this.size = 0;
    this.head = block;
    this.headAt = 0;
    this.tail = block;
    this.tailAt = 0;
    this.spare = undefined;
  }

  /** Puts a block behind the last one, which is full. */
  private extend(): void {
    const block = this.spare ?? makeBlock<T>();
    this.spare = undefined;
    this.tail[LENGTH] = block;
    this.tail = block;
    this.tailAt = 0;
  }

  /** Leaves the first block, which is empty. One empty block is kept, the others are garbage. */
  private advance(): void {
    const { head } = this;
    this.head = head[LENGTH] as Block<T>;
    this.headAt = 0;
    head[LENGTH] = undefined;
    this.spare = head;
  }
}

/** A literal, which V8 copies in one go. */
// deno-fmt-ignore
function makeBlock<T>(): Block<T> {
  return [
    undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined,
    undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined,
    undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined,
    undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined,
    undefined,
  ];
}
