/**
 * The futures of what shared primitives give. The rules F1–F7 of `wait_queue.ts` hold.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import type { Context, Waker } from "../../future/context.ts";
import { Future, polledAfterEnd } from "../../future/future.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import type { Woken } from "../../scheduler/multi_thread/link_parts.ts";
import { type Cell, QUEUE } from "./cell.ts";
import {
  amountOf,
  append,
  blockUntil,
  GRANTED,
  outcomeOf,
  prepare,
  QUEUED,
  remove,
} from "./wait_queue.ts";

const NEW = 0;
const WAITING = 1;
/** Has its outcome, and its record no more. */
const ARRIVED = 2;
const ENDED = 3;

/**
 * The future of something that a shared primitive gives. It begins with its first poll.
 *
 * What extends it says what is to be had, each under the lock unless it says otherwise.
 *
 * **Cancel safety:** F4.
 */
export abstract class SharedWait<T> extends Future<T> implements Woken {
  // Plain properties set by the constructor, as in `Acquire`.
  /** Which primitive. */
  declare protected readonly cell: Cell;
  /** Where the queue is: {@linkcode QUEUE} or another one, counted from the primitive. */
  declare protected readonly queue: number;
  /** The first value of the word `amount`; after the end what was left in it. */
  declare protected amount: number;
  /** The value of the word `kind`. */
  declare protected readonly kind: number;
  declare private state: number;
  declare private record: number;
  /** What somebody has given it, once it has arrived. */
  declare protected outcome: number;
  declare private waker: Waker | undefined;

  constructor(cell: Cell, queue: number = QUEUE, kind: number = 0) {
    super();
    this.cell = cell;
    this.queue = queue;
    this.amount = 0;
    this.kind = kind;
    this.state = NEW;
    this.record = -1;
    this.outcome = QUEUED;
    this.waker = undefined;
    cell.use();
  }

  /** Takes what it wants without the lock, if it is there and nobody waits. */
  protected attemptFreely(): boolean {
    return false;
  }

  /** Called when it has joined the queue, under the lock. It may be granted there. */
  protected joined(): void {}

  /**
   * Takes what it wants, if it is there.
   *
   * @returns The outcome, or {@linkcode QUEUED} to wait; `amount` may be set then.
   */
  protected abstract attempt(): number;

  /**
   * Gives on what it was given. If `outcome` is {@linkcode QUEUED} it has just left the queue.
   * `amount` is what is in the record.
   */
  protected abstract abandon(outcome: number): void;

  /** Makes the answer, or throws. Not under the lock. The primitive's memory is still there. */
  protected abstract finish(outcome: number): T;

  /** Whether completing costs budget. */
  protected get isCharged(): boolean {
    return true;
  }

  poll(cx: Context): Poll<T> {
    if (this.state === ENDED) throw polledAfterEnd();
    const { isCharged } = this;
    if (isCharged && !proceed(cx.waker)) return Pending;
    if (this.state === NEW) this.begin(false);
    if (this.state === WAITING) {
      if (isCharged) refund();
      this.waker = cx.waker;
      return Pending;
    }
    return this.end();
  }

  /**
   * Begins before the first poll.
   *
   * @returns Whether it has its outcome.
   */
  protected enter(): boolean {
    if (this.state === ENDED) throw polledAfterEnd();
    if (this.state === NEW) this.begin(false);
    return this.state === ARRIVED;
  }

  /** Whether it was not begun. */
  protected get isNew(): boolean {
    return this.state === NEW;
  }

  /** Its record came out of the list of this isolate. */
  woken(record: number): void {
    const { cell } = this;
    const { link } = cell;
    this.amount = amountOf(cell, record);
    this.outcome = outcomeOf(link, record);
    this.record = -1;
    this.state = ARRIVED;
    const { waker } = this;
    this.waker = undefined;
    waker?.wake();
  }

  /**
   * Blocks the thread until it has its outcome. The future ends.
   *
   * Nothing else of the isolate runs meanwhile. So it must not be used while something that the same
   * isolate has to do first is ahead in the queue.
   *
   * @param timeoutMs For how many milliseconds at the most.
   * @returns `undefined` when the time is over.
   */
  waitSync(timeoutMs: number = Infinity): { readonly value: T } | undefined {
    this.begin(true);
    return this.state === ARRIVED || this.sleep(timeoutMs) ? { value: this.end() } : undefined;
  }

  /** Gives up: F4. */
  override [Symbol.dispose](): void {
    const { state, cell } = this;
    if (state === ENDED) return;
    this.state = ENDED;
    this.waker = undefined;
    if (state !== NEW) this.leave(state);
    cell.unuse();
  }

  private begin(isBlocking: boolean): void {
    const { cell } = this;
    if (this.attemptFreely()) {
      this.outcome = GRANTED;
      this.state = ARRIVED;
      return;
    }
    cell.lock();
    const outcome = this.attempt();
    if (outcome === QUEUED) {
      const hasJoined = this.join(isBlocking);
      if (hasJoined) this.joined();
      else this.abandon(QUEUED);
      cell.unlock();
      if (hasJoined) return;
      this.state = ENDED;
      cell.unuse();
      throw new RangeError("Cannot wait: too many tasks and waits are under way");
    }
    this.outcome = outcome;
    this.state = ARRIVED;
    cell.unlock();
  }

  private join(isBlocking: boolean): boolean {
    const { cell, cell: { link } } = this;
    const record = isBlocking ? link.takeRecord() : link.beginWait(this);
    if (record < 0) return false;
    prepare(cell, record, this.amount, this.kind, isBlocking);
    append(cell, this.queue, record);
    this.record = record;
    this.state = WAITING;
    return true;
  }

  private end(): T {
    this.state = ENDED;
    try {
      return this.finish(this.outcome);
    } finally {
      this.cell.unuse();
    }
  }

  private leave(state: number): void {
    const { cell, record } = this;
    const { link } = cell;
    cell.lock();
    const isWaiting = state === WAITING;
    const outcome = isWaiting ? outcomeOf(link, record) : this.outcome;
    if (isWaiting) this.amount = amountOf(cell, record);
    if (outcome === QUEUED) remove(cell, this.queue, record);
    this.abandon(outcome);
    cell.unlock();
    // F5: the record of one that has an outcome comes through the list of this isolate.
    if (isWaiting) link.endWait(record, outcome === QUEUED);
  }

  /** F6. Answers with whether it was granted. */
  private sleep(timeoutMs: number): boolean {
    const { cell, record } = this;
    const { link } = cell;
    const until = performance.now() + timeoutMs;
    while (!blockUntil(cell, record, until)) if (this.giveUp()) return false;
    this.amount = amountOf(cell, record);
    this.outcome = outcomeOf(link, record);
    link.domain.records.giveBack(record);
    this.state = ARRIVED;
    return true;
  }

  /** The time of a thread that is blocked is over. `false` if it was granted just before. */
  private giveUp(): boolean {
    const { cell, record } = this;
    const { link } = cell;
    cell.lock();
    const isQueued = outcomeOf(link, record) === QUEUED;
    if (isQueued) {
      this.amount = amountOf(cell, record);
      remove(cell, this.queue, record);
      this.abandon(QUEUED);
    }
    cell.unlock();
    if (!isQueued) return false;
    this.state = ENDED;
    link.domain.records.giveBack(record);
    cell.unuse();
    return true;
  }
}
