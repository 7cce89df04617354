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
 * Both words are written under the lock, and may be read without it.
 *
 * @module
 */

import { add, load, store } from "../../scheduler/multi_thread/atomics.ts";
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
  SharedWait,
} from "./waits.ts";

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

/** Takes permits if they are free. Whether they are closed is the caller's to ask. */
export function tryTake(cell: Cell, count: number): boolean {
  cell.lock();
  const isTaken = take(cell, count);
  cell.unlock();
  return isTaken;
}

/** Takes what is free, up to `count`, and answers with how many that were. */
export function takeUpTo(cell: Cell, count: number): number {
  cell.lock();
  const taken = Math.min(cell.words[cell.at + FREE]!, count);
  add(cell.words, cell.at + FREE, -taken);
  cell.unlock();
  return taken;
}

/** Gives permits to those who wait, in order, and frees what they leave. */
export function giveBack(cell: Cell, count: number): void {
  cell.lock();
  pass(cell, count);
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

function take({ words, at }: Cell, count: number): boolean {
  const free = words[at + FREE]!;
  if (free < count) return false;
  store(words, at + FREE, free - count);
  return true;
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

  protected attempt(): number {
    const { cell, kind: count } = this;
    const { words, at } = cell;
    if (words[at + CLOSED] !== 0) return REFUSED;
    if (take(cell, count)) return GRANTED;
    this.amount = count - words[at + FREE]!;
    store(words, at + FREE, 0);
    return QUEUED;
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
