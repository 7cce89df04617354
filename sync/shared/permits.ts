/**
 * Permits in shared memory, and a queue of those who wait for them: what the shared semaphores and
 * locks are made of. The rules P1–P4 of `sync/permits.ts` hold.
 *
 * ```text
 *  word 4   free      permits that anybody may take; its highest bit says that somebody waits
 *  word 5   closed    0 or 1
 *  of a wait:  amount   how many it still has to be given     kind   how many it asks for
 * ```
 *
 * P5 While nobody waits, permits are taken and given back without the lock. Who comes to wait puts
 *    itself into the queue, and takes what is free in the step that says so; who gives some back adds
 *    them, and sees in the same step whether somebody waits. So one of the two passes them on under
 *    the lock, and nobody takes any past those who wait. Whenever the lock is free the bit is set
 *    exactly while the queue is not empty.
 * P6 Who takes permits of what may be closed looks at `closed` afterwards; who closes looks at `free`
 *    afterwards.
 *
 * @module
 */

import {
  add,
  and,
  compareExchange,
  exchange,
  load,
  store,
} from "../../scheduler/multi_thread/atomics.ts";
import { type Cell, OWN, QUEUE } from "./cell.ts";
import {
  amountOf,
  firstOf,
  grant,
  GRANTED,
  kindOf,
  QUEUED,
  REFUSED,
  setAmount,
} from "./wait_queue.ts";
import { SharedWait } from "./waits.ts";

const FREE = OWN;
const CLOSED = OWN + 1;
/** P5: the bit that says that somebody waits. It makes the word negative. */
const WAITED = 1 << 31;
/** Where the words of what has permits begin. */
export const BEYOND = 2;

/** The most permits. */
export const MAX_PERMITS: number = 2 ** 29 - 1;

/** How many permits are free now. */
export function freePermits({ words, at }: Cell): number {
  return load(words, at + FREE) & ~WAITED;
}

/** Whether the permits are closed now. */
export function isClosed({ words, at }: Cell): boolean {
  return load(words, at + CLOSED) !== 0;
}

/** P5: takes permits if they are free. Whether they are closed is the caller's to ask. */
export function tryTake(cell: Cell, count: number): boolean {
  return takeBetween(cell, count, count) === count;
}

/** Takes what is free, up to `count`, and answers with how many that were. */
export function takeUpTo(cell: Cell, count: number): number {
  return takeBetween(cell, 0, count);
}

/** P5: gives permits to those who wait, in order, and frees what they leave. */
export function giveBack(cell: Cell, count: number): void {
  const { words, at } = cell;
  if (add(words, at + FREE, count) >= 0) return;
  cell.lock();
  spread(cell);
  cell.unlock();
}

/** P3: lets every wait fail from now on. */
export function close(cell: Cell): void {
  cell.lock();
  closeWithin(cell);
  cell.unlock();
}

/** As {@linkcode close}, under the lock. */
export function closeWithin(cell: Cell): void {
  const { words, at } = cell;
  store(words, at + CLOSED, 1);
  let left = 0;
  for (let head = firstOf(cell); head >= 0; head = firstOf(cell)) {
    left += kindOf(cell, head) - amountOf(cell, head);
    grant(cell, head, REFUSED);
  }
  settle(cell, left);
}

/** Takes as many as are free, if that is at least `least`, and up to `most`. */
function takeBetween({ words, at }: Cell, least: number, most: number): number {
  // Where somebody waits it is negative.
  let free = load(words, at + FREE);
  while (free >= least && free > 0) {
    const count = Math.min(free, most);
    const found = compareExchange(words, at + FREE, free, free - count);
    if (found === free) return count;
    free = found;
  }
  return 0;
}

/** P5: passes free permits on to those who wait. Under the lock. */
function spread(cell: Cell): void {
  if (firstOf(cell) < 0) return;
  pass(cell, exchange(cell.words, cell.at + FREE, WAITED) & ~WAITED);
}

/** P1. Under the lock. */
function pass(cell: Cell, count: number): void {
  let left = count;
  for (let head = firstOf(cell); head >= 0 && left > 0; head = firstOf(cell)) {
    const missing = amountOf(cell, head);
    if (missing > left) return setAmount(cell, head, missing - left);
    left -= missing;
    grant(cell, head);
  }
  settle(cell, left);
}

/** P5: frees what those who waited have left. Under the lock. */
function settle(cell: Cell, left: number): void {
  const { words, at } = cell;
  if (firstOf(cell) < 0) and(words, at + FREE, ~WAITED);
  if (left > 0) add(words, at + FREE, left);
}

/**
 * The future of some permits.
 *
 * **Cancel safety:** giving up loses the place in the queue and no permit.
 */
export abstract class SharedAcquire<T> extends SharedWait<T> {
  constructor(cell: Cell, count: number) {
    super(cell, QUEUE, count);
  }

  /** Makes the answer. The permits are the answer's to release. */
  protected abstract taken(): T;

  /** Makes the error of a wait that {@linkcode close} has ended. */
  protected abstract refused(): Error;

  protected override attemptFreely(): boolean {
    return tryTake(this.cell, this.kind);
  }

  protected attempt(): number {
    const { cell, kind: count } = this;
    if (isClosed(cell)) return REFUSED;
    if (tryTake(cell, count)) return GRANTED;
    this.amount = count;
    return QUEUED;
  }

  protected override joined(): void {
    spread(this.cell);
  }

  protected abandon(outcome: number): void {
    const { cell, kind: count } = this;
    if (outcome === GRANTED) pass(cell, count);
    else if (outcome === QUEUED) pass(cell, count - this.amount);
  }

  protected finish(outcome: number): T {
    if (outcome === GRANTED && !isClosed(this.cell)) return this.taken();
    if (outcome === GRANTED) giveBack(this.cell, this.kind);
    throw this.refused();
  }
}
