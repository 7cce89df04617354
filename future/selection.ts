/**
 * What `select` and `race` do.
 *
 * @module
 */

import type { Arm } from "./branch.ts";
import { hasBudget } from "./budget.ts";
import { type Context, currentContext } from "./context.ts";
import { dropAll, dropAllQuietly } from "./drop_all.ts";
import { executor } from "./executor.ts";
import { Future, polledAfterEnd, stepOf, type Wait } from "./future.ts";
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
type Arms = readonly (Arm | undefined)[];

/** What only a selection has in which a branch is more than a future, or which has an `else`. */
class Rules {
  /** What the branches are besides a future, by index; `undefined` if none is more. */
  readonly arms: Arms | undefined;
  readonly otherwise: Otherwise | undefined;
  isStarted: boolean;
  /** What a handler has answered with. */
  handling: Future<unknown> | undefined = undefined;
  /** The branch of that handler. */
  winner = ELSE;

  constructor(arms: Arms | undefined, otherwise: Otherwise | undefined) {
    this.arms = arms;
    this.otherwise = otherwise;
    this.isStarted = arms === undefined;
  }
}

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
  declare private readonly isBiased: boolean;
  declare private isDropped: boolean;
  declare private readonly rules: Rules | undefined;

  /**
   * @param futures The branches by index; taken over.
   * @param arms Those that are more than a future, by index; theirs are put into `futures`.
   * @param isBiased Whether every poll begins with the first branch.
   * @param otherwise What comes when all branches are disabled.
   */
  constructor(
    futures: Futures,
    arms: Arms | undefined,
    isBiased: boolean,
    otherwise: Otherwise | undefined,
  ) {
    super();
    this.futures = futures;
    this.isBiased = isBiased;
    this.isDropped = false;
    this.rules = arms === undefined && otherwise === undefined
      ? undefined
      : new Rules(arms, otherwise);
    if (arms !== undefined) addFutures(futures, arms);
  }

  /** The value of the whole, for the branch that has won, or {@linkcode ELSE}. */
  protected abstract answer(index: number, value: unknown): A;

  poll(cx: Context): Poll<A> {
    const { futures, rules } = this;
    if (futures === undefined) return this.pollHandling(cx);
    if (!hasBudget()) {
      executor().defer(cx.waker);
      return Pending;
    }
    try {
      if (rules !== undefined && !rules.isStarted) this.start(futures, rules);
      return this.pollBranches(futures, cx);
    } catch (error) {
      const losers = this.futures;
      this.futures = undefined;
      if (losers !== undefined) dropAllQuietly(losers);
      throw error;
    }
  }

  override next(): IteratorResult<Wait, A> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  override [Symbol.dispose](): void {
    const { rules } = this;
    this.isDropped = true;
    if (rules !== undefined) {
      const { handling } = rules;
      rules.handling = undefined;
      handling?.[Symbol.dispose]();
    }
    this.drop();
  }

  private pollBranches(futures: Futures, cx: Context): Poll<A> {
    const { rules } = this;
    const count = rules?.arms?.length ?? futures.length;
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
        } else if (rules === undefined || matches(rules, index, value)) {
          return this.win(index, value, cx);
        }
      }
      index += 1;
      if (index === count) index = 0;
    }
    return waits ? Pending : this.noneLeft(cx);
  }

  /** L1. */
  private start(futures: Futures, rules: Rules): void {
    rules.isStarted = true;
    for (const [index, arm] of rules.arms!.entries()) {
      if (arm === undefined || !arm.isEnabled || typeof arm.source !== "function") continue;
      const future = intoFuture(arm.source());
      if (this.isDropped) refuse(future);
      futures[index] = future;
    }
  }

  private win(index: number, value: unknown, cx: Context): Poll<A> {
    const { rules } = this;
    this.drop();
    const handle = rules?.arms?.[index]?.handle;
    if (handle === undefined) return this.answer(index, value);
    return this.follow(index, handle(value), cx);
  }

  private noneLeft(cx: Context): Poll<A> {
    const otherwise = this.rules?.otherwise;
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
    const rules = this.rules!;
    rules.winner = index;
    rules.handling = future;
    return this.pollHandling(cx);
  }

  private pollHandling(cx: Context): Poll<A> {
    const { rules } = this;
    const future = rules?.handling;
    if (rules === undefined || future === undefined) throw polledAfterEnd();
    rules.handling = undefined;
    const value = future.poll(cx);
    if (!isPending(value)) return this.answer(rules.winner, value);
    if (this.isDropped) refuse(future);
    rules.handling = future;
    return Pending;
  }

  private drop(): void {
    const { futures } = this;
    this.futures = undefined;
    if (futures !== undefined) dropAll(futures);
  }
}

/** L3. */
function matches({ arms }: Rules, index: number, value: unknown): boolean {
  const match = arms?.[index]?.match;
  return match === undefined || match(value);
}

/** L5: drops a future that was polled or made while its selection was dropped. */
function refuse(future: Future<unknown>): never {
  future[Symbol.dispose]();
  throw polledAfterEnd();
}

/** Puts the futures of branches that take part at their index, and those of others behind all. */
function addFutures(futures: Futures, arms: Arms): void {
  for (const [index, arm] of arms.entries()) {
    if (arm === undefined || typeof arm.source === "function") continue;
    if (arm.isEnabled) futures[index] = arm.source;
    else futures.push(arm.source);
  }
}
