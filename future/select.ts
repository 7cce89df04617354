/**
 * Waiting for the first of several futures.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { dropAll } from "./drop_all.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { type IntoFuture, intoFuture, type Output } from "./into_future.ts";
import { Pending, type Poll } from "./poll.ts";

/** The branch of a {@linkcode select} that won, and its value. */
export type Selected<B extends Record<string, IntoFuture<unknown>>> = {
  [K in keyof B & string]: { readonly branch: K; readonly value: Output<B[K]> };
}[keyof B & string];

/** How {@linkcode select} looks at its branches. */
export interface SelectOptions {
  /**
   * Poll the branches in the order written, instead of from a random one. Default `false`.
   * JavaScript puts names that are whole numbers first.
   */
  readonly biased?: boolean;
}

/**
 * Waits until one of the branches completes, and drops the others.
 *
 * Which branch is polled first is random at every poll, so that a branch which is always ready
 * does not starve the others. The losers are dropped before the value is handed over. A branch that
 * fails wins too: its error is thrown.
 *
 * **Cancel safety:** dropping it drops all branches. To go on with a loser later, give `select` a
 * future that waits on it, not the future itself.
 *
 * @param branches Futures or promises by name; at least one.
 * @param options How to choose.
 * @throws `RangeError` when there is no branch.
 *
 * @example
 * ```ts
 * import { ready, select } from "@edo/runtime/future";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const first = await select({ value: ready(7), late: sleep(60_000) });
 * if (first.branch === "value") assertEquals(first.value, 7);
 * ```
 */
export function select<B extends Record<string, IntoFuture<unknown>>>(
  branches: B,
  options: SelectOptions = {},
): Future<Selected<B>> {
  const names = Object.keys(branches);
  if (names.length === 0) throw new RangeError("Cannot select from no branches: give at least one");
  const futures = names.map((name) => intoFuture(branches[name]!));
  return new Select(names, futures, options.biased ?? false) as unknown as Future<Selected<B>>;
}

class Select extends Future<{ branch: string; value: unknown }> {
  readonly #names: string[];
  #futures: Future<unknown>[] | undefined;
  readonly #biased: boolean;

  constructor(names: string[], futures: Future<unknown>[], biased: boolean) {
    super();
    this.#names = names;
    this.#futures = futures;
    this.#biased = biased;
  }

  poll(cx: Context): Poll<{ branch: string; value: unknown }> {
    const futures = this.#futures;
    if (futures === undefined) throw polledAfterEnd();
    const count = futures.length;
    const first = this.#biased ? 0 : Math.floor(Math.random() * count);
    for (let i = 0; i < count; i++) {
      const index = (first + i) % count;
      let value;
      try {
        value = futures[index]!.poll(cx);
      } catch (error) {
        this.#dropLosers(index);
        throw error;
      }
      if (value === Pending) continue;
      this.#dropLosers(index);
      return { branch: this.#names[index]!, value };
    }
    return Pending;
  }

  override [Symbol.dispose](): void {
    this.#dropLosers(-1);
  }

  #dropLosers(winner: number): void {
    const futures = this.#futures;
    this.#futures = undefined;
    if (futures !== undefined) dropAll(futures.filter((_, index) => index !== winner));
  }
}
