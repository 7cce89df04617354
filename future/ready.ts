/**
 * Futures that are ready at once, and never.
 *
 * @module
 */

import { currentContext } from "./context.ts";
import { Future, polledAfterEnd, stepOf, type Wait } from "./future.ts";
import { Pending, type Poll } from "./poll.ts";

/**
 * Makes a future that is ready with `value` when it is first polled.
 *
 * @param value What the future completes with.
 *
 * @example
 * ```ts
 * import { ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await ready("now"), "now");
 * ```
 */
export function ready<T>(value: T): Future<T> {
  return new Ready(value);
}

/**
 * Makes a future that never completes. It does not keep the process alive.
 *
 * @example
 * ```ts
 * import { pending, ready, select } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const won = await select({ never: pending(), now: ready(1) });
 * assertEquals(won, { branch: "now", value: 1 });
 * ```
 */
export function pending<T = never>(): Future<T> {
  return new Never();
}

class Ready<T> extends Future<T> {
  // Plain properties set by the constructor, as in `Acquire`.
  declare private value: T | undefined;
  declare private ended: boolean;

  constructor(value: T) {
    super();
    this.value = value;
    this.ended = false;
  }

  poll(): Poll<T> {
    if (this.ended) throw polledAfterEnd();
    const value = this.value as T;
    this[Symbol.dispose]();
    return value;
  }

  override next(): IteratorResult<Wait, T> {
    return currentContext() === undefined ? super.next() : stepOf(this.poll());
  }

  override [Symbol.dispose](): void {
    this.ended = true;
    this.value = undefined;
  }
}

class Never<T> extends Future<T> {
  poll(): Poll<T> {
    return Pending;
  }

  override [Symbol.dispose](): void {}
}
