/**
 * What stands behind `await future` in plain async code.
 *
 * @module
 */

import { hasBudget } from "./budget.ts";
import type { Context, Waker } from "./context.ts";
import {
  executor,
  type Interruptible,
  type Job,
  type Owner,
  pendingInterrupts,
} from "./executor.ts";
import type { Future } from "./future.ts";
import { isPending } from "./poll.ts";

let resumed = 0;

/** How many async functions have been resumed so far; it tells the scheduler to leave them room. */
export function resumptions(): number {
  return resumed;
}

/**
 * Drives one future for one `then`. A single object is the job in the run queue, the waker, the
 * context and the thenable that `then` answers with, because every `await` makes one.
 */
export class Awaiter<T, R> implements Job, Waker, Context, Interruptible, PromiseLike<R> {
  // Plain properties set by the constructor: see `IoFuture`.
  declare private future: Future<T> | undefined;
  declare private readonly onfulfilled: ((value: T) => R | PromiseLike<R>) | null | undefined;
  declare private readonly onrejected: ((why: unknown) => R | PromiseLike<R>) | null | undefined;
  declare private owner: Owner | undefined;
  declare private scheduled: boolean;
  declare private chain: Chain<R> | undefined;

  constructor(
    future: Future<T>,
    onfulfilled: ((value: T) => R | PromiseLike<R>) | null | undefined,
    onrejected: ((why: unknown) => R | PromiseLike<R>) | null | undefined,
  ) {
    this.future = future;
    this.onfulfilled = onfulfilled;
    this.onrejected = onrejected;
    this.owner = undefined;
    this.scheduled = false;
    this.chain = undefined;
  }

  get waker(): Waker {
    return this;
  }

  /** Polls at once; code without budget has to wait for its next turn. */
  start(): this {
    if (pendingInterrupts() > 0) {
      const interrupt = executor().owner()?.takeInterrupt();
      if (interrupt !== undefined) {
        this.interrupt(interrupt);
        return this;
      }
    }
    if (hasBudget()) this.poll(this.future!);
    else executor().defer(this);
    if (this.future !== undefined) {
      this.owner = executor().owner();
      this.owner?.enter(this);
    }
    return this;
  }

  wake(): void {
    if (this.scheduled || this.future === undefined) return;
    this.scheduled = true;
    executor().schedule(this);
  }

  run(): void {
    this.scheduled = false;
    if (this.future !== undefined) this.poll(this.future);
  }

  interrupt(reason: Error): void {
    const { future } = this;
    if (future === undefined) return;
    this.end();
    try {
      future[Symbol.dispose]();
    } catch (error) {
      this.settle(this.onrejected, error, true);
      return;
    }
    this.settle(this.onrejected, reason, true);
  }

  /** Chains on the outcome of the callbacks; `await` never does, so the promise is made late. */
  then<A = R, B = never>(
    onfulfilled?: ((value: R) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    this.chain ??= this.future === undefined ? settled(undefined as R) : unsettled();
    return this.chain.promise.then(onfulfilled, onrejected);
  }

  private poll(future: Future<T>): void {
    let value;
    try {
      value = future.poll(this);
    } catch (error) {
      this.end();
      this.settle(this.onrejected, error, true);
      return;
    }
    if (isPending(value)) return;
    this.end();
    this.settle(this.onfulfilled, value, false);
  }

  private end(): void {
    resumed = (resumed + 1) | 0;
    this.future = undefined;
    if (this.owner !== undefined) this.owner.leave(this);
  }

  private settle<V>(
    callback: ((value: V) => R | PromiseLike<R>) | null | undefined,
    value: V,
    failed: boolean,
  ): void {
    const driver = executor();
    if (driver.follow === undefined) this.call(callback, value, failed);
    else {
      const owner = this.owner ?? driver.owner();
      driver.follow(owner, () => this.call(callback, value, failed));
    }
  }

  private call<V>(
    callback: ((value: V) => R | PromiseLike<R>) | null | undefined,
    value: V,
    failed: boolean,
  ): void {
    let outcome: R | PromiseLike<R>;
    if (typeof callback === "function") {
      try {
        outcome = callback(value);
      } catch (error) {
        outcome = Promise.reject(error);
      }
    } else {
      outcome = failed ? Promise.reject(value) : value as unknown as R;
    }
    if (this.chain !== undefined) this.chain.resolve(outcome);
    else if (outcome !== undefined) this.chain = settled(outcome);
  }
}

/** What was chained on an awaiter. */
interface Chain<R> {
  readonly promise: Promise<R>;
  readonly resolve: (outcome: R | PromiseLike<R>) => void;
}

function settled<R>(outcome: R | PromiseLike<R>): Chain<R> {
  return { promise: Promise.resolve(outcome), resolve: () => {} };
}

function unsettled<R>(): Chain<R> {
  let resolve: Chain<R>["resolve"] = () => {};
  const promise = new Promise<R>((settle) => resolve = settle);
  return { promise, resolve };
}
