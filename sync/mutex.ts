/**
 * A lock for one at a time, and the value that it protects.
 *
 * @module
 */

import { type Context, currentContext } from "../future/context.ts";
import { fromPromise } from "../future/from_promise.ts";
import { Future, type Steps, type Wait } from "../future/future.ts";
import { future } from "../future/generator.ts";
import type { Poll } from "../future/poll.ts";
import { type MutexCell, MutexGuard } from "./mutex_guard.ts";
import { Acquire, Permits } from "./permits.ts";

/** What {@linkcode Mutex.runExclusive} does. */
export type ExclusiveWork<T, R> =
  | ((guard: MutexGuard<T>) => Steps<R>)
  | ((guard: MutexGuard<T>) => PromiseLike<R> | R);

/**
 * Protects a value, or a piece of work, that takes more than one step from everybody else.
 *
 * Between two waits no other task of the isolate can run; a mutex is for what has a wait in the
 * middle. The value is reached through the guard that {@linkcode Mutex.lock} answers with.
 *
 * - **Fair:** first come, first served. The lock is handed over to the one who has waited longest,
 *   so {@linkcode Mutex.tryLock} cannot overtake anybody.
 * - **No poisoning:** who throws while it has the lock only unlocks it, given `using` or
 *   {@linkcode Mutex.runExclusive}. The value stays as it was left.
 * - **Not re-entrant:** who waits for a lock that it has itself waits for ever.
 * - **Not bound to a task:** the guard may be kept in an object, handed to another task and released
 *   there. There is no owned kind of it as in Rust.
 *
 * Follows Tokio's `sync::Mutex`.
 *
 * @example A value
 * ```ts
 * import { Mutex } from "@edo/runtime/sync";
 * import { spawn, yieldNow } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const total = new Mutex(0);
 * const add = async (n: number) => {
 *   using guard = await total.lock();
 *   const before = guard.value;
 *   await yieldNow();
 *   guard.value = before + n;
 * };
 * for (const task of [1, 2, 3].map((n) => spawn(() => add(n)))) await task;
 * assertEquals((await total.lock()).value, 6);
 * ```
 *
 * @example Work without a value
 * ```ts
 * import { Mutex } from "@edo/runtime/sync";
 * import { yieldNow } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const mutex = new Mutex();
 * const answer = await mutex.runExclusive(async () => {
 *   await yieldNow();
 *   return 42;
 * });
 * assertEquals(answer, 42);
 * ```
 */
export class Mutex<T = void> {
  readonly #cell: MutexCell<T>;

  /**
   * Makes a mutex that nobody has locked.
   *
   * @param initial The value. It may be left out when `undefined` is one.
   */
  constructor(...initial: [value: T] | (undefined extends T ? [] : never)) {
    this.#cell = { mutex: this, permits: new Permits(1), value: initial[0] as T };
  }

  /**
   * Waits until nobody else has the lock, and takes it.
   *
   * **Cancel safety:** giving up loses the place in the queue. A lock that was handed over already
   * goes on to the next one.
   *
   * @returns A future of the guard, which unlocks the mutex when it is disposed.
   * @throws {TypeError} When {@linkcode Mutex.intoInner} has taken the value.
   */
  lock(): Future<MutexGuard<T>> {
    return new Locking(this.#cell);
  }

  /** As {@linkcode Mutex.lock}: every guard is an owned one. */
  lockOwned(): Future<MutexGuard<T>> {
    return this.lock();
  }

  /**
   * Takes the lock if nobody has it or waits for it.
   *
   * @returns The guard, or `undefined`.
   * @throws {TypeError} When {@linkcode Mutex.intoInner} has taken the value.
   */
  tryLock(): MutexGuard<T> | undefined {
    const cell = this.#cell;
    if (cell.permits.isClosed) throw empty();
    return cell.permits.tryTake(1) ? new MutexGuard(cell) : undefined;
  }

  /** Whether somebody has the lock. */
  isLocked(): boolean {
    return this.#cell.permits.free === 0;
  }

  /**
   * Takes the lock, does `work`, and unlocks, however the work ends.
   *
   * **Cancel safety:** dropping the future before the work has begun loses the place in the queue.
   * Afterwards it drops the future or generator of the work and unlocks. An async function cannot be
   * stopped from outside: the mutex stays locked until its promise is settled.
   *
   * @param work Gets the guard. A generator function, an async function, one that answers with a
   * future, or a plain function.
   * @returns A future of what the work answers with. As every future it does nothing until somebody
   * awaits it.
   * @throws What the work throws.
   */
  runExclusive<R>(work: (guard: MutexGuard<T>) => Steps<R>): Future<R>;
  /** Does the work of an async or plain function, or of a future. */
  runExclusive<R>(work: ExclusiveWork<T, R>): Future<R>;
  runExclusive<R>(work: ExclusiveWork<T, R>): Future<R> {
    return future(() => exclusive(this, work));
  }

  /**
   * Takes the value out. Nobody can lock the mutex afterwards.
   *
   * @throws {TypeError} When the mutex is locked, or the value was taken before.
   */
  intoInner(): T {
    const { permits, value } = this.#cell;
    if (permits.isClosed) {
      throw new TypeError("Cannot take the value out of a mutex: it was taken before");
    }
    if (!permits.tryTake(1)) {
      throw new TypeError("Cannot take the value out of a mutex: it is locked");
    }
    permits.close();
    return value;
  }
}

/** The future of {@linkcode Mutex.lock}. */
class Locking<T> extends Acquire<MutexGuard<T>> {
  declare private readonly cell: MutexCell<T>;

  constructor(cell: MutexCell<T>) {
    super(cell.permits, 1);
    this.cell = cell;
  }

  override poll(cx: Context): Poll<MutexGuard<T>> {
    return this.takesAtOnce(cx) ? this.taken() : super.poll(cx);
  }

  override next(): IteratorResult<Wait, MutexGuard<T>> {
    const cx = currentContext();
    if (cx === undefined || !this.takesAtOnce(cx)) return super.next();
    return { done: true, value: this.taken() };
  }

  protected override taken(): MutexGuard<T> {
    return new MutexGuard(this.cell);
  }

  protected override refused(): TypeError {
    return empty();
  }
}

/** The steps of {@linkcode Mutex.runExclusive}. */
function* exclusive<T, R>(mutex: Mutex<T>, work: ExclusiveWork<T, R>): Steps<R> {
  const guard = yield* mutex.lock();
  let owner: Disposable | undefined = guard;
  try {
    const outcome = work(guard);
    if (outcome instanceof Future) return yield* outcome as Future<R>;
    if (isSteps(outcome)) return yield* outcome;
    if (!isThenable(outcome)) return outcome;
    // From here on the lock is the promise's, also if this generator is dropped.
    owner = undefined;
    const promise = Promise.resolve(outcome);
    const unlock = () => guard.release();
    promise.then(unlock, unlock);
    return yield* fromPromise(promise);
  } finally {
    owner?.[Symbol.dispose]();
  }
}

/** Whether a function has answered with a generator; other iterators are plain values. */
function isSteps<R>(value: Steps<R> | PromiseLike<R> | R): value is Steps<R> {
  return Object.prototype.toString.call(value) === "[object Generator]";
}

function isThenable<R>(value: PromiseLike<R> | R): value is PromiseLike<R> {
  return typeof (value as PromiseLike<R> | undefined)?.then === "function";
}

function empty(): TypeError {
  return new TypeError("Cannot lock a mutex: its value was taken out");
}
