/**
 * Futures that are ready at once, and never.
 *
 * @module
 */

import { Future, polledAfterEnd } from "./future.ts";
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
  #value: { readonly value: T } | undefined;

  constructor(value: T) {
    super();
    this.#value = { value };
  }

  poll(): Poll<T> {
    const slot = this.#value;
    if (slot === undefined) throw polledAfterEnd();
    this.#value = undefined;
    return slot.value;
  }

  override [Symbol.dispose](): void {
    this.#value = undefined;
  }
}

class Never<T> extends Future<T> {
  poll(): Poll<T> {
    return Pending;
  }

  override [Symbol.dispose](): void {}
}
