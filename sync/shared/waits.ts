/**
 * Waiting on shared primitives: queues in shared memory of those who wait, in all isolates.
 *
 * Each wait is a record of its own (`records.ts`), taken by the isolate that waits:
 *
 * ```text
 *  word 0–5           as records.ts has them; `spawner` is the isolate that waits
 *  word 1   link      to the next one that was granted by the same release, then in `woken`
 *  word 6   state     QUEUED, or the outcome that somebody has given it; +128 DELIVERED
 *  word 7   ahead     the wait before it in the queue + 1, or 0
 *  word 8   behind    the one after it
 *  word 9   mode      whether its thread is blocked
 *  word 10  amount    the primitive's own: how much is missing, or what was handed over
 *  word 11  kind      the primitive's own
 *
 *  queue ──► first ⇄ record ⇄ record ⇄ last            under the primitive's lock
 *               │ grant: out of the queue, has its outcome
 *               ▼
 *  chain of the one who releases ──► after the lock ──► woken(isolate), unpark(isolate)
 *                                                          │ that isolate's next turn
 *                                                          ▼
 *                                    the future keeps the outcome, the record is given back
 * ```
 *
 * F1 **Fair.** A queue is strictly first come, first served; who releases gives to the first, and
 *    what is given belongs to the receiver at once, so nobody who comes later can take it.
 * F2 State changes once, from QUEUED to an outcome, under the lock, together with leaving the queue.
 *    So under the lock a wait is in the queue exactly if it is QUEUED.
 * F3 Who grants tells the isolate after it has unlocked: it puts the record into `woken`, then
 *    `unpark`s (S1 of `parking.ts`). A wait of its own isolate it wakes itself.
 * F4 A wait that is dropped looks at its state under the lock. QUEUED: it leaves the queue and passes
 *    on what it was given in part. Otherwise it passes on what it was given. So nothing is lost, and
 *    no wake-up is: what it passes on goes to the next one.
 * F5 A record is given back when it is in no list. One that was QUEUED when its wait was dropped: at
 *    once. One that has an outcome: when it arrives from `woken`, also if nobody waits for it then.
 * F6 A thread that is blocked waits for DELIVERED, after which who granted does not touch the record.
 * F7 **No deadlock of its own.** One lock is held at a time, and nobody waits while holding it (C1 of
 *    `cell.ts`). What the locks of users do to each other is theirs to avoid.
 *
 * A thread that is terminated without leaving the domain leaves its waits behind; what they are given
 * is lost. Runtimes end their workers in order: their tasks are dropped first, and so are the waits.
 *
 * @module
 */

import { load, notify, or, store, wait } from "../../scheduler/multi_thread/atomics.ts";
import type { Link, Woken } from "../../scheduler/multi_thread/link.ts";
import { push } from "../../scheduler/multi_thread/stack.ts";
import { proceed, refund } from "../../future/budget.ts";
import type { Context, Waker } from "../../future/context.ts";
import { Future, polledAfterEnd } from "../../future/future.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { type Cell, QUEUE } from "./cell.ts";

/** In a queue. */
export const QUEUED = 0;
/** The usual outcome. A primitive may have others, up to 127. */
export const GRANTED = 1;
/** The outcome of a wait that cannot succeed any more. */
export const REFUSED = 2;

const DELIVERED = 128;

const STATE = 0;
const AHEAD = 1;
const BEHIND = 2;
const MODE = 3;
const AMOUNT = 4;
const KIND = 5;

const ASLEEP = 1;

/** Where the fields of a wait begin. */
function fields(link: Link, record: number): number {
  return link.domain.records.inlineAt(record);
}

/** The outcome of a wait, or {@linkcode QUEUED}. */
export function outcomeOf(link: Link, record: number): number {
  return load(link.domain.words, fields(link, record) + STATE) & ~DELIVERED;
}

/** The primitive's own word of a wait. Under the lock, or by whoever waits once it has an outcome. */
export function amountOf({ link, words }: Cell, record: number): number {
  return words[fields(link, record) + AMOUNT]!;
}

/** Sets the primitive's own word of a wait. Under the lock. */
export function setAmount({ link, words }: Cell, record: number, amount: number): void {
  words[fields(link, record) + AMOUNT] = amount;
}

/** The second of the primitive's own words of a wait. Under the lock. */
export function kindOf({ link, words }: Cell, record: number): number {
  return words[fields(link, record) + KIND]!;
}

/** The first wait of a queue, or -1. Under the lock. */
export function firstOf({ words, at }: Cell, queue: number = QUEUE): number {
  return words[at + queue]! - 1;
}

/** The last wait of a queue, or -1. Under the lock. */
export function lastOf({ words, at }: Cell, queue: number = QUEUE): number {
  return words[at + queue + 1]! - 1;
}

/** Puts a wait behind the others. Under the lock. */
function append(cell: Cell, queue: number, record: number): void {
  const { link, words } = cell;
  const first = cell.at + queue;
  const at = fields(link, record);
  const last = words[first + 1]!;
  words[at + AHEAD] = last;
  words[at + BEHIND] = 0;
  // Whether anybody waits may be looked at without the lock.
  if (last === 0) store(words, first, record + 1);
  else words[fields(link, last - 1) + BEHIND] = record + 1;
  words[first + 1] = record + 1;
}

/** Takes a wait out of the queue. Under the lock. */
function remove(cell: Cell, queue: number, record: number): void {
  const { link, words } = cell;
  const first = cell.at + queue;
  const at = fields(link, record);
  const ahead = words[at + AHEAD]!;
  const behind = words[at + BEHIND]!;
  if (ahead === 0) store(words, first, behind);
  else words[fields(link, ahead - 1) + BEHIND] = behind;
  if (behind === 0) words[first + 1] = ahead;
  else words[fields(link, behind - 1) + AHEAD] = ahead;
}

/** Those that were granted under the lock that this isolate holds, as a chain of numbers + 1. */
export interface Granted {
  first: number;
  last: number;
}

/**
 * F2: takes a wait out of a queue and gives it its outcome, from 1 to 127. Under the lock;
 * `Cell.unlock` tells the one who waits.
 */
export function grant(
  cell: Cell,
  record: number,
  outcome: number = GRANTED,
  queue: number = QUEUE,
): void {
  const { link, words, granted } = cell;
  const { records } = link.domain;
  remove(cell, queue, record);
  records.setNext(record, 0);
  if (granted.first === 0) granted.first = record + 1;
  else records.setNext(granted.last - 1, record + 1);
  granted.last = record + 1;
  store(words, fields(link, record) + STATE, outcome);
}

/** Grants all waits of a queue. Under the lock. */
export function grantAll(cell: Cell, queue: number, outcome: number): void {
  for (let head = firstOf(cell, queue); head >= 0; head = firstOf(cell, queue)) {
    grant(cell, head, outcome, queue);
  }
}

/** F3: tells those who wait. After the lock. */
export function deliver(link: Link, granted: Granted): void {
  const { domain } = link;
  let rest = granted.first;
  granted.first = 0;
  while (rest !== 0) {
    const record = rest - 1;
    rest = domain.records.next(record);
    const at = fields(link, record);
    const isolate = domain.records.spawnerOf(record);
    if (domain.words[at + MODE] === ASLEEP) {
      or(domain.words, at + STATE, DELIVERED);
      notify(domain.words, at + STATE);
    } else if (isolate === domain.self) {
      link.woken(record);
    } else {
      push(domain.words, domain.woken(isolate), domain.records, record);
      link.unpark(isolate);
    }
  }
}

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
    const { cell } = this;
    const { link, words } = cell;
    const record = isBlocking ? link.takeRecord() : link.beginWait(this);
    if (record < 0) return false;
    const base = fields(link, record);
    words[base + MODE] = isBlocking ? ASLEEP : 0;
    words[base + AMOUNT] = this.amount;
    words[base + KIND] = this.kind;
    store(words, base + STATE, QUEUED);
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
    const { link, words } = cell;
    const index = fields(link, record) + STATE;
    const until = performance.now() + timeoutMs;
    for (let state = load(words, index); (state & DELIVERED) === 0; state = load(words, index)) {
      const left = state === QUEUED ? until - performance.now() : Infinity;
      if (left > 0) wait(words, index, state, left);
      else if (this.giveUp()) return false;
    }
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
