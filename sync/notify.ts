/**
 * A signal without a value: one task tells others that something has happened.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { type Future, polledAfterEnd } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { Waiter } from "../future/waiter.ts";
import { Waiters } from "./waiters.ts";

/** Not in the queue yet. */
const NEW = 0;
/** In the queue. */
const QUEUED = 1;
/** Out of the queue, by `notifyOne`, and not polled since. */
const BY_ONE = 2;
/** Out of the queue, by `notifyLast`, and not polled since. */
const BY_LAST = 3;
/** Out of the queue, by `notifyWaiters`, and not polled since. */
const BY_ALL = 4;
/** Notified, as `enable` has told. */
const RECEIVED = 5;
const COMPLETED = 6;
const DROPPED = 7;

/** The future of {@linkcode Notify.notified}. */
export interface Notified extends Future<void> {
  /**
   * Joins the queue without waiting, so that a `notifyOne` from now on can reach this future.
   *
   * @returns Whether it has been notified already. The notification is then taken: it is not
   * passed on when the future is dropped.
   * @throws {TypeError} When the future was dropped.
   */
  enable(): boolean;
}

/**
 * Wakes tasks that wait for something to happen. It carries no value: what has happened is to be
 * seen elsewhere, and waiting tasks look there again.
 *
 * - **One permit:** `notifyOne` with nobody waiting leaves a permit, and the next `notified()`
 *   completes at once. There is never more than one.
 * - **All:** `notifyWaiters` reaches every future that `notified()` had made, also one that was not
 *   polled yet, and leaves no permit.
 * - **Fair:** who waits first is notified first.
 *
 * Completing a `notified()` does not use up the budget of a task.
 *
 * Follows Tokio's `sync::Notify`.
 *
 * @example A queue with a bell
 * ```ts
 * import { Notify } from "@edo/runtime/sync";
 * import { spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const items: string[] = [];
 * const bell = new Notify();
 *
 * const consumer = spawn(function* () {
 *   while (items.length === 0) yield* bell.notified();
 *   return items.shift();
 * });
 * items.push("parcel");
 * bell.notifyOne();
 * assertEquals(await consumer, "parcel");
 * ```
 *
 * @example Waiting for a condition that anybody may bring about
 * ```ts
 * import { Notify } from "@edo/runtime/sync";
 * import { spawn } from "@edo/runtime/task";
 *
 * let isOpen = false;
 * const changed = new Notify();
 * const guest = spawn(function* () {
 *   while (true) {
 *     const change = changed.notified();
 *     if (isOpen) return;
 *     yield* change;
 *   }
 * });
 * isOpen = true;
 * changed.notifyWaiters();
 * await guest;
 * ```
 */
export class Notify {
  readonly #signal: Signal = new Signal();

  /**
   * Waits for a notification.
   *
   * The future sees a `notifyWaiters` from this call on, and a `notifyOne` from its first poll or
   * `enable()` on; an earlier `notifyOne` is seen through the permit.
   *
   * **Cancel safety:** giving up loses the place in the queue. A `notifyOne` that has reached the
   * future goes to the next one that waits, or becomes the permit.
   */
  notified(): Notified {
    return new NotifiedFuture(this.#signal);
  }

  /** Notifies the future that has waited longest, or leaves a permit if none waits. */
  notifyOne(): void {
    this.#signal.notify(BY_ONE);
  }

  /** Notifies the future that began to wait last, or leaves a permit if none waits. */
  notifyLast(): void {
    this.#signal.notify(BY_LAST);
  }

  /** Notifies every future that `notified()` has made so far. A permit stays where it is. */
  notifyWaiters(): void {
    this.#signal.notifyAll();
  }
}

/** What a {@linkcode Notify} and its futures share. */
class Signal {
  readonly queue: Waiters = new Waiters();
  hasPermit = false;
  /** How often all were notified. Compared for equality only, so it may wrap around. */
  broadcasts = 0;

  notify(how: typeof BY_ONE | typeof BY_LAST): void {
    const waiter = how === BY_ONE ? this.queue.first : this.queue.last;
    if (waiter === undefined) this.hasPermit = true;
    else this.queue.wakeOne(waiter, how);
  }

  notifyAll(): void {
    this.broadcasts = (this.broadcasts + 1) | 0;
    this.queue.wakeAll(BY_ALL);
  }
}

class NotifiedFuture extends Waiter<void> implements Notified {
  declare private readonly signal: Signal;
  /** How often all had been notified when this was made. */
  declare private readonly since: number;

  constructor(signal: Signal) {
    super(NEW);
    this.signal = signal;
    this.since = signal.broadcasts;
  }

  poll(cx: Context): Poll<void> {
    if (this.state >= COMPLETED) throw polledAfterEnd();
    if (this.state === NEW) this.begin();
    if (this.state === QUEUED) {
      this.waker = cx.waker;
      return Pending;
    }
    this.state = COMPLETED;
  }

  enable(): boolean {
    if (this.state === DROPPED) throw polledAfterEnd();
    if (this.state === NEW) this.begin();
    if (this.state === QUEUED) return false;
    if (this.state !== COMPLETED) this.state = RECEIVED;
    return true;
  }

  override [Symbol.dispose](): void {
    const { state, signal } = this;
    if (state === COMPLETED) return;
    this.state = DROPPED;
    this.waker = undefined;
    if (state === QUEUED) signal.queue.remove(this);
    else if (state === BY_ONE || state === BY_LAST) signal.notify(state);
  }

  /** A broadcast comes before the permit, which is left to those who need it. */
  private begin(): void {
    const { signal } = this;
    if (signal.broadcasts !== this.since) {
      this.state = RECEIVED;
    } else if (signal.hasPermit) {
      signal.hasPermit = false;
      this.state = RECEIVED;
    } else {
      this.state = QUEUED;
      signal.queue.append(this);
    }
  }
}
