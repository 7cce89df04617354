/**
 * Holding a read-write lock alone.
 *
 * @module
 */

import type { RwLock } from "./rwlock.ts";
import { released, type RwLockCell, RwLockReadGuard } from "./rwlock_read_guard.ts";

/**
 * An {@linkcode RwLock} that is locked for writing. Made by {@linkcode RwLock.write}.
 *
 * The lock ends when the guard is released, and goes over to another guard when it is downgraded or
 * mapped. After that the guard gives nobody access, and to release it again does nothing. `using`
 * releases it at the end of the block; a guard that is never released keeps everybody out for ever.
 *
 * Follows Tokio's `sync::RwLockWriteGuard` and `sync::OwnedRwLockWriteGuard`.
 *
 * @example
 * ```ts
 * import { RwLock } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RwLock(1);
 * const writing = await lock.write();
 * writing.value += 1;
 * using reading = writing.downgrade();
 * using other = await lock.read();
 * assertEquals([reading.value, other.value], [2, 2]);
 * ```
 */
export class RwLockWriteGuard<T> implements Disposable {
  // A plain property set by the constructor: see `Acquire`.
  /** `undefined` after the end. */
  declare private cell: RwLockCell<T> | undefined;

  /** Made by {@linkcode RwLock.write}. */
  constructor(cell: RwLockCell<T>) {
    this.cell = cell;
  }

  /**
   * The value that the lock protects.
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
   * Which lock it is that is locked.
   *
   * @throws {TypeError} When the guard was released.
   */
  get rwlock(): RwLock<T> {
    const { cell } = this;
    if (cell === undefined) throw released();
    return cell.rwlock;
  }

  /**
   * Consumes the guard and answers with one of a part of the value, which cannot be downgraded.
   *
   * If `part` throws, this guard keeps the lock.
   *
   * @param part Gets the part. Called once, now.
   * @throws {TypeError} When the guard was released.
   */
  map<U>(part: (value: T) => U): RwLockMappedWriteGuard<U, T> {
    const value = part(this.value);
    return new RwLockMappedWriteGuard(this.consume(), value);
  }

  /**
   * As {@linkcode RwLockWriteGuard.map}, if there is such a part.
   *
   * @param part Gets the part, or `undefined` when there is none.
   * @returns The new guard, or `undefined`; this guard keeps the lock then.
   * @throws {TypeError} When the guard was released.
   */
  tryMap<U>(part: (value: T) => U | undefined): RwLockMappedWriteGuard<U, T> | undefined {
    const value = part(this.value);
    return value === undefined ? undefined : new RwLockMappedWriteGuard(this.consume(), value);
  }

  /** As {@linkcode RwLockWriteGuard.map} with the whole for the part. */
  intoMapped(): RwLockMappedWriteGuard<T, T> {
    return this.map((value) => value);
  }

  /**
   * Consumes the guard and answers with one for reading. No writer gets in between; readers that wait
   * at the head of the queue come in.
   *
   * @throws {TypeError} When the guard was released.
   */
  downgrade(): RwLockReadGuard<T, T> {
    return this.downgradeMap((value) => value);
  }

  /**
   * As {@linkcode RwLockWriteGuard.downgrade}, with a guard of a part of the value.
   *
   * @param part Gets the part. Called once, now, while nobody else has access. If it throws, this
   * guard keeps the lock.
   * @throws {TypeError} When the guard was released.
   */
  downgradeMap<U>(part: (value: T) => U): RwLockReadGuard<U, T> {
    const value = part(this.value);
    return this.admit(value);
  }

  /**
   * As {@linkcode RwLockWriteGuard.downgradeMap}, if there is such a part.
   *
   * @param part Gets the part, or `undefined` when there is none.
   * @returns The new guard, or `undefined`; this guard keeps the lock then.
   * @throws {TypeError} When the guard was released.
   */
  tryDowngradeMap<U>(part: (value: T) => U | undefined): RwLockReadGuard<U, T> | undefined {
    const value = part(this.value);
    return value === undefined ? undefined : this.admit(value);
  }

  /** Unlocks the lock. */
  release(): void {
    const { cell } = this;
    if (cell === undefined) return;
    this.cell = undefined;
    cell.permits.release(cell.maxReaders);
  }

  /** As {@linkcode RwLockWriteGuard.release}. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Keeps the permit of one reader. */
  private admit<U>(part: U): RwLockReadGuard<U, T> {
    const cell = this.consume();
    cell.permits.release(cell.maxReaders - 1);
    return new RwLockReadGuard(cell, part);
  }

  /** Ends the guard, and hands on what it would have released. */
  private consume(): RwLockCell<T> {
    const { cell } = this;
    if (cell === undefined) throw released();
    this.cell = undefined;
    return cell;
  }
}

/**
 * An {@linkcode RwLock} that is locked for writing, with access to a part of its value. Made by
 * {@linkcode RwLockWriteGuard.map}.
 *
 * It ends as an {@linkcode RwLockWriteGuard} does, but cannot be downgraded. What can change is the
 * inside of the part: to put something else in the place of the part, keep the guard of the whole.
 *
 * Follows Tokio's `sync::RwLockMappedWriteGuard` and `sync::OwnedRwLockMappedWriteGuard`.
 *
 * @typeParam U The part that the guard gives access to.
 * @typeParam T The value of the lock.
 *
 * @example
 * ```ts
 * import { RwLock } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RwLock({ users: ["ada"], visits: 0 });
 * using users = (await lock.write()).map((state) => state.users);
 * users.value.push("grace");
 * assertEquals(lock.tryRead(), undefined);
 * ```
 */
export class RwLockMappedWriteGuard<U, T = unknown> implements Disposable {
  #cell: RwLockCell<T> | undefined;
  readonly #part: U;

  /** Made by {@linkcode RwLockWriteGuard.map}. */
  constructor(cell: RwLockCell<T>, part: U) {
    this.#cell = cell;
    this.#part = part;
  }

  /**
   * The part.
   *
   * @throws {TypeError} When the guard was released.
   */
  get value(): U {
    if (this.#cell === undefined) throw released();
    return this.#part;
  }

  /**
   * Which lock it is that is locked.
   *
   * @throws {TypeError} When the guard was released.
   */
  get rwlock(): RwLock<T> {
    if (this.#cell === undefined) throw released();
    return this.#cell.rwlock;
  }

  /**
   * Consumes the guard and answers with one of a part of the part. See
   * {@linkcode RwLockWriteGuard.map}.
   *
   * @param part Gets the part. Called once, now.
   * @throws {TypeError} When the guard was released.
   */
  map<V>(part: (value: U) => V): RwLockMappedWriteGuard<V, T> {
    const value = part(this.value);
    return new RwLockMappedWriteGuard(this.#consume(), value);
  }

  /**
   * As {@linkcode RwLockMappedWriteGuard.map}, if there is such a part. See
   * {@linkcode RwLockWriteGuard.tryMap}.
   *
   * @param part Gets the part, or `undefined` when there is none.
   * @returns The new guard, or `undefined`; this guard keeps the lock then.
   * @throws {TypeError} When the guard was released.
   */
  tryMap<V>(part: (value: U) => V | undefined): RwLockMappedWriteGuard<V, T> | undefined {
    const value = part(this.value);
    return value === undefined ? undefined : new RwLockMappedWriteGuard(this.#consume(), value);
  }

  /** Unlocks the lock. */
  release(): void {
    const cell = this.#cell;
    this.#cell = undefined;
    cell?.permits.release(cell.maxReaders);
  }

  /** As {@linkcode RwLockMappedWriteGuard.release}. */
  [Symbol.dispose](): void {
    this.release();
  }

  #consume(): RwLockCell<T> {
    const cell = this.#cell;
    if (cell === undefined) throw released();
    this.#cell = undefined;
    return cell;
  }
}
