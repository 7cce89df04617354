/**
 * Holding a mutex, the whole of its value or a part.
 *
 * @module
 */

import type { Mutex } from "./mutex.ts";
import type { Permits } from "./permits.ts";

/** What a mutex and its guards share. */
export interface MutexCell<T> {
  readonly mutex: Mutex<T>;
  /** One, for whoever has the lock. */
  readonly permits: Permits;
  value: T;
}

/**
 * A mutex that is locked. Made by {@linkcode Mutex.lock}.
 *
 * The lock ends when the guard is released, or consumed by {@linkcode MutexGuard.map}. After that the
 * guard gives nobody access, and to release it again does nothing. `using` releases it at the end of
 * the block; a guard that is never released keeps the mutex locked for ever.
 *
 * Follows Tokio's `sync::MutexGuard` and `sync::OwnedMutexGuard`.
 *
 * @example
 * ```ts
 * import { Mutex } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const mutex = new Mutex(1);
 * {
 *   using guard = await mutex.lock();
 *   guard.value += 1;
 * }
 * using again = await mutex.lock();
 * assertEquals(again.value, 2);
 * ```
 */
export class MutexGuard<T> implements Disposable {
  // A plain property set by the constructor: see `Acquire`.
  /** `undefined` after the end. */
  declare private cell: MutexCell<T> | undefined;

  /** Made by {@linkcode Mutex.lock}. */
  constructor(cell: MutexCell<T>) {
    this.cell = cell;
  }

  /**
   * The value that the mutex protects.
   *
   * @throws {TypeError} When the guard was released.
   */
  get value(): T {
    const { cell } = this;
    if (cell === undefined) throw released();
    return cell.value;
  }

  set value(value: T) {
    const { cell } = this;
    if (cell === undefined) throw released();
    cell.value = value;
  }

  /**
   * Which mutex it is that is locked.
   *
   * @throws {TypeError} When the guard was released.
   */
  get mutex(): Mutex<T> {
    const { cell } = this;
    if (cell === undefined) throw released();
    return cell.mutex;
  }

  /**
   * Consumes the guard and answers with one of a part of the value. The mutex stays locked.
   *
   * If `part` throws, this guard keeps the lock.
   *
   * @param part Gets the part. Called once, now.
   * @throws {TypeError} When the guard was released.
   *
   * @example
   * ```ts
   * import { Mutex } from "@edo/runtime/sync";
   * import { assertEquals } from "@std/assert";
   *
   * const mutex = new Mutex({ users: ["ada"], visits: 0 });
   * const guard = await mutex.lock();
   * using users = guard.map((state) => state.users);
   * users.value.push("grace");
   * assertEquals(users.value, ["ada", "grace"]);
   * ```
   */
  map<U>(part: (value: T) => U): MappedMutexGuard<U> {
    const value = part(this.value);
    return new MappedMutexGuard(this.consume(), value);
  }

  /**
   * As {@linkcode MutexGuard.map}, if there is such a part.
   *
   * @param part Gets the part, or `undefined` when there is none.
   * @returns The new guard, or `undefined`; this guard keeps the lock then.
   * @throws {TypeError} When the guard was released.
   */
  tryMap<U>(part: (value: T) => U | undefined): MappedMutexGuard<U> | undefined {
    const value = part(this.value);
    return value === undefined ? undefined : new MappedMutexGuard(this.consume(), value);
  }

  /** Unlocks the mutex. */
  release(): void {
    const { cell } = this;
    if (cell === undefined) return;
    this.cell = undefined;
    cell.permits.release(1);
  }

  /** As {@linkcode MutexGuard.release}. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Ends the guard, and hands on what it would have released. */
  private consume(): Permits {
    const { cell } = this;
    if (cell === undefined) throw released();
    this.cell = undefined;
    return cell.permits;
  }
}

/**
 * A mutex that is locked, with access to a part of its value. Made by {@linkcode MutexGuard.map}.
 *
 * It ends as a {@linkcode MutexGuard} does. What can change is the inside of the part: to put
 * something else in the place of the part, keep the guard of the whole.
 *
 * Follows Tokio's `sync::MappedMutexGuard` and `sync::OwnedMappedMutexGuard`.
 *
 * @example
 * ```ts
 * import { Mutex } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const mutex = new Mutex(new Map([["ada", { visits: 1 }]]));
 * const guard = await mutex.lock();
 * using ada = guard.tryMap((users) => users.get("ada"));
 * if (ada !== undefined) ada.value.visits += 1;
 * assertEquals(ada?.value, { visits: 2 });
 * ```
 */
export class MappedMutexGuard<U> implements Disposable {
  #permits: Permits | undefined;
  readonly #part: U;

  /** Made by {@linkcode MutexGuard.map}. */
  constructor(permits: Permits, part: U) {
    this.#permits = permits;
    this.#part = part;
  }

  /**
   * The part.
   *
   * @throws {TypeError} When the guard was released.
   */
  get value(): U {
    if (this.#permits === undefined) throw released();
    return this.#part;
  }

  /**
   * Consumes the guard and answers with one of a part of the part. See {@linkcode MutexGuard.map}.
   *
   * @param part Gets the part. Called once, now.
   * @throws {TypeError} When the guard was released.
   */
  map<V>(part: (value: U) => V): MappedMutexGuard<V> {
    const value = part(this.value);
    return new MappedMutexGuard(this.#consume(), value);
  }

  /**
   * As {@linkcode MappedMutexGuard.map}, if there is such a part. See
   * {@linkcode MutexGuard.tryMap}.
   *
   * @param part Gets the part, or `undefined` when there is none.
   * @returns The new guard, or `undefined`; this guard keeps the lock then.
   * @throws {TypeError} When the guard was released.
   */
  tryMap<V>(part: (value: U) => V | undefined): MappedMutexGuard<V> | undefined {
    const value = part(this.value);
    return value === undefined ? undefined : new MappedMutexGuard(this.#consume(), value);
  }

  /** Unlocks the mutex. */
  release(): void {
    const permits = this.#permits;
    this.#permits = undefined;
    permits?.release(1);
  }

  /** As {@linkcode MappedMutexGuard.release}. */
  [Symbol.dispose](): void {
    this.release();
  }

  #consume(): Permits {
    const permits = this.#permits;
    if (permits === undefined) throw released();
    this.#permits = undefined;
    return permits;
  }
}

function released(): TypeError {
  return new TypeError("Cannot use a guard of a mutex: it was released");
}
