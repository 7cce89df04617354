/**
 * What stands behind `await future` in plain async code.
 *
 * @module
 */

import { hasBudget } from "./budget.ts";
import type { Context, Waker } from "./context.ts";
import { executor, type Interruptible, type Job, type Owner } from "./executor.ts";
import type { Future } from "./future.ts";
import { Pending } from "./poll.ts";

/**
 * Drives one future for one `then`. A single object is the job in the run queue, the waker, the
 * context and the thenable that `then` answers with, because every `await` makes one.
 */
export class Awaiter<T, R> implements Job, Waker, Context, Interruptible, PromiseLike<R> {
  #future: Future<T> | undefined;
  readonly #onfulfilled: ((value: T) => R | PromiseLike<R>) | null | undefined;
  readonly #onrejected: ((reason: unknown) => R | PromiseLike<R>) | null | undefined;
  #owner: Owner | undefined = undefined;
  #scheduled = false;
  #chain: Promise<R> | undefined = undefined;
  #resolveChain: ((outcome: R | PromiseLike<R>) => void) | undefined = undefined;

  constructor(
    future: Future<T>,
    onfulfilled: ((value: T) => R | PromiseLike<R>) | null | undefined,
    onrejected: ((reason: unknown) => R | PromiseLike<R>) | null | undefined,
  ) {
    this.#future = future;
    this.#onfulfilled = onfulfilled;
    this.#onrejected = onrejected;
  }

  get waker(): Waker {
    return this;
  }

  /** Polls at once; code without budget has to wait for its next turn. */
  start(): this {
    const owner = executor().owner();
    const interrupt = owner?.takeInterrupt();
    if (interrupt !== undefined) {
      this.interrupt(interrupt);
      return this;
    }
    if (hasBudget()) this.#poll();
    else executor().defer(this);
    if (this.#future !== undefined && owner !== undefined) {
      this.#owner = owner;
      owner.enter(this);
    }
    return this;
  }

  wake(): void {
    if (this.#scheduled || this.#future === undefined) return;
    this.#scheduled = true;
    executor().schedule(this);
  }

  run(): void {
    this.#scheduled = false;
    if (this.#future !== undefined) this.#poll();
  }

  interrupt(reason: Error): void {
    const future = this.#future;
    if (future === undefined) return;
    this.#end();
    try {
      future[Symbol.dispose]();
    } catch (error) {
      this.#settle(this.#onrejected, error, true);
      return;
    }
    this.#settle(this.#onrejected, reason, true);
  }

  /** Chains on the outcome of the callbacks; `await` never does, so the promise is made late. */
  then<A = R, B = never>(
    onfulfilled?: ((value: R) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    if (this.#chain === undefined) {
      this.#chain = this.#future === undefined
        ? Promise.resolve(undefined as R)
        : new Promise((resolve) => this.#resolveChain = resolve);
    }
    return this.#chain.then(onfulfilled, onrejected);
  }

  #poll(): void {
    let value;
    try {
      value = this.#future!.poll(this);
    } catch (error) {
      this.#end();
      this.#settle(this.#onrejected, error, true);
      return;
    }
    if (value === Pending) return;
    this.#end();
    this.#settle(this.#onfulfilled, value, false);
  }

  #end(): void {
    this.#future = undefined;
    this.#owner?.leave(this);
  }

  #settle<V>(
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
    if (this.#resolveChain !== undefined) this.#resolveChain(outcome);
    else if (outcome !== undefined) this.#chain = Promise.resolve(outcome);
  }
}
