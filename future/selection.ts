/**
 * What `select` and `race` do.
 *
 * @module
 */

import type { Arm } from "./branch.ts";
import { hasBudget } from "./budget.ts";
import type { Context } from "./context.ts";
import { dropAll, dropAllQuietly } from "./drop_all.ts";
import { executor } from "./executor.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { futureOfAnswer, intoFuture } from "./into_future.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import { randomBelow } from "./random.ts";

/** The index of what comes when all branches are disabled. */
export const ELSE = -1;

/** What to answer, or to call, when all branches are disabled. */
export interface Otherwise {
  /** A value or a handler. */
  readonly value: unknown;
}

type Futures = (Future<unknown> | undefined)[];

/**
 * Waits for the first of its branches, in this order:
 *
 * L1 The conditions were looked at before; the first poll makes the futures of the branches that
 *    are enabled and have theirs made late.
 * L2 Each poll begins anywhere, unless biased, and without budget it polls no branch: its branches
 *    could not go on, and one that asks no budget would win over and over again.
 * L3 A value that the pattern refutes disables its branch; the poll goes on with the next one.
 * L4 The losers are dropped, all of them, before the handler of the winner runs.
 * L5 A future is out of the list while it is polled. So a selection that is dropped by one of its
 *    own branches drops that one only after its poll, and ends with an error.
 */
export abstract class Selection<A> extends Future<A> {
  // Plain properties set by the constructor, as in `Acquire`: a loop makes one in each round.
  /** The branches by index, `undefined` where disabled; behind them, futures only to be dropped. */
  declare private futures: Futures | undefined;
  declare private readonly count: number;
  /** What the branches are besides a future, by index; `undefined` if none is more. */
  declare private readonly arms: readonly (Arm | undefined)[] | undefined;
  declare private readonly isBiased: boolean;
  declare private readonly otherwise: Otherwise | undefined;
  declare private isStarted: boolean;
  declare private isDropped: boolean;
  /** Whose handler has answered with `handling`. */
  declare private winner: number;
  declare private handling: Future<unknown> | undefined;

  /**
   * @param futures The branches by index; taken over.
   * @param arms Those that are more than a future, by index; theirs are put into `futures`.
   * @param isBiased Whether every poll begins with the first branch.
   * @param otherwise What comes when all branches are disabled.
   */
  constructor(
    futures: Futures,
    arms: readonly (Arm | undefined)[] | undefined,
    isBiased: boolean,
    otherwise: Otherwise | undefined,
  ) {
    super();
    this.futures = futures;
    this.count = futures.length;
    this.arms = arms;
    this.isBiased = isBiased;
    this.otherwise = otherwise;
    this.isStarted = arms === undefined;
    this.isDropped = false;
    this.winner = ELSE;
    this.handling = undefined;
    if (arms !== undefined) addFutures(futures, arms);
  }

  /** The value of the whole, for the branch that has won, or {@linkcode ELSE}. */
  protected abstract answer(index: number, value: unknown): A;

  poll(cx: Context): Poll<A> {
    const { futures } = this;
    if (futures === undefined) return this.pollHandling(cx);
    if (!hasBudget()) {
      executor().defer(cx.waker);
      return Pending;
    }
    try {
      if (!this.isStarted) this.start(futures);
      return this.pollBranches(futures, cx);
    } catch (error) {
      const losers = this.futures;
      this.futures = undefined;
      if (losers !== undefined) dropAllQuietly(losers);
      throw error;
    }
  }

  override [Symbol.dispose](): void {
    const { handling } = this;
    this.isDropped = true;
    this.handling = undefined;
    handling?.[Symbol.dispose]();
    this.drop();
  }

  private pollBranches(futures: Futures, cx: Context): Poll<A> {
    const { count } = this;
    let waits = false;
    let index = this.isBiased || count < 2 ? 0 : randomBelow(count);
    for (let i = 0; i < count; i++) {
      const future = futures[index];
      if (future !== undefined) {
        futures[index] = undefined;
        const value = future.poll(cx);
        if (this.isDropped) refuse(future);
        if (isPending(value)) {
          futures[index] = future;
          waits = true;
        } else if (this.matches(index, value)) {
          return this.win(index, value, cx);
        }
      }
      index += 1;
      if (index === count) index = 0;
    }
    return waits ? Pending : this.noneLeft(cx);
  }

  /** L1. */
  private start(futures: Futures): void {
    this.isStarted = true;
    for (const [index, arm] of this.arms!.entries()) {
      if (arm === undefined || !arm.isEnabled || typeof arm.source !== "function") continue;
      const future = intoFuture(arm.source());
      if (this.isDropped) refuse(future);
      futures[index] = future;
    }
  }

  private matches(index: number, value: unknown): boolean {
    const match = this.arms?.[index]?.match;
    return match === undefined || match(value);
  }

  private win(index: number, value: unknown, cx: Context): Poll<A> {
    this.drop();
    const handle = this.arms?.[index]?.handle;
    if (handle === undefined) return this.answer(index, value);
    return this.follow(index, handle(value), cx);
  }

  private noneLeft(cx: Context): Poll<A> {
    const { otherwise } = this;
    if (otherwise === undefined) {
      throw new RangeError("Cannot select: all branches are disabled and there is no else");
    }
    this.drop();
    const { value } = otherwise;
    if (typeof value !== "function") return this.answer(ELSE, value);
    return this.follow(ELSE, value(), cx);
  }

  /** Waits for what a handler has answered with, if that can be waited for. */
  private follow(index: number, answer: unknown, cx: Context): Poll<A> {
    const future = futureOfAnswer(answer);
    if (future === undefined) return this.answer(index, answer);
    if (this.isDropped) refuse(future);
    this.winner = index;
    this.handling = future;
    return this.pollHandling(cx);
  }

  private pollHandling(cx: Context): Poll<A> {
    const future = this.handling;
    if (future === undefined) throw polledAfterEnd();
    this.handling = undefined;
    const value = future.poll(cx);
    if (!isPending(value)) return this.answer(this.winner, value);
    if (this.isDropped) refuse(future);
    this.handling = future;
    return Pending;
  }

  private drop(): void {
    const { futures } = this;
    this.futures = undefined;
    if (futures !== undefined) dropAll(futures);
  }
}

/** L5: drops a future that was polled or made while its selection was dropped. */
function refuse(future: Future<unknown>): never {
  future[Symbol.dispose]();
  throw polledAfterEnd();
}

/** Puts the futures of branches that take part at their index, and those of others behind all. */
function addFutures(futures: Futures, arms: readonly (Arm | undefined)[]): void {
  for (const [index, arm] of arms.entries()) {
    if (arm === undefined || typeof arm.source === "function") continue;
    if (arm.isEnabled) futures[index] = arm.source;
    else futures.push(arm.source);
  }
}
