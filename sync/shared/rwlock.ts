/**
 * A lock for many readers or one writer over all threads, and the value that it protects.
 *
 * @module
 */

import type { Future } from "../../future/future.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import type { RwLockOptions } from "../rwlock.ts";
import { block } from "./blocking.ts";
import { arrival, type Cell, cellOr, OWN } from "./cell.ts";
import { BEYOND, isClosed, MAX_PERMITS, SharedAcquire, tryTake } from "./permits.ts";
import { SharedRwLockReadGuard, SharedRwLockWriteGuard } from "./rwlock_guards.ts";
import { cellWith, clearing, takeOut } from "./value.ts";

/** How many may read at once. */
const MAX_READERS = OWN + BEYOND;
/** Where the value is. */
const VALUE = MAX_READERS + 1;

/**
 * Protects something that several threads share, which many may read at once, and one alone may
 * change.
 *
 * It can be sent to a portable task, where it is another handle for the same lock. What it protects
 * is memory of your own or a value; **the value is copied**, each time that it is read and each time
 * that it is set, as that of a `SharedMutex` is.
 *
 * - **Fair to writers:** first come, first served. Readers that come after a writer wait behind it.
 * - **Not re-entrant:** who has the lock, also for reading, and waits for it once more may wait for
 *   ever.
 * - **No poisoning:** who throws while it has the lock only unlocks it, given `using`.
 * - **Released in order:** a worker that ends drops its tasks, and so releases what they have locked. A
 *   guard that a variable of a module keeps stays locked for ever.
 *
 * Dispose of each handle; the memory is given back with the last. A handle that is forgotten is
 * disposed of when it is garbage collected.
 *
 * Follows Tokio's `sync::RwLock`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * using routes = new shared.SharedRwLock({ "/": "home" });
 * {
 *   using one = await routes.read();
 *   using two = await routes.read();
 *   assertEquals(one.value, two.value);
 * }
 * using writing = await routes.write();
 * writing.value = { "/": "start" };
 * assertEquals(routes.tryRead(), undefined);
 * ```
 */
export class SharedRwLock<T> implements WireHandle, Disposable {
  readonly #cell: Cell;

  /**
   * Makes a lock that nobody has locked.
   *
   * @param value What it protects.
   * @param options How it works.
   * @throws {RangeError} When `maxReaders` is not a whole number from 1 to 536,870,911, or the memory
   * of all threads is full.
   * @throws {DOMException} `DataCloneError`, when the value cannot be sent, or has a handle or shared
   * memory in it.
   */
  constructor(value: T, options: RwLockOptions = {}) {
    const { maxReaders = MAX_PERMITS } = options;
    if (!Number.isInteger(maxReaders) || maxReaders < 1 || maxReaders > MAX_PERMITS) {
      throw new RangeError(
        `Cannot make a read-write lock: found ${maxReaders} readers at most, expected a whole ` +
          `number from 1 to ${MAX_PERMITS}`,
      );
    }
    this.#cell = cellOr(() => cellWith([maxReaders, 0, maxReaders], VALUE, value));
  }

  /**
   * Waits until no writer has the lock or came before, and takes it for reading.
   *
   * **Cancel safety:** giving up loses the place in the queue. A lock that was handed over already
   * goes on to the next one.
   *
   * @returns A future of the guard, which unlocks when it is disposed.
   * @throws {TypeError} When {@linkcode SharedRwLock.intoInner} has taken the value, or the handle was
   * disposed.
   */
  read(): Future<SharedRwLockReadGuard<T>> {
    return new Reading(this, this.#cell.open);
  }

  /** As {@linkcode SharedRwLock.read}: every guard is an owned one. */
  readOwned(): Future<SharedRwLockReadGuard<T>> {
    return this.read();
  }

  /**
   * Waits until nobody else has the lock, and takes it for writing.
   *
   * **Cancel safety:** giving up loses the place in the queue. Readers that waited for nothing but
   * this come in.
   *
   * @returns A future of the guard, which unlocks when it is disposed.
   * @throws {TypeError} When {@linkcode SharedRwLock.intoInner} has taken the value, or the handle was
   * disposed.
   */
  write(): Future<SharedRwLockWriteGuard<T>> {
    return new Writing(this, this.#cell.open);
  }

  /** As {@linkcode SharedRwLock.write}: every guard is an owned one. */
  writeOwned(): Future<SharedRwLockWriteGuard<T>> {
    return this.write();
  }

  /**
   * Takes the lock for reading, and blocks the thread until it has it. Nothing else of this isolate
   * runs meanwhile: a writer must be on another thread.
   *
   * @returns The guard.
   * @throws {TypeError} When the host does not let the thread block, when a future is being polled (a
   * generator task has to `yield*`), when {@linkcode SharedRwLock.intoInner} has taken the value, or
   * when the handle was disposed.
   */
  readSync(): SharedRwLockReadGuard<T>;
  /** The same, for at most `timeoutMs` milliseconds; `undefined` when they are over. */
  readSync(timeoutMs: number): SharedRwLockReadGuard<T> | undefined;
  readSync(timeoutMs?: number): SharedRwLockReadGuard<T> | undefined {
    return block(new Reading(this, this.#cell.open), "lock for reading", timeoutMs)?.value;
  }

  /** Takes the lock for writing, blocking as {@linkcode SharedRwLock.readSync} does. */
  writeSync(): SharedRwLockWriteGuard<T>;
  /** The same, for at most `timeoutMs` milliseconds; `undefined` when they are over. */
  writeSync(timeoutMs: number): SharedRwLockWriteGuard<T> | undefined;
  writeSync(timeoutMs?: number): SharedRwLockWriteGuard<T> | undefined {
    return block(new Writing(this, this.#cell.open), "lock for writing", timeoutMs)?.value;
  }

  /**
   * Takes the lock for reading if no writer has it or waits for it, and there are not too many
   * readers.
   *
   * @returns The guard, or `undefined`.
   * @throws {TypeError} When {@linkcode SharedRwLock.intoInner} has taken the value, or the handle was
   * disposed.
   */
  tryRead(): SharedRwLockReadGuard<T> | undefined {
    const cell = this.#cell.open;
    return take(cell, 1) ? new SharedRwLockReadGuard(this, cell, VALUE) : undefined;
  }

  /**
   * Takes the lock for writing if nobody has it.
   *
   * @returns The guard, or `undefined`.
   * @throws {TypeError} When {@linkcode SharedRwLock.intoInner} has taken the value, or the handle was
   * disposed.
   */
  tryWrite(): SharedRwLockWriteGuard<T> | undefined {
    const cell = this.#cell.open;
    const count = maxReadersOf(cell);
    return take(cell, count) ? new SharedRwLockWriteGuard(this, cell, VALUE, count) : undefined;
  }

  /**
   * Takes the value out. Nobody can lock it afterwards, on any thread.
   *
   * @throws {TypeError} When somebody has the lock, the value was taken before, or the handle was
   * disposed.
   */
  intoInner(): T {
    const cell = this.#cell.open;
    return takeOut(cell, maxReadersOf(cell), VALUE, "read-write lock") as T;
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
  "SharedRwLock",
  arrival(() => new SharedRwLock(undefined), clearing(VALUE)),
);

function maxReadersOf({ words, at }: Cell): number {
  return words[at + MAX_READERS]!;
}

/** The future of {@linkcode SharedRwLock.read}. */
class Reading<T> extends SharedAcquire<SharedRwLockReadGuard<T>> {
  declare private readonly owner: SharedRwLock<T>;

  constructor(owner: SharedRwLock<T>, cell: Cell) {
    super(cell, 1);
    this.owner = owner;
  }

  protected override taken(): SharedRwLockReadGuard<T> {
    this.cell.use();
    return new SharedRwLockReadGuard(this.owner, this.cell, VALUE);
  }

  protected override refused(): TypeError {
    return empty();
  }
}

/** The future of {@linkcode SharedRwLock.write}. */
class Writing<T> extends SharedAcquire<SharedRwLockWriteGuard<T>> {
  declare private readonly owner: SharedRwLock<T>;

  constructor(owner: SharedRwLock<T>, cell: Cell) {
    super(cell, maxReadersOf(cell));
    this.owner = owner;
  }

  protected override taken(): SharedRwLockWriteGuard<T> {
    this.cell.use();
    return new SharedRwLockWriteGuard(this.owner, this.cell, VALUE, this.kind);
  }

  protected override refused(): TypeError {
    return empty();
  }
}

function take(cell: Cell, count: number): boolean {
  if (isClosed(cell)) throw empty();
  if (!tryTake(cell, count)) return false;
  cell.use();
  return true;
}

function empty(): TypeError {
  return new TypeError("Cannot lock a read-write lock: its value was taken out");
}
