/**
 * Waiting for the first of several futures, by name or by index.
 *
 * @module
 */

import { Arm, type Branch, type Handled } from "./branch.ts";
import { Future, oneWait } from "./future.ts";
import { type IntoFuture, intoFuture, type Output } from "./into_future.ts";
import { ELSE, type Otherwise, Selection } from "./selection.ts";

/** What a branch of {@linkcode select} may be: a future, a promise, or made by `branch` or `when`. */
export type Selectable = IntoFuture<unknown> | Branch<unknown>;

/** The value of a branch that wins: what its handler leads to, if it has one. */
export type BranchValue<B> = B extends Branch<infer T> ? T : Output<B>;

/** The branch that has won a {@linkcode select} by names, and its value. */
export type Selected<B extends Record<string, Selectable>> = {
  [K in keyof B & string]: { readonly branch: K; readonly value: BranchValue<B[K]> };
}[keyof B & string];

/** The branch that has won a {@linkcode select} by index, and its value. */
export type SelectedAt<B extends readonly Selectable[]> = number extends B["length"]
  ? { readonly index: number; readonly value: BranchValue<B[number]> }
  : {
    [K in keyof B & `${number}`]: {
      readonly index: K extends `${infer I extends number}` ? I : number;
      readonly value: BranchValue<B[K]>;
    };
  }[keyof B & `${number}`];

/** How {@linkcode select} looks at its branches. */
export interface SelectOptions {
  /**
   * Poll the branches in the order written, instead of from a random one. Default `false`.
   * JavaScript puts names that are whole numbers first; an array keeps its order.
   */
  readonly biased?: boolean;
}

/** The {@linkcode SelectOptions} of a select that has an answer when all branches are disabled. */
export interface SelectElse<E> extends SelectOptions {
  /** That answer, or a handler for it, which may wait as the one of a branch. */
  readonly else: E;
}

/** What `else` leads to. */
export type ElseValue<E> = E extends () => infer R ? Handled<R> : E;

/**
 * Waits until one of the branches completes, and drops the others. As below, with an answer for the
 * case that all branches are disabled: branch `"else"`.
 *
 * @param branches Futures or promises by name, or what {@linkcode branch} and {@linkcode when} make.
 * @param options How to choose, and the answer.
 * @throws {RangeError} When a branch has the name `"else"`.
 *
 * @example
 * ```ts
 * import { select, when } from "@edo/runtime/future";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const waits = false;
 * const won = await select({ later: when(waits, () => sleep(10)) }, { else: () => "nothing" });
 * assertEquals(won, { branch: "else", value: "nothing" });
 * ```
 */
export function select<B extends Record<string, Selectable>, E>(
  branches: B,
  options: SelectElse<E>,
): Future<Selected<B> | { readonly branch: "else"; readonly value: ElseValue<E> }>;

/**
 * As above, for a list of branches; index -1 is the answer for the case that all are disabled.
 *
 * @param branches Futures or promises, or what {@linkcode branch} and {@linkcode when} make.
 * @param options How to choose, and the answer.
 *
 * @example
 * ```ts
 * import { select } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await select([], { else: "nothing" }), { index: -1, value: "nothing" });
 * ```
 */
export function select<const B extends readonly Selectable[], E>(
  branches: B,
  options: SelectElse<E>,
): Future<SelectedAt<B> | { readonly index: -1; readonly value: ElseValue<E> }>;

/**
 * Waits until one of the branches completes, and drops the others.
 *
 * - **Conditions and patterns:** {@linkcode branch} and {@linkcode when} make branches that may be
 *   disabled, before the first poll by a condition, afterwards by a value that is not the one waited
 *   for. When no branch is left, the answer is that of `else`, or a `RangeError` is thrown.
 * - **Fair:** which branch is polled first is random at every poll, so that a branch which is always
 *   ready does not starve the others. {@linkcode seedRandom} makes it repeatable.
 * - **Losers** are dropped before the value is handed over, and before the handler of the winner
 *   runs. All of them are, also if dropping one throws; then that error is thrown.
 * - **Failures:** a branch that fails wins too: its error is thrown, before any of a loser.
 * - **Budget:** a task without budget polls no branch until its next turn.
 *
 * In a loop, a branch that lost begins anew, unless {@linkcode borrow} keeps its future.
 *
 * **Cancel safety:** dropping it drops all branches, or what the handler waits for. Whether a loser
 * loses something is told by the future in it.
 *
 * Follows Tokio's `select!`, without its limit of 64 branches.
 *
 * @param branches Futures or promises by name, or what {@linkcode branch} and {@linkcode when} make;
 * at least one.
 * @param options How to choose.
 * @throws {RangeError} When there is no branch; later, when all of them are disabled.
 * @throws {TypeError} When a branch is neither a future nor a promise.
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
export function select<B extends Record<string, Selectable>>(
  branches: B,
  options?: SelectOptions,
): Future<Selected<B>>;

/**
 * As above, for a list of branches.
 *
 * @param branches Futures or promises, or what {@linkcode branch} and {@linkcode when} make; at
 * least one.
 * @param options How to choose.
 * @throws {RangeError} When there is no branch; later, when all of them are disabled.
 * @throws {TypeError} When a branch is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { pending, ready, select } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await select([pending(), ready("a")]), { index: 1, value: "a" });
 * ```
 */
export function select<const B extends readonly Selectable[]>(
  branches: B,
  options?: SelectOptions,
): Future<SelectedAt<B>>;

export function select(
  branches: Record<string, Selectable> | readonly Selectable[],
  options?: SelectOptions | SelectElse<unknown>,
): Future<unknown> {
  const isBiased = options?.biased ?? false;
  const otherwise = options !== undefined && "else" in options
    ? { value: options.else }
    : undefined;
  if (branches instanceof Array) return new SelectionByIndex(branches, isBiased, otherwise);
  return new SelectionByName(branches, namesOf(branches), isBiased, otherwise);
}

class SelectionByIndex extends Selection<{ index: number; value: unknown }> {
  constructor(
    branches: readonly Selectable[],
    isBiased: boolean,
    otherwise: Otherwise | undefined,
  ) {
    requireOne(branches.length, otherwise);
    const futures = branches.map(futureOf);
    const arms = futures.includes(undefined) ? branches.map(armOf) : undefined;
    super(futures, arms, isBiased, otherwise);
  }

  protected override answer(index: number, value: unknown): { index: number; value: unknown } {
    return { index, value };
  }
}

class SelectionByName extends Selection<{ branch: string; value: unknown }> {
  declare private readonly names: readonly string[];

  constructor(
    branches: Record<string, Selectable>,
    names: readonly string[],
    isBiased: boolean,
    otherwise: Otherwise | undefined,
  ) {
    requireOne(names.length, otherwise);
    if (otherwise !== undefined && Object.hasOwn(branches, "else")) {
      throw new RangeError(
        'Cannot name a branch "else": the answer of the else option has that name',
      );
    }
    const futures: (Future<unknown> | undefined)[] = new Array(names.length);
    let count = 0;
    let hasArms = false;
    // It is quicker to look at the names while V8 enumerates them than to look them up. Those that are
    // inherited come last.
    for (const name in branches) {
      if (count === names.length) break;
      const future = futureOf(branches[name]!);
      if (future === undefined) hasArms = true;
      futures[count++] = future;
    }
    const arms = hasArms ? names.map((name) => armOf(branches[name]!)) : undefined;
    super(futures, arms, isBiased, otherwise);
    this.names = names;
  }

  protected override answer(index: number, value: unknown): { branch: string; value: unknown } {
    return { branch: index === ELSE ? "else" : this.names[index]!, value };
  }
}

let latestNames: readonly string[] = [];

/**
 * The names of the branches. A loop selects from the same ones in every round, which then share one
 * list: making it would be a fifth of the time.
 */
function namesOf(branches: Record<string, Selectable>): readonly string[] {
  const latest = latestNames;
  let count = 0;
  for (const name in branches) {
    if (latest[count] !== name) return latestNames = Object.keys(branches);
    count += 1;
  }
  return count === latest.length ? latest : latestNames = Object.keys(branches);
}

function requireOne(count: number, otherwise: Otherwise | undefined): void {
  if (count > 0 || otherwise !== undefined) return;
  throw new RangeError("Cannot select from no branches: give at least one, or an else");
}

function armOf(branch: Selectable): Arm | undefined {
  return branch instanceof Arm ? branch : undefined;
}

/** The future of a branch that is no more than that. */
function futureOf(branch: Selectable): Future<unknown> | undefined {
  if (branch instanceof Future) return branch[oneWait]();
  return branch instanceof Arm ? undefined : intoFuture(branch as IntoFuture<unknown>);
}
