/**
 * The queue that all workers share: for tasks from outside and for those that have no room in a
 * worker's own ring.
 *
 * ```text
 *  word 0  lock
 *  word 1  length    written under the lock, read by everybody
 *  word 2  first     number of the oldest task + 1; 0 when there is none
 *  word 3  last      number of the newest task + 1
 * ```
 *
 * The tasks are linked through a word of their own, so the queue is never full and a batch is one
 * operation.
 *
 * J1 `length` is 0 only if the queue is empty or is about to be filled by who has the lock.
 * J2 A closed queue takes nothing: `push` answers `false`.
 *
 * Follows Tokio's `runtime::scheduler::inject`.
 *
 * @module
 */

import { load, store } from "./atomics.ts";
import { acquire, release } from "./lock.ts";
import type { Overflow } from "./ring.ts";

/** How many words an injector takes. */
export const INJECTOR_WORDS = 8;

const LOCK = 0;
const LENGTH = 1;
const FIRST = 2;
const LAST = 3;
const CLOSED = 4;

const NONE = new Int32Array(0);

/** Where each task has its link. */
export interface Links {
  /** Reads the link of a task. */
  next(task: number): number;
  /** Writes the link of a task. */
  setNext(task: number, next: number): void;
}

/** The shared queue, seen from one thread. */
export class Injector implements Overflow {
  readonly #words: Int32Array;
  readonly #base: number;
  readonly #links: Links;
  /** How many tasks the last `popMany` has taken besides the first. */
  taken = 0;

  constructor(words: Int32Array, base: number, links: Links) {
    this.#words = words;
    this.#base = base;
    this.#links = links;
  }

  /** How many tasks are in it. */
  get size(): number {
    return load(this.#words, this.#base + LENGTH);
  }

  /** Adds a task, unless the queue is closed. */
  push(task: number): boolean {
    return this.#append(task, task, 1);
  }

  /** Adds the first `count` tasks of `batch`. After the end of the runtime they are gone. */
  pushBatch(batch: Int32Array, count: number): boolean {
    for (let i = 0; i + 1 < count; i++) this.#links.setNext(batch[i]!, batch[i + 1]! + 1);
    return this.#append(batch[0]!, batch[count - 1]!, count);
  }

  /** Takes the oldest task, or answers with -1. */
  pop(): number {
    return this.popMany(NONE, 1);
  }

  /**
   * Takes up to `most` tasks, at least one.
   *
   * @param rest Gets those after the first, in order. {@linkcode Injector.taken} says how many.
   * @returns The oldest, or -1.
   */
  popMany(rest: Int32Array, most: number): number {
    this.taken = 0;
    if (this.size === 0) return -1;
    const words = this.#words;
    acquire(words, this.#base + LOCK);
    const length = load(words, this.#base + LENGTH);
    const count = Math.min(length, most);
    const first = load(words, this.#base + FIRST) - 1;
    if (count > 0) {
      let link = this.#links.next(first);
      for (let i = 0; i + 1 < count; i++) {
        rest[i] = link - 1;
        link = this.#links.next(link - 1);
      }
      store(words, this.#base + FIRST, length === count ? 0 : link);
      store(words, this.#base + LENGTH, length - count);
      this.taken = count - 1;
    }
    release(words, this.#base + LOCK);
    return count === 0 ? -1 : first;
  }

  /** Lets nothing in any more. */
  close(): void {
    acquire(this.#words, this.#base + LOCK);
    store(this.#words, this.#base + CLOSED, 1);
    release(this.#words, this.#base + LOCK);
  }

  #append(first: number, last: number, count: number): boolean {
    const words = this.#words;
    this.#links.setNext(last, 0);
    acquire(words, this.#base + LOCK);
    const isOpen = load(words, this.#base + CLOSED) === 0;
    if (isOpen) {
      const length = load(words, this.#base + LENGTH);
      if (length === 0) store(words, this.#base + FIRST, first + 1);
      else this.#links.setNext(load(words, this.#base + LAST) - 1, first + 1);
      store(words, this.#base + LAST, last + 1);
      store(words, this.#base + LENGTH, length + count);
    }
    release(words, this.#base + LOCK);
    return isOpen;
  }
}
