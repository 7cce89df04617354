/**
 * Permits in shared memory, and a queue of those who wait for them: what the shared semaphores and
 * locks are made of. The rules P1–P4 of `sync/permits.ts` hold.
 *
 * ```text
 *  word 4   free      permits that anybody may take
 *  word 5   closed    0 or 1
 *  of a wait:  amount   how many it still has to be given     kind   how many it asks for
 * ```
 *
 * P5 While nobody waits, permits are taken and given back without the lock. Who comes to wait puts
 *    itself into the queue, and then looks once more whether some are free; who gives some back adds
 *    them to the free ones, and then looks whether somebody waits. So one of the two sees the other,
 *    and passes them on under the lock. Nobody takes any past those who wait.
 * P6 Who takes permits of what may be closed looks at `closed` afterwards; who closes looks at `free`
 *    afterwards.
 *
 * @module
 */

import {
  add,
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
/** Where the words of what has permits begin. */
export const BEYOND = 2;

/** The most permits. */
export const MAX_PERMITS: number = 2 ** 29 - 1;

/** How many permits are free now. */
export function freePermits({ words, at }: Cell): number {
  return load(words, at + FREE);
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
  add(words, at + FREE, count);
  if (load(words, at + QUEUE) === 0) return;
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
  add(words, at + FREE, left);
}

/** Takes as many as are free, if that is at least `least`, and up to `most`. */
function takeBetween({ words, at }: Cell, least: number, most: number): number {
  if (load(words, at + QUEUE) !== 0) return 0;
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
  const free = exchange(cell.words, cell.at + FREE, 0);
  if (free > 0) pass(cell, free);
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
  if (left > 0) add(cell.words, cell.at + FREE, left);
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
