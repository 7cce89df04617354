/**
 * What `join` and `tryJoin` do.
 *
 * @module
 */

import { type Context, currentContext } from "./context.ts";
import { dropAll, dropAllQuietly } from "./drop_all.ts";
import { Future, polledAfterEnd, stepOf, type Wait } from "./future.ts";
import { isPending, Pending, type Poll } from "./poll.ts";

/**
 * Waits for all of its futures.
 *
 * J1 Each poll begins one future further than the one before, unless biased.
 * J2 A future that has ended is not polled again. One that fails leaves the others waiting, unless
 *    all is to fail fast: then they are dropped before its error is thrown.
 * J3 A future is out of the list while it is polled. So a join that is dropped by one of its own
 *    futures drops that one only after its poll, and ends with an error.
 */
export class AllOf extends Future<unknown[]> {
  // Plain properties set by the constructor, as in `Acquire`.
  declare private readonly waiting: (Future<unknown> | undefined)[];
  declare private readonly values: unknown[];
  declare private readonly failsFast: boolean;
  declare private readonly isBiased: boolean;
  /** Where the next poll begins. */
  declare private first: number;
  /** How many have not ended. */
  declare private left: number;
  declare private failure: { readonly index: number; readonly error: unknown } | undefined;
  declare private ended: boolean;

  /** Takes the list as its own. */
  constructor(futures: Future<unknown>[], failsFast: boolean, isBiased: boolean) {
    super();
    this.waiting = futures;
    this.values = new Array(futures.length);
    this.failsFast = failsFast;
    this.isBiased = isBiased;
    this.first = 0;
    this.left = futures.length;
    this.failure = undefined;
    this.ended = false;
  }

  poll(cx: Context): Poll<unknown[]> {
    if (this.ended) throw polledAfterEnd();
    const count = this.values.length;
    let index = this.first;
    if (!this.isBiased) this.first = after(index, count);
    for (let i = 0; i < count; i++, index = after(index, count)) {
      this.pollOne(index, cx);
      if (this.ended) throw polledAfterEnd();
    }
    if (this.left > 0) return Pending;
    this.ended = true;
    if (this.failure !== undefined) throw this.failure.error;
    return this.values;
  }

  override next(): IteratorResult<Wait, unknown[]> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  override [Symbol.dispose](): void {
    this.ended = true;
    dropAll(this.waiting.splice(0));
  }

  private pollOne(index: number, cx: Context): void {
    const future = this.waiting[index];
    if (future === undefined) return;
    this.waiting[index] = undefined;
    let value;
    try {
      value = future.poll(cx);
    } catch (error) {
      this.fail(index, error);
      return;
    }
    if (!isPending(value)) {
      this.values[index] = value;
      this.left -= 1;
    } else if (this.ended) {
      future[Symbol.dispose]();
    } else {
      this.waiting[index] = future;
    }
  }

  /** J2. */
  private fail(index: number, error: unknown): void {
    this.left -= 1;
    if (this.failsFast) {
      this.ended = true;
      dropAllQuietly(this.waiting.splice(0));
      throw error;
    }
    if (this.failure === undefined || index < this.failure.index) {
      this.failure = { index, error };
    }
  }
}

/** The index that follows, in a circle. */
function after(index: number, count: number): number {
  return index + 1 === count ? 0 : index + 1;
}
