/**
 * A value that is computed once, when it is first needed.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd, type Steps } from "../future/future.ts";
import { GeneratorFuture } from "../future/generator.ts";
import { intoFuture } from "../future/into_future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { ready } from "../future/ready.ts";
import { Acquire, Permits } from "./permits.ts";

/** Computes a value: a generator function, an async function, or one that answers with a future. */
export type Initializer<T> = (() => Steps<T>) | (() => PromiseLike<T> | T);

/**
 * The failure of {@linkcode OnceCell.set}.
 *
 * Follows Tokio's `sync::SetError`.
 *
 * @example
 * ```ts
 * import { OnceCell, SetError } from "@edo/runtime/sync";
 * import { assert, assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => OnceCell.newWith(1).set(2), SetError<number>);
 * assert(error.isAlreadyInitErr());
 * assertEquals(error.value, 2);
 * ```
 */
export class SetError<T = unknown> extends Error {
  /** Always `"SetError"`. */
  override readonly name = "SetError";
  /** The value that was refused. */
  readonly value: T;
  readonly #isInitializing: boolean;

  /** Makes the error. */
  constructor(value: T, isInitializing: boolean) {
    super(`Cannot set a value: ${isInitializing ? "one is being computed" : "it was set before"}`);
    this.value = value;
    this.#isInitializing = isInitializing;
  }

  /** Whether the cell had a value. */
  isAlreadyInitErr(): boolean {
    return !this.#isInitializing;
  }

  /** Whether somebody was computing the value. */
  isInitializingErr(): boolean {
    return this.#isInitializing;
  }
}

/**
 * Holds a value that is computed when it is first needed, by one of those who need it, while the
 * others wait.
 *
 * - **One at a time:** if the computation fails, or whoever asked for it gives up, the next one that
 *   waits runs its own.
 * - **Not recursive:** a computation that needs its own cell waits for ever.
 *
 * Follows Tokio's `sync::OnceCell`.
 *
 * @example
 * ```ts
 * import { join } from "@edo/runtime/future";
 * import { OnceCell } from "@edo/runtime/sync";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * let connections = 0;
 * const pool = new OnceCell<string>();
 * const connect = function* () {
 *   yield* sleep(1);
 *   return `connection ${++connections}`;
 * };
 *
 * const both = await join(pool.getOrInit(connect), pool.getOrInit(connect));
 * assertEquals(both, ["connection 1", "connection 1"]);
 * ```
 */
export class OnceCell<T> {
  readonly #core: Core<T> = { slot: undefined, permits: new Permits(1) };

  /**
   * Makes a cell that has its value.
   *
   * @param value The value, which may be `undefined`.
   */
  static newWith<T>(value: T): OnceCell<T> {
    const cell = new OnceCell<T>();
    cell.set(value);
    return cell;
  }

  /** Whether there is a value. */
  initialized(): boolean {
    return this.#core.slot !== undefined;
  }

  /** The value, or `undefined` when there is none. */
  get(): T | undefined {
    return this.#core.slot?.value;
  }

  /**
   * Sets the value and wakes everybody who waits for it.
   *
   * @param value The value.
   * @throws {SetError} When there is a value, or somebody computes one; the error has the value that
   * was refused.
   */
  set(value: T): void {
    const { slot, permits } = this.#core;
    if (slot !== undefined) throw new SetError(value, false);
    if (!permits.tryTake(1)) throw new SetError(value, true);
    fill(this.#core, value);
  }

  /**
   * Answers with the value, computed by `init` if there is none.
   *
   * Those who ask while it is computed wait in the order in which they came.
   *
   * **Cancel safety:** giving up while `init` runs drops the generator or future that it is, and the
   * next one in line begins. An async function cannot be dropped: it runs on beside, and its outcome
   * is ignored.
   *
   * @param init Computes the value; it is called at most once.
   * @returns A future that fails with what `init` throws.
   */
  getOrInit(init: Initializer<T>): Future<T> {
    return new GetOrInit(this.#core, init);
  }

  /** The same as {@linkcode OnceCell.getOrInit}: a computation that fails is one that throws. */
  getOrTryInit(init: Initializer<T>): Future<T> {
    return this.getOrInit(init);
  }

  /**
   * Takes the value out and leaves the cell as new. Whoever has waited for the value and was not
   * polled since computes another. While the first value is computed this does nothing.
   *
   * @returns The value, or `undefined` when there was none.
   */
  take(): T | undefined {
    const core = this.#core;
    const { slot } = core;
    if (slot === undefined) return undefined;
    core.slot = undefined;
    core.permits = new Permits(1);
    return slot.value;
  }

  /** The same as {@linkcode OnceCell.take}: a cell that nobody refers to ends by itself. */
  intoInner(): T | undefined {
    return this.take();
  }
}

/** What a cell and its futures share. */
interface Core<T> {
  /** The value; in an object, to tell a value of `undefined` from none. */
  slot: { readonly value: T } | undefined;
  /** The permit to compute the value. They are closed when it is there. */
  permits: Permits;
}

function fill<T>(core: Core<T>, value: T): void {
  core.slot = { value };
  core.permits.close();
}

class GetOrInit<T> extends Future<T> {
  readonly #core: Core<T>;
  #init: Initializer<T> | undefined;
  #permits: Permits;
  #turn: Turn | undefined = undefined;
  #computing: Future<T> | undefined = undefined;

  constructor(core: Core<T>, init: Initializer<T>) {
    super();
    this.#core = core;
    this.#init = init;
    this.#permits = core.permits;
  }

  poll(cx: Context): Poll<T> {
    if (this.#computing !== undefined) return this.#compute(this.#computing, cx);
    const init = this.#init;
    if (init === undefined) throw polledAfterEnd();
    const { slot } = this.#core;
    if (slot !== undefined) {
      this[Symbol.dispose]();
      return slot.value;
    }
    if (isPending(this.#currentTurn().poll(cx))) return Pending;
    this.#turn = undefined;
    this.#init = undefined;
    return this.#compute(this.#begin(init), cx);
  }

  override [Symbol.dispose](): void {
    this.#init = undefined;
    this.#turn?.[Symbol.dispose]();
    this.#turn = undefined;
    const computing = this.#computing;
    if (computing === undefined) return;
    this.#computing = undefined;
    try {
      computing[Symbol.dispose]();
    } finally {
      this.#permits.release(1);
    }
  }

  /** The turn at the permits of now: those that it waited for are gone if the value was taken out. */
  #currentTurn(): Turn {
    const { permits } = this.#core;
    if (this.#permits !== permits) this.#turn = undefined;
    this.#permits = permits;
    return this.#turn ??= new Turn(permits, 1);
  }

  #begin(init: Initializer<T>): Future<T> {
    try {
      return this.#computing = started(init);
    } catch (error) {
      this.#permits.release(1);
      throw error;
    }
  }

  #compute(computing: Future<T>, cx: Context): Poll<T> {
    let value;
    try {
      value = computing.poll(cx);
    } catch (error) {
      this.#computing = undefined;
      this.#permits.release(1);
      throw error;
    }
    if (isPending(value)) return Pending;
    this.#computing = undefined;
    fill(this.#core, value);
    return value;
  }
}

/** Waits for the permit to compute. */
class Turn extends Acquire<void> {
  protected taken(): void {}

  /** Nobody sees it: permits are closed when there is a value, which is looked at first. */
  protected refused(): Error {
    return polledAfterEnd();
  }
}

/** Calls `init` and makes a future of its answer. */
function started<T>(init: Initializer<T>): Future<T> {
  const answer = init();
  if (isSteps(answer)) return new GeneratorFuture(() => answer);
  return isThenable(answer) ? intoFuture(answer) : ready(answer);
}

function isSteps<T>(answer: Steps<T> | PromiseLike<T> | T): answer is Steps<T> {
  return Object.prototype.toString.call(answer) === "[object Generator]";
}

function isThenable<T>(answer: PromiseLike<T> | T): answer is PromiseLike<T> {
  return typeof (answer as PromiseLike<T> | undefined)?.then === "function";
}
