/**
 * Waiting for an item of a source, in a queue.
 *
 * A source knows only one waker, the one that polled it last. So only the first of those who wait
 * polls it; the others stand in line behind, and whoever leaves the front wakes the next.
 *
 * @module
 */

import type { Context, Waker } from "./context.ts";
import { End } from "./end.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import type { Source } from "./source.ts";

/** Those who wait for an item of one source, the first at the front. */
export class Waiters {
  /** Whose turn it is. */
  first: ItemWait<unknown, unknown> | undefined = undefined;
  #last: ItemWait<unknown, unknown> | undefined = undefined;

  /** Puts a wait at the end of the queue. */
  append(wait: ItemWait<unknown, unknown>): void {
    const last = this.#last;
    wait.ahead = last;
    if (last === undefined) this.first = wait;
    else last.behind = wait;
    this.#last = wait;
    wait.isQueued = true;
  }

  /** Takes a wait out of the queue. When it was at the front, the next is woken. */
  remove(wait: ItemWait<unknown, unknown>): void {
    const { ahead, behind } = wait;
    if (behind === undefined) this.#last = ahead;
    else behind.ahead = ahead;
    if (ahead === undefined) {
      this.first = behind;
      behind?.waker?.wake();
    } else {
      ahead.behind = behind;
    }
    wait.ahead = undefined;
    wait.behind = undefined;
    wait.isQueued = false;
  }

  /** Has everyone in the queue poll again. */
  wakeAll(): void {
    for (let wait = this.first; wait !== undefined; wait = wait.behind) wait.waker?.wake();
  }
}

/** One wait for an item. It is its own place in the queue. */
export abstract class ItemWait<T, R> extends Future<R> {
  // Plain properties set by the constructor, because every item of a loop makes one of these.
  /** Who waits. */
  declare waker: Waker | undefined;
  /** Its neighbours in the queue. */
  declare ahead: ItemWait<unknown, unknown> | undefined;
  declare behind: ItemWait<unknown, unknown> | undefined;
  /** Whether it stands in the queue. */
  declare isQueued: boolean;
  /** What is asked; `undefined` after the end. */
  declare private source: Source<T> | undefined;
  declare private readonly waiters: Waiters;

  constructor(source: Source<T>, waiters: Waiters) {
    super();
    this.waker = undefined;
    this.ahead = undefined;
    this.behind = undefined;
    this.isQueued = false;
    this.source = source;
    this.waiters = waiters;
  }

  /** Makes the value of this future. */
  protected abstract answer(item: T | End): R;

  /** Asks the source, when it is this one's turn. */
  poll(cx: Context): Poll<R> {
    const { source, waiters } = this;
    if (source === undefined) throw polledAfterEnd();
    this.waker = cx.waker;
    if (waiters.first !== undefined) return this.pollInLine(source, waiters, cx);
    this.source = undefined;
    const item = source.pollNext(cx);
    if (!isPending(item)) return this.answer(item);
    this.source = source;
    waiters.append(this);
    return Pending;
  }

  /** Stops waiting. */
  override [Symbol.dispose](): void {
    const { source, waiters } = this;
    this.leave();
    if (waiters.first === undefined) source?.unpoll();
  }

  /** Ends this future, and leaves the queue if it stands there. */
  protected leave(): void {
    this.source = undefined;
    if (this.isQueued) this.waiters.remove(this);
  }

  private pollInLine(source: Source<T>, waiters: Waiters, cx: Context): Poll<R> {
    if (!this.isQueued) waiters.append(this);
    if (waiters.first !== this) return Pending;
    let item;
    try {
      item = source.pollNext(cx);
    } catch (error) {
      this.leave();
      throw error;
    }
    if (isPending(item)) return Pending;
    this.leave();
    return this.answer(item);
  }
}

/** The future of {@linkcode Source.next}. */
export class NextItem<T> extends ItemWait<T, T | undefined> {
  protected answer(item: T | End): T | undefined {
    return item === End ? undefined : item;
  }
}
