/**
 * Holding a shared read-write lock.
 *
 * @module
 */

import type { Cell } from "./cell.ts";
import { giveBack } from "./permits.ts";
import type { SharedRwLock } from "./rwlock.ts";
import { read, write } from "./value.ts";

/**
 * A {@linkcode SharedRwLock} that is locked for reading. Made by {@linkcode SharedRwLock.read}.
 *
 * The lock ends when the guard is released; to release it again does nothing. `using` releases it at
 * the end of the block; a guard that is never released keeps all writers out for ever.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * using lock = new shared.SharedRwLock(["ada"]);
 * using reading = await lock.read();
 * assertEquals(reading.value, ["ada"]);
 * ```
 */
export class SharedRwLockReadGuard<T> implements Disposable {
  declare private readonly owner: SharedRwLock<T>;
  /** `undefined` after the end. */
  declare private cell: Cell | undefined;
  declare private readonly slot: number;

  /** Made by {@linkcode SharedRwLock.read}. */
  constructor(owner: SharedRwLock<T>, cell: Cell, slot: number) {
    this.owner = owner;
    this.cell = cell;
    this.slot = slot;
  }

  /**
   * A copy of the value.
   *
   * @throws {TypeError} When the guard was released.
   */
  get value(): T {
    return read(held(this.cell), this.slot) as T;
  }

  /**
   * Which lock it is that is locked.
   *
   * @throws {TypeError} When the guard was released.
   */
  get rwlock(): SharedRwLock<T> {
    held(this.cell);
    return this.owner;
  }

  /** Ends this reading. */
  release(): void {
    const { cell } = this;
    if (cell === undefined) return;
    this.cell = undefined;
    giveBack(cell, 1);
    cell.unuse();
  }

  /** As {@linkcode SharedRwLockReadGuard.release}. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * A {@linkcode SharedRwLock} that is locked for writing. Made by {@linkcode SharedRwLock.write}.
 *
 * The lock ends when the guard is released, and goes over to another guard when it is downgraded; to
 * release it again does nothing. `using` releases it at the end of the block; a guard that is never
 * released keeps everybody out for ever.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * using lock = new shared.SharedRwLock(1);
 * const writing = await lock.write();
 * writing.value += 1;
 * using reading = writing.downgrade();
 * using other = await lock.read();
 * assertEquals([reading.value, other.value], [2, 2]);
 * ```
 */
export class SharedRwLockWriteGuard<T> implements Disposable {
  declare private readonly owner: SharedRwLock<T>;
  /** `undefined` after the end. */
  declare private cell: Cell | undefined;
  declare private readonly slot: number;
  /** How many permits it has. */
  declare private readonly count: number;

  /** Made by {@linkcode SharedRwLock.write}. */
  constructor(owner: SharedRwLock<T>, cell: Cell, slot: number, count: number) {
    this.owner = owner;
    this.cell = cell;
    this.slot = slot;
    this.count = count;
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
    return read(held(this.cell), this.slot) as T;
  }

  set value(value: T) {
    write(held(this.cell), this.slot, value);
  }

  /**
   * Which lock it is that is locked.
   *
   * @throws {TypeError} When the guard was released.
   */
  get rwlock(): SharedRwLock<T> {
    held(this.cell);
    return this.owner;
  }

  /**
   * Consumes the guard and answers with one for reading. No writer gets in between; readers that wait
   * at the head of the queue come in.
   *
   * @throws {TypeError} When the guard was released.
   */
  downgrade(): SharedRwLockReadGuard<T> {
    const cell = held(this.cell);
    this.cell = undefined;
    if (this.count > 1) giveBack(cell, this.count - 1);
    return new SharedRwLockReadGuard(this.owner, cell, this.slot);
  }

  /** Unlocks the lock. */
  release(): void {
    const { cell } = this;
    if (cell === undefined) return;
    this.cell = undefined;
    giveBack(cell, this.count);
    cell.unuse();
  }

  /** As {@linkcode SharedRwLockWriteGuard.release}. */
  [Symbol.dispose](): void {
    this.release();
  }
}

function held(cell: Cell | undefined): Cell {
  if (cell !== undefined) return cell;
  throw new TypeError("Cannot use a guard of a read-write lock: it was released");
}
