/**
 * A place where tasks wait for each other.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { type Notified, Notify } from "./notify.ts";

/** What {@linkcode Barrier.wait} answers with. */
export interface BarrierWaitResult {
  /** Whether this is the one among those who met that may do what is to be done once. */
  readonly isLeader: boolean;
}

/**
 * Lets tasks go on once a number of them have arrived, again and again: when they have met, the
 * next ones that arrive wait for each other.
 *
 * Follows Tokio's `sync::Barrier`.
 *
 * @example
 * ```ts
 * import { join } from "@edo/runtime/future";
 * import { Barrier } from "@edo/runtime/sync";
 * import { spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const barrier = new Barrier(3);
 * const order: string[] = [];
 * const worker = () =>
 *   spawn(function* () {
 *     order.push("arrived");
 *     const { isLeader } = yield* barrier.wait();
 *     order.push("met");
 *     return isLeader;
 *   });
 *
 * const leaders = await join(worker(), worker(), worker());
 * assertEquals(leaders.filter((isLeader) => isLeader).length, 1);
 * assertEquals(order, ["arrived", "arrived", "arrived", "met", "met", "met"]);
 * ```
 */
export class Barrier {
  readonly #size: number;
  readonly #met: Notify = new Notify();
  #arrived = 0;

  /**
   * Makes a barrier.
   *
   * @param size How many have to arrive. 0 is as 1: nobody waits, and everybody leads.
   * @throws {RangeError} When the size is not a whole number, or is below 0.
   */
  constructor(size: number) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new RangeError(`Cannot make a barrier of ${size}: use a whole number from 0`);
    }
    this.#size = Math.max(size, 1);
  }

  /**
   * Arrives, with the first poll, and waits for the others.
   *
   * **Cancel safety:** none. Who has arrived and gives up stays counted: the others meet without it.
   *
   * @returns Who leads; it is the one who arrived last.
   */
  wait(): Future<BarrierWaitResult> {
    return new Wait(() => this.#arrive());
  }

  /** Answers with what to wait for, or with nothing when all are there. */
  #arrive(): Notified | undefined {
    this.#arrived += 1;
    if (this.#arrived < this.#size) return this.#met.notified();
    this.#arrived = 0;
    this.#met.notifyWaiters();
    return undefined;
  }
}

class Wait extends Future<BarrierWaitResult> {
  #arrive: (() => Notified | undefined) | undefined;
  #others: Notified | undefined = undefined;

  constructor(arrive: () => Notified | undefined) {
    super();
    this.#arrive = arrive;
  }

  poll(cx: Context): Poll<BarrierWaitResult> {
    if (this.#others !== undefined) return this.#await(this.#others, cx);
    const arrive = this.#arrive;
    if (arrive === undefined) throw polledAfterEnd();
    this.#arrive = undefined;
    this.#others = arrive();
    return this.#others === undefined ? { isLeader: true } : this.#await(this.#others, cx);
  }

  override [Symbol.dispose](): void {
    this.#arrive = undefined;
    this.#others?.[Symbol.dispose]();
    this.#others = undefined;
  }

  #await(others: Notified, cx: Context): Poll<BarrierWaitResult> {
    if (isPending(others.poll(cx))) return Pending;
    this.#others = undefined;
    return { isLeader: false };
  }
}
