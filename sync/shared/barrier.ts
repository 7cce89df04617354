/**
 * A place where tasks of several threads wait for each other.
 *
 * @module
 */

import type { Future } from "../../future/future.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import type { BarrierWaitResult } from "../barrier.ts";
import { block } from "./blocking.ts";
import { arrival, Cell, cellOr, OWN } from "./cell.ts";
import { firstOf, grant, GRANTED, QUEUED } from "./wait_queue.ts";
import { SharedWait } from "./waits.ts";

const SIZE = OWN;
const ARRIVED = OWN + 1;

const MOST = 2 ** 31 - 1;

/** The outcome of the one who arrived last. */
const LEADER = 3;

/**
 * Lets tasks go on once a number of them have arrived, on whatever threads, again and again: when
 * they have met, the next ones that arrive wait for each other.
 *
 * It can be sent to a portable task, where it is another handle for the same barrier. Dispose of each
 * handle; the memory is given back with the last. A handle that is forgotten is disposed of when it
 * is garbage collected.
 *
 * Follows Tokio's `sync::Barrier`.
 *
 * @example
 * ```ts
 * import { join } from "@edo/runtime/future";
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * using barrier = new shared.SharedBarrier(2);
 * const met = await join(barrier.wait(), barrier.wait());
 * assertEquals(met.filter(({ isLeader }) => isLeader).length, 1);
 * ```
 */
export class SharedBarrier implements WireHandle, Disposable {
  readonly #cell: Cell;

  /**
   * Makes a barrier.
   *
   * @param size How many have to arrive, to 2,147,483,647. 0 is as 1: nobody waits, and everybody
   * leads.
   * @throws {RangeError} When the size is no such number, or the memory of all threads is full.
   */
  constructor(size: number) {
    if (!Number.isInteger(size) || size < 0 || size > MOST) {
      throw new RangeError(
        `Cannot make a barrier of ${size}: use a whole number from 0 to ${MOST}`,
      );
    }
    this.#cell = cellOr(() => Cell.create([Math.max(size, 1), 0]));
  }

  /**
   * Arrives, with the first poll, and waits for the others.
   *
   * **Cancel safety:** none. Who has arrived and gives up stays counted: the others meet without it.
   *
   * @returns Who leads; it is the one who arrived last.
   * @throws {TypeError} When the handle was disposed.
   */
  wait(): Future<BarrierWaitResult> {
    return new Meeting(this.#cell.open);
  }

  /**
   * Arrives, and blocks the thread until the others are there. Nothing else of this isolate runs
   * meanwhile: they must be on other threads, and nothing promises that two portable tasks are. Who
   * has arrived stays counted, also when the time is over.
   *
   * @returns Who leads.
   * @throws {TypeError} When the host does not let the thread block, when a future is being polled (a
   * generator task has to `yield*`), or when the handle was disposed.
   */
  waitSync(): BarrierWaitResult;
  /** The same, for at most `timeoutMs` milliseconds; `undefined` when they are over. */
  waitSync(timeoutMs: number): BarrierWaitResult | undefined;
  waitSync(timeoutMs?: number): BarrierWaitResult | undefined {
    return block(new Meeting(this.#cell.open), "wait at a barrier", timeoutMs)?.value;
  }

  /** Disposes of this handle. Waits that it has begun stay good. */
  [Symbol.dispose](): void {
    this.#cell[Symbol.dispose]();
  }

  /** How it is sent to another thread. */
  [toWire](): WireForm {
    return this.#cell.form(KIND);
  }
}

const KIND: HandleKind = registerHandle(
  import.meta,
  "SharedBarrier",
  arrival(() => new SharedBarrier(0)),
);

class Meeting extends SharedWait<BarrierWaitResult> {
  protected override get isCharged(): boolean {
    return false;
  }

  protected attempt(): number {
    const { cell } = this;
    const { words, at } = cell;
    words[at + ARRIVED]! += 1;
    if (words[at + ARRIVED]! < words[at + SIZE]!) return QUEUED;
    words[at + ARRIVED] = 0;
    for (let head = firstOf(cell); head >= 0; head = firstOf(cell)) grant(cell, head, GRANTED);
    return LEADER;
  }

  /** Who has arrived stays counted. */
  protected abandon(): void {}

  protected finish(outcome: number): BarrierWaitResult {
    return { isLeader: outcome === LEADER };
  }
}
