/**
 * A signal without a value between threads.
 *
 * @module
 */

import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import { add, load } from "../../scheduler/multi_thread/atomics.ts";
import type { Notified } from "../notify.ts";
import { block } from "./blocking.ts";
import { arrival, Cell, cellOr, OWN } from "./cell.ts";
import { firstOf, grant, lastOf, QUEUED } from "./wait_queue.ts";
import { SharedWait } from "./waits.ts";

const PERMIT = OWN;
/** How often all were notified. Compared for equality only, so it may wrap around. */
const BROADCASTS = OWN + 1;

/** The outcomes: by `notifyOne`, `notifyLast`, `notifyWaiters`. */
const BY_ONE = 1;
const BY_LAST = 2;
const BY_ALL = 3;
/** By the permit, or the task was told already: nothing is passed on. */
const RECEIVED = 4;

/**
 * Wakes tasks on all threads that wait for something to happen. It carries no value: what has
 * happened is to be seen elsewhere, such as in a `SharedArrayBuffer`.
 *
 * It can be sent to a portable task, where it is another handle for the same signal. It does what
 * `Notify` does:
 *
 * - **One permit:** `notifyOne` with nobody waiting leaves a permit, and the next `notified()`
 *   completes at once. There is never more than one.
 * - **All:** `notifyWaiters` reaches every future that `notified()` had made, also one that was not
 *   polled yet, and leaves no permit.
 * - **Fair:** who waits first is notified first.
 *
 * Dispose of each handle; the memory is given back with the last. A handle that is forgotten is
 * disposed of when it is garbage collected.
 *
 * Follows Tokio's `sync::Notify`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { spawn } from "@edo/runtime/task";
 *
 * using bell = new shared.SharedNotify();
 * const guest = spawn(function* () {
 *   yield* bell.notified();
 * });
 * bell.notifyOne();
 * await guest;
 * ```
 */
export class SharedNotify implements WireHandle, Disposable {
  readonly #cell: Cell;

  /**
   * Makes a signal without a permit.
   *
   * @throws {RangeError} When the memory of all threads is full.
   */
  constructor() {
    this.#cell = cellOr(() => Cell.create([0, 0]));
  }

  /**
   * Waits for a notification.
   *
   * The future sees a `notifyWaiters` from this call on, and a `notifyOne` from its first poll or
   * `enable()` on; an earlier `notifyOne` is seen through the permit.
   *
   * **Cancel safety:** giving up loses the place in the queue. A `notifyOne` that has reached the
   * future goes to the next one that waits, or becomes the permit.
   *
   * @throws {TypeError} When the handle was disposed.
   */
  notified(): Notified {
    return new NotifiedFuture(this.#cell.open);
  }

  /**
   * Waits for a notification, and blocks the thread until then. Nothing else of this isolate runs
   * meanwhile: who notifies must be on another thread. A task that was spawned just before has not
   * been sent yet, so it cannot be the one.
   *
   * @param timeoutMs For how many milliseconds at the most; left out, without end.
   * @returns Whether it was notified in this time.
   * @throws {RangeError} When `timeoutMs` is below 0 or no number.
   * @throws {TypeError} When the host does not let the thread block, when a future is being polled (a
   * generator task has to `yield*`), or when the handle was disposed.
   */
  notifiedSync(timeoutMs?: number): boolean {
    const wait = new NotifiedFuture(this.#cell.open);
    return block(wait, "wait for a notification", timeoutMs) !== undefined;
  }

  /** Notifies the future that has waited longest, or leaves a permit if none waits. */
  notifyOne(): void {
    this.#notify(BY_ONE);
  }

  /** Notifies the future that began to wait last, or leaves a permit if none waits. */
  notifyLast(): void {
    this.#notify(BY_LAST);
  }

  /** Notifies every future that `notified()` has made so far. A permit stays where it is. */
  notifyWaiters(): void {
    const cell = this.#cell.open;
    cell.lock();
    notifyAll(cell);
    cell.unlock();
  }

  /** Disposes of this handle. Waits that it has begun stay good. */
  [Symbol.dispose](): void {
    this.#cell[Symbol.dispose]();
  }

  /** How it is sent to another thread. */
  [toWire](): WireForm {
    return this.#cell.form(KIND);
  }

  #notify(how: number): void {
    const cell = this.#cell.open;
    cell.lock();
    notify(cell, how);
    cell.unlock();
  }
}

const KIND: HandleKind = registerHandle(
  import.meta,
  "SharedNotify",
  arrival(() => new SharedNotify()),
);

/** Under the lock. */
function notify(cell: Cell, how: number): void {
  const record = how === BY_ONE ? firstOf(cell) : lastOf(cell);
  if (record < 0) cell.words[cell.at + PERMIT] = 1;
  else grant(cell, record, how);
}

/** Under the lock. */
function notifyAll(cell: Cell): void {
  add(cell.words, cell.at + BROADCASTS, 1);
  for (let head = firstOf(cell); head >= 0; head = firstOf(cell)) grant(cell, head, BY_ALL);
}

class NotifiedFuture extends SharedWait<void> implements Notified {
  /** How often all had been notified when this was made. */
  declare private readonly since: number;

  constructor(cell: Cell) {
    super(cell);
    this.since = load(cell.words, cell.at + BROADCASTS);
  }

  enable(): boolean {
    if (!this.enter()) return false;
    this.outcome = RECEIVED;
    return true;
  }

  protected override get isCharged(): boolean {
    return false;
  }

  /** A broadcast comes before the permit, which is left to those who need it. */
  protected attempt(): number {
    const { words, at } = this.cell;
    if (words[at + BROADCASTS] !== this.since) return RECEIVED;
    if (words[at + PERMIT] === 0) return QUEUED;
    words[at + PERMIT] = 0;
    return RECEIVED;
  }

  protected abandon(outcome: number): void {
    if (outcome === BY_ONE || outcome === BY_LAST) notify(this.cell, outcome);
  }

  protected finish(): void {}
}
