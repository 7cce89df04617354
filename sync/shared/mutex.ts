/**
 * A lock for one at a time over all threads, and the value that it protects.
 *
 * @module
 */

import { fromPromise } from "../../future/from_promise.ts";
import { Future, type Steps } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { futureOfAnswer } from "../../future/into_future.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import { block } from "./blocking.ts";
import { arrival, type Cell, cellOr, OWN } from "./cell.ts";
import { BEYOND, freePermits, giveBack, isClosed, SharedAcquire, tryTake } from "./permits.ts";
import { cellWith, clearing, read, takeOut, write } from "./value.ts";

/** Where the value is. */
const VALUE = OWN + BEYOND;

/** What {@linkcode SharedMutex.runExclusive} does. */
export type SharedExclusiveWork<T, R> =
  | ((guard: SharedMutexGuard<T>) => Steps<R>)
  | ((guard: SharedMutexGuard<T>) => PromiseLike<R> | R);

/**
 * Protects something that several threads share.
 *
 * It can be sent to a portable task, where it is another handle for the same mutex. What it protects
 * is either memory of your own (a `SharedArrayBuffer` that is sent beside it), or a value: that is
 * kept in shared memory in the form in which it would travel, so it can be whatever can be sent but
 * handles and shared memory.
 *
 * **The value is copied**, each time that it is read and each time that it is set. To change it set
 * it: `guard.value = { ...guard.value, count: 1 }`. A change inside of a copy is seen by nobody.
 *
 * - **Fair:** first come, first served, whatever thread they are on.
 * - **No poisoning:** who throws while it has the lock only unlocks it, given `using` or
 *   {@linkcode SharedMutex.runExclusive}.
 * - **Not re-entrant:** who waits for a lock that it has itself waits for ever.
 * - **Released in order:** a worker that ends drops its tasks, and so releases what they have locked. A
 *   guard that a variable of a module keeps stays locked for ever.
 *
 * Dispose of each handle; the memory is given back with the last. A handle that is forgotten is
 * disposed of when it is garbage collected.
 *
 * Follows Tokio's `sync::Mutex`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * using total = new shared.SharedMutex(1);
 * {
 *   using guard = await total.lock();
 *   guard.value += 2;
 * }
 * using guard = await total.lock();
 * assertEquals(guard.value, 3);
 * ```
 *
 * @example Between threads
 * ```ts ignore
 * export const count = task(import.meta, function* count(total: shared.SharedMutex<number>) {
 *   using _own = total;
 *   using guard = yield* total.lock();
 *   guard.value += 1;
 * });
 * ```
 */
export class SharedMutex<T = void> implements WireHandle, Disposable {
  readonly #cell: Cell;

  /**
   * Makes a mutex that nobody has locked.
   *
   * @param initial The value. It may be left out when `undefined` is one.
   * @throws {DOMException} `DataCloneError`, when the value cannot be sent, or has a handle or shared
   * memory in it.
   * @throws {RangeError} When the memory of all threads is full.
   */
  constructor(...initial: [value: T] | (undefined extends T ? [] : never)) {
    this.#cell = cellOr(() => cellWith([1, 0], VALUE, initial[0]));
  }

  /**
   * Waits until nobody else has the lock, and takes it.
   *
   * **Cancel safety:** giving up loses the place in the queue. A lock that was handed over already
   * goes on to the next one.
   *
   * @returns A future of the guard, which unlocks the mutex when it is disposed.
   * @throws {TypeError} When {@linkcode SharedMutex.intoInner} has taken the value, or the handle was
   * disposed.
   */
  lock(): Future<SharedMutexGuard<T>> {
    return new Locking(this, this.#cell.open);
  }

  /** As {@linkcode SharedMutex.lock}: every guard is an owned one. */
  lockOwned(): Future<SharedMutexGuard<T>> {
    return this.lock();
  }

  /**
   * Takes the lock, and blocks the thread until it has it. Nothing else of this isolate runs
   * meanwhile: who has the lock must be on another thread.
   *
   * @returns The guard.
   * @throws {TypeError} When the host does not let the thread block, when a future is being polled (a
   * generator task has to `yield*`), when {@linkcode SharedMutex.intoInner} has taken the value, or
   * when the handle was disposed.
   */
  lockSync(): SharedMutexGuard<T>;
  /** The same, for at most `timeoutMs` milliseconds; `undefined` when they are over. */
  lockSync(timeoutMs: number): SharedMutexGuard<T> | undefined;
  lockSync(timeoutMs?: number): SharedMutexGuard<T> | undefined {
    return block(new Locking<T>(this, this.#cell.open), "lock a mutex", timeoutMs)?.value;
  }

  /**
   * Takes the lock if nobody has it or waits for it.
   *
   * @returns The guard, or `undefined`.
   * @throws {TypeError} When {@linkcode SharedMutex.intoInner} has taken the value, or the handle was
   * disposed.
   */
  tryLock(): SharedMutexGuard<T> | undefined {
    const cell = this.#cell.open;
    if (isClosed(cell)) throw empty();
    if (!tryTake(cell, 1)) return undefined;
    cell.use();
    return new SharedMutexGuard(this, cell);
  }

  /** Whether somebody has the lock. */
  isLocked(): boolean {
    return freePermits(this.#cell.open) === 0;
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
   * @returns A future of what the work answers with.
   * @throws What the work throws.
   */
  runExclusive<R>(work: (guard: SharedMutexGuard<T>) => Steps<R>): Future<R>;
  /** Does the work of an async or plain function, or of a future. */
  runExclusive<R>(work: SharedExclusiveWork<T, R>): Future<R>;
  runExclusive<R>(work: SharedExclusiveWork<T, R>): Future<R> {
    return future(() => exclusive(this, work));
  }

  /**
   * Takes the value out. Nobody can lock the mutex afterwards, on any thread.
   *
   * @throws {TypeError} When the mutex is locked, the value was taken before, or the handle was
   * disposed.
   */
  intoInner(): T {
    return takeOut(this.#cell.open, 1, VALUE, "mutex") as T;
  }

  /** Disposes of this handle. Waits and guards that it has given stay good. */
  [Symbol.dispose](): void {
    this.#cell[Symbol.dispose]();
  }

  /** How it is sent to another thread. */
  [toWire](): WireForm {
    return this.#cell.form(KIND);
  }
}

const KIND: HandleKind = registerHandle(
  import.meta,
  "SharedMutex",
  arrival(() => new SharedMutex<void>(), clearing(VALUE)),
);

/**
 * A {@linkcode SharedMutex} that is locked. Made by {@linkcode SharedMutex.lock}.
 *
 * The lock ends when the guard is released; to release it again does nothing. `using` releases it at
 * the end of the block; a guard that is never released keeps the mutex locked for ever. It stays in
 * its isolate: what travels is the mutex.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assert, assertFalse } from "@std/assert";
 *
 * using mutex = new shared.SharedMutex();
 * const guard = await mutex.lock();
 * assert(mutex.isLocked());
 * guard.release();
 * assertFalse(mutex.isLocked());
 * ```
 */
export class SharedMutexGuard<T> implements Disposable {
  declare private readonly owner: SharedMutex<T>;
  /** `undefined` after the end. */
  declare private cell: Cell | undefined;

  /** Made by {@linkcode SharedMutex.lock}. */
  constructor(owner: SharedMutex<T>, cell: Cell) {
    this.owner = owner;
    this.cell = cell;
  }

  /**
   * A copy of the value. Setting it stores a copy.
   *
   * @throws {TypeError} When the guard was released.
   * @throws {DOMException} `DataCloneError`, when a value is set that cannot be sent, or has a handle
   * or shared memory in it. The value stays as it was.
   * @throws {RangeError} When a value is set for which there is no memory.
   */
  get value(): T {
    return read(this.held(), VALUE) as T;
  }

  set value(value: T) {
    write(this.held(), VALUE, value);
  }

  /**
   * Which mutex it is that is locked.
   *
   * @throws {TypeError} When the guard was released.
   */
  get mutex(): SharedMutex<T> {
    this.held();
    return this.owner;
  }

  /** Unlocks the mutex. */
  release(): void {
    const { cell } = this;
    if (cell === undefined) return;
    this.cell = undefined;
    giveBack(cell, 1);
    cell.unuse();
  }

  /** As {@linkcode SharedMutexGuard.release}. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** The memory, as long as the guard is held. */
  private held(): Cell {
    const { cell } = this;
    if (cell === undefined) {
      throw new TypeError("Cannot use a guard of a mutex: it was released");
    }
    return cell;
  }
}

/** The future of {@linkcode SharedMutex.lock}. */
class Locking<T> extends SharedAcquire<SharedMutexGuard<T>> {
  declare private readonly owner: SharedMutex<T>;

  constructor(owner: SharedMutex<T>, cell: Cell) {
    super(cell, 1);
    this.owner = owner;
  }

  protected override taken(): SharedMutexGuard<T> {
    this.cell.use();
    return new SharedMutexGuard(this.owner, this.cell);
  }

  protected override refused(): TypeError {
    return empty();
  }
}

/** The steps of {@linkcode SharedMutex.runExclusive}. */
function* exclusive<T, R>(mutex: SharedMutex<T>, work: SharedExclusiveWork<T, R>): Steps<R> {
  const guard = yield* mutex.lock();
  let owner: Disposable | undefined = guard;
  try {
    const outcome = work(guard);
    if (!(outcome instanceof Future) && isThenable(outcome)) {
      // From here on the lock is the promise's, also if this generator is dropped.
      owner = undefined;
      const promise = Promise.resolve(outcome);
      const unlock = () => guard.release();
      promise.then(unlock, unlock);
      return yield* fromPromise(promise);
    }
    const rest = futureOfAnswer(outcome);
    return rest === undefined ? outcome as R : yield* rest as Future<R>;
  } finally {
    owner?.[Symbol.dispose]();
  }
}

function isThenable<R>(value: unknown): value is PromiseLike<R> {
  return typeof (value as PromiseLike<R> | undefined)?.then === "function";
}

function empty(): TypeError {
  return new TypeError("Cannot lock a mutex: its value was taken out");
}
