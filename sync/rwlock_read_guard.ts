/**
 * Holding a read-write lock together with other readers.
 *
 * @module
 */

import type { Permits } from "./permits.ts";
import type { RwLock } from "./rwlock.ts";

/** What a lock and its guards share. */
export interface RwLockCell<T> {
  readonly rwlock: RwLock<T>;
  /** One for each reader; a writer takes all. */
  readonly permits: Permits;
  readonly maxReaders: number;
  value: T;
}

/**
 * An {@linkcode RwLock} that is locked for reading. Made by {@linkcode RwLock.read}.
 *
 * The lock ends when the guard is released, or consumed by {@linkcode RwLockReadGuard.map}. After
 * that the guard gives nobody access, and to release it again does nothing. `using` releases it at
 * the end of the block; a guard that is never released keeps all writers out for ever.
 *
 * JavaScript cannot keep a reader from changing the inside of an object. Only the types can: make it
 * `RwLock<Readonly<T>>`, and a writer puts a new value in the place of the old one.
 *
 * Follows Tokio's `sync::RwLockReadGuard` and `sync::OwnedRwLockReadGuard`.
 *
 * @typeParam U The value, or the part of it, that the guard gives access to.
 * @typeParam T The value of the lock.
 *
 * @example
 * ```ts
 * import { RwLock } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RwLock({ users: ["ada"], visits: 0 });
 * using users = (await lock.read()).map((state) => state.users);
 * using whole = await lock.read();
 * assertEquals([users.value.length, whole.value.visits], [1, 0]);
 * ```
 */
export class RwLockReadGuard<U, T = unknown> implements Disposable {
  // Plain properties set by the constructor: see `Acquire`.
  /** `undefined` after the end. */
  declare private cell: RwLockCell<T> | undefined;
  /** Nobody replaces it as long as somebody reads it. */
  declare private readonly part: U;

  /** Made by {@linkcode RwLock.read}. */
  constructor(cell: RwLockCell<T>, part: U) {
    this.cell = cell;
    this.part = part;
  }

  /**
   * The value that the lock protects, or the part of it.
   *
   * @throws {TypeError} When the guard was released.
   */
  get value(): U {
    if (this.cell === undefined) throw released();
    return this.part;
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
   * Consumes the guard and answers with one of a part of the value.
   *
   * If `part` throws, this guard keeps the lock.
   *
   * @param part Gets the part. Called once, now.
   * @throws {TypeError} When the guard was released.
   */
  map<V>(part: (value: U) => V): RwLockReadGuard<V, T> {
    const value = part(this.value);
    return new RwLockReadGuard(this.consume(), value);
  }

  /**
   * As {@linkcode RwLockReadGuard.map}, if there is such a part.
   *
   * @param part Gets the part, or `undefined` when there is none.
   * @returns The new guard, or `undefined`; this guard keeps the lock then.
   * @throws {TypeError} When the guard was released.
   */
  tryMap<V>(part: (value: U) => V | undefined): RwLockReadGuard<V, T> | undefined {
    const value = part(this.value);
    return value === undefined ? undefined : new RwLockReadGuard(this.consume(), value);
  }

  /** Ends this reading. */
  release(): void {
    const { cell } = this;
    if (cell === undefined) return;
    this.cell = undefined;
    cell.permits.release(1);
  }

  /** As {@linkcode RwLockReadGuard.release}. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Ends the guard, and hands on what it would have released. */
  private consume(): RwLockCell<T> {
    const { cell } = this;
    if (cell === undefined) throw released();
    this.cell = undefined;
    return cell;
  }
}

/** The error of a guard that is used after its end. */
export function released(): TypeError {
  return new TypeError("Cannot use a guard of a read-write lock: it was released");
}
