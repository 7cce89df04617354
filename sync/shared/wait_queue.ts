/**
 * Queues of those who wait on shared primitives, in shared memory and over all isolates.
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
import type { Link } from "../../scheduler/multi_thread/link.ts";
import { push } from "../../scheduler/multi_thread/stack.ts";
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

/** Writes the words of a wait that begins. */
export function prepare(
  { link, words }: Cell,
  record: number,
  amount: number,
  kind: number,
  isBlocking: boolean,
): void {
  const at = fields(link, record);
  words[at + MODE] = isBlocking ? ASLEEP : 0;
  words[at + AMOUNT] = amount;
  words[at + KIND] = kind;
  store(words, at + STATE, QUEUED);
}

/** Puts a wait behind the others. Under the lock. */
export function append(cell: Cell, queue: number, record: number): void {
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
export function remove(cell: Cell, queue: number, record: number): void {
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

/**
 * F6: blocks the thread until somebody has granted its wait.
 *
 * @param until When it gives up, in milliseconds of `performance.now`.
 * @returns `false` when it has given up: nobody had granted it then.
 */
export function blockUntil({ link, words }: Cell, record: number, until: number): boolean {
  const index = fields(link, record) + STATE;
  for (let state = load(words, index); (state & DELIVERED) === 0; state = load(words, index)) {
    const left = state === QUEUED ? until - performance.now() : Infinity;
    if (left <= 0) return false;
    wait(words, index, state, left);
  }
  return true;
}
