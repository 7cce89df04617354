/**
 * Futures that keep their value, or their end.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { Future } from "./future.ts";
import { type IntoFuture, intoFuture } from "./into_future.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import { Wrapper } from "./wrapper.ts";

/** The future of {@linkcode maybeDone}: completes without a value, which it keeps. */
export interface MaybeDone<T> extends Future<void> {
  /** Whether the value is there, and was not taken. */
  isDone(): boolean;
  /** The value, or `undefined` when it is not there; where it may be `undefined`, ask `isDone`. */
  output(): T | undefined;
  /** As {@linkcode MaybeDone.output}, once. */
  takeOutput(): T | undefined;
}

/**
 * Makes a future that keeps its value until it is taken. For combinators written by hand: unlike other
 * futures it may be polled again when it has completed, until its value was taken.
 *
 * A failure is thrown by the poll, not kept.
 *
 * **Cancel safety:** dropping it drops `source`, and the value with it.
 *
 * Follows `maybe_done` of Rust's futures, of which Tokio's `join!` is made.
 *
 * @param source A future or a promise.
 * @throws {TypeError} When `source` is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { maybeDone } from "@edo/runtime/future";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const lookup = maybeDone(Promise.resolve("found"));
 * await sleep(1);
 * await lookup;
 * assertEquals([lookup.isDone(), lookup.takeOutput(), lookup.isDone()], [true, "found", false]);
 * ```
 */
export function maybeDone<T>(source: IntoFuture<T>): MaybeDone<T> {
  return new Keeper(intoFuture(source));
}

class Keeper<T> extends Wrapper<T, void> implements MaybeDone<T> {
  #output: { readonly value: T } | undefined = undefined;

  poll(cx: Context): Poll<void> {
    if (this.#output !== undefined) return;
    const value = this.pollInner(cx);
    if (isPending(value)) return Pending;
    this.#output = { value };
  }

  isDone(): boolean {
    return this.#output !== undefined;
  }

  output(): T | undefined {
    return this.#output?.value;
  }

  takeOutput(): T | undefined {
    const output = this.#output;
    this.#output = undefined;
    return output?.value;
  }

  override [Symbol.dispose](): void {
    this.#output = undefined;
    super[Symbol.dispose]();
  }
}

/** The future of {@linkcode fuse}. */
export interface Fuse<T> extends Future<T> {
  /** Whether it has completed, failed or was dropped: then it is pending for ever. */
  isTerminated(): boolean;
}

/**
 * Makes a future that is pending for ever once it has completed, instead of throwing when it is
 * polled again: a branch of a `select` in a loop that has had its turn.
 *
 * **Cancel safety:** dropping it drops `source`.
 *
 * Follows `fuse` of Rust's futures.
 *
 * @param source A future or a promise.
 * @throws {TypeError} When `source` is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { borrow, fuse, ready, select } from "@edo/runtime/future";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const once = fuse(ready(1));
 * const order: string[] = [];
 * for (let i = 0; i < 3; i++) {
 *   const { branch } = await select({ once: borrow(once), tick: sleep(1) });
 *   order.push(branch);
 * }
 * assertEquals(order, ["once", "tick", "tick"]);
 * ```
 */
export function fuse<T>(source: IntoFuture<T>): Fuse<T> {
  return new Fused(intoFuture(source));
}

class Fused<T> extends Wrapper<T, T> implements Fuse<T> {
  poll(cx: Context): Poll<T> {
    return this.isWaiting ? this.pollInner(cx) : Pending;
  }

  isTerminated(): boolean {
    return !this.isWaiting;
  }
}
