/**
 * The branches of a `select` that are more than a future: with a condition, a pattern, a handler.
 *
 * @module
 */

import type { Future, Steps } from "./future.ts";
import { type IntoFuture, intoFuture } from "./into_future.ts";

/**
 * A branch of `select`, made by {@linkcode branch} or {@linkcode when}. For one `select`, like the
 * future in it.
 */
export interface Branch<T> {
  /** Only the type has it. */
  readonly "edo:branch": T;
}

/** What becomes of the value of a branch. */
export interface BranchOptions<T, R> {
  /**
   * The pattern. A value for which it answers `false` is thrown away: the branch is disabled, and
   * the `select` goes on with the others.
   */
  readonly match?: (value: NoInfer<T>) => boolean;
  /**
   * The handler. Called when the branch has won and the others have been dropped; what it answers
   * is the value of the branch. It may wait: a future, a promise or a generator is driven to its
   * end.
   */
  readonly handle?: (value: NoInfer<T>) => R;
}

/** The {@linkcode BranchOptions} of a pattern that tells more of the type of the value. */
export interface MatchOptions<T, S extends T, R> {
  /** As {@linkcode BranchOptions.match}. */
  readonly match: (value: NoInfer<T>) => value is S;
  /** As {@linkcode BranchOptions.handle}. */
  readonly handle?: (value: S) => R;
}

/** The condition of a branch. */
export interface BranchCondition {
  /** A branch that begins disabled is never polled. Default `true`. */
  readonly if?: boolean;
}

/** The value that waiting for the answer of a handler leads to. */
export type Handled<R> = R extends IntoFuture<infer T> ? T : R extends Steps<infer T> ? T : R;

/**
 * Makes a branch of a future. As below, with a pattern that tells more of the type of the value.
 *
 * @param source A future or a promise.
 * @param options Condition, pattern and handler.
 * @throws {TypeError} When `source` is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { branch, ready, select } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const names = ["edo"];
 * const { value } = await select({
 *   name: branch(ready(names.pop()), {
 *     match: (name) => name !== undefined,
 *     handle: (name) => name.length,
 *   }),
 * }, { else: 0 });
 * assertEquals(value, 3);
 * ```
 */
export function branch<T, S extends T, R = S>(
  source: IntoFuture<T>,
  options: MatchOptions<T, S, R> & BranchCondition,
): Branch<Handled<NoInfer<R>>>;

/**
 * Makes a branch of a future, with a condition, a pattern or a handler.
 *
 * The future belongs to the `select`, which drops it with the losers, also where the condition is
 * `false`. Where it should not even be made then, use {@linkcode when}.
 *
 * Follows a branch `pattern = future, if condition => handler` of Tokio's `select!`.
 *
 * @param source A future or a promise.
 * @param options Condition, pattern and handler.
 * @throws {TypeError} When `source` is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { branch, ready, select } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const won = await select({
 *   large: branch(ready(20), { match: (count) => count > 99 }),
 *   count: branch(ready(20), { handle: (count) => count + 1 }),
 *   closed: branch(ready(20), { if: false }),
 * });
 * assertEquals(won, { branch: "count", value: 21 });
 * ```
 */
export function branch<T, R = T>(
  source: IntoFuture<T>,
  options?: BranchOptions<T, R> & BranchCondition,
): Branch<Handled<NoInfer<R>>>;

export function branch(source: IntoFuture<unknown>, options: AnyOptions = {}): unknown {
  return new Arm(options.if ?? true, intoFuture(source), options);
}

/**
 * Makes a branch with a condition. As below, with a pattern that tells more of the type of the value.
 *
 * @param condition Whether the branch takes part.
 * @param make Makes the future, or promise.
 * @param options Pattern and handler.
 *
 * @example
 * ```ts
 * import { ready, select, when } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const names = ["edo"];
 * const match = (name: string | undefined) => name !== undefined;
 * const { value } = await select([when(true, () => ready(names.pop()), { match })]);
 * assertEquals(value.length, 3);
 * ```
 */
export function when<T, S extends T, R = S>(
  condition: boolean,
  make: () => IntoFuture<T>,
  options: MatchOptions<T, S, R>,
): Branch<Handled<NoInfer<R>>>;

/**
 * Makes a branch with a condition, whose future is only made if the condition is `true`: by the
 * first poll of the `select`, after all conditions have been looked at.
 *
 * @param condition Whether the branch takes part.
 * @param make Makes the future, or promise.
 * @param options Pattern and handler.
 *
 * @example A loop that waits for two values, each once
 * ```ts
 * import { ready, select, when } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * let first: number | undefined;
 * let second: number | undefined;
 * while (first === undefined || second === undefined) {
 *   await select({
 *     first: when(first === undefined, () => ready(1), { handle: (value) => first = value }),
 *     second: when(second === undefined, () => ready(2), { handle: (value) => second = value }),
 *   });
 * }
 * assertEquals([first, second], [1, 2]);
 * ```
 */
export function when<T, R = T>(
  condition: boolean,
  make: () => IntoFuture<T>,
  options?: BranchOptions<T, R>,
): Branch<Handled<NoInfer<R>>>;

export function when(
  condition: boolean,
  make: () => IntoFuture<unknown>,
  options: AnyOptions = {},
): unknown {
  if (typeof make !== "function") {
    throw new TypeError(
      `Cannot make a branch: expected a function that makes a future, found ${typeof make}`,
    );
  }
  return new Arm(condition, make, options);
}

type AnyOptions = BranchOptions<unknown, unknown> & BranchCondition;

/** What is behind a {@linkcode Branch}. */
export class Arm {
  /** Whether it takes part. */
  readonly isEnabled: boolean;
  /** The future, or what makes it. */
  readonly source: Future<unknown> | (() => IntoFuture<unknown>);
  /** Refutes values, if any are to be refuted. */
  readonly match: ((value: unknown) => boolean) | undefined;
  /** Called with the value that wins. */
  readonly handle: ((value: unknown) => unknown) | undefined;

  constructor(
    isEnabled: boolean,
    source: Future<unknown> | (() => IntoFuture<unknown>),
    { match, handle }: BranchOptions<unknown, unknown>,
  ) {
    this.isEnabled = isEnabled;
    this.source = source;
    this.match = match;
    this.handle = handle;
  }
}
