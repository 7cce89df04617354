/**
 * Ending a future from elsewhere.
 *
 * @module
 */

import type { Context, Waker } from "./context.ts";
import type { Future } from "./future.ts";
import { type IntoFuture, intoFuture } from "./into_future.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import { Wrapper } from "./wrapper.ts";

/**
 * An {@linkcode abortable} future was aborted.
 *
 * @example
 * ```ts
 * import { abortable, Aborted, pending } from "@edo/runtime/future";
 * import { assertRejects } from "@std/assert";
 *
 * const [waiting, aborter] = abortable(pending());
 * aborter.abort();
 * await assertRejects(async () => await waiting, Aborted);
 * ```
 */
export class Aborted extends Error {
  /** Always `"Aborted"`. */
  override readonly name = "Aborted";

  /** Makes the error of a future that was aborted. */
  constructor(message = "Cannot go on: the future was aborted") {
    super(message);
  }
}

/** Ends the future that it was made with. From {@linkcode abortable}. */
export interface Aborter {
  /**
   * Has the future fail with {@linkcode Aborted}, at its next poll, for which it is woken. Does nothing
   * once it has ended.
   */
  abort(): void;
  /** Whether {@linkcode Aborter.abort} was called. */
  readonly isAborted: boolean;
}

/**
 * Makes a future that can be ended from elsewhere, and what ends it.
 *
 * Aborting drops `source` in the next poll, so never in the middle of its own. A value that is there
 * in the poll in which it is aborted wins.
 *
 * **Cancel safety:** dropping it drops `source`; aborting it afterwards does nothing.
 *
 * Follows `abortable` of Rust's futures. To abort a task, use its `JoinHandle`.
 *
 * @param source A future or a promise. A promise itself is not stopped.
 * @throws {TypeError} When `source` is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { abortable, Aborted } from "@edo/runtime/future";
 * import { spawn } from "@edo/runtime/task";
 * import { sleep } from "@edo/runtime/time";
 * import { assertRejects } from "@std/assert";
 *
 * const [nap, aborter] = abortable(sleep(60_000));
 * spawn(function* () {
 *   yield* sleep(1);
 *   aborter.abort();
 * });
 * await assertRejects(async () => await nap, Aborted);
 * ```
 */
export function abortable<T>(source: IntoFuture<T>): [future: Future<T>, aborter: Aborter] {
  const state = new AbortState();
  return [new Abortable(intoFuture(source), state), state];
}

/** What the future and its aborter share. */
class AbortState implements Aborter {
  isAborted = false;
  waker: Waker | undefined = undefined;

  abort(): void {
    if (this.isAborted) return;
    this.isAborted = true;
    this.waker?.wake();
    this.waker = undefined;
  }
}

class Abortable<T> extends Wrapper<T, T> {
  readonly #state: AbortState;

  constructor(inner: Future<T>, state: AbortState) {
    super(inner);
    this.#state = state;
  }

  poll(cx: Context): Poll<T> {
    this.#failIfAborted();
    this.#state.waker = undefined;
    const value = this.pollInner(cx);
    if (!isPending(value)) return value;
    this.#failIfAborted();
    this.#state.waker = cx.waker;
    return Pending;
  }

  override [Symbol.dispose](): void {
    this.#state.waker = undefined;
    super[Symbol.dispose]();
  }

  #failIfAborted(): void {
    if (!this.#state.isAborted || !this.isWaiting) return;
    this[Symbol.dispose]();
    throw new Aborted();
  }
}
