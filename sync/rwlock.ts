/**
 * A lock for many readers or one writer, and the value that it protects.
 *
 * @module
 */

import { type Context, currentContext } from "../future/context.ts";
import type { Future, Wait } from "../future/future.ts";
import type { Poll } from "../future/poll.ts";
import { Acquire, Permits } from "./permits.ts";
import { type RwLockCell, RwLockReadGuard } from "./rwlock_read_guard.ts";
import { RwLockWriteGuard } from "./rwlock_write_guard.ts";

/** As many readers as fit in a semaphore: 536,870,911. */
const MAX_READERS = 2 ** 29 - 1;

/** How an {@linkcode RwLock} works. */
export interface RwLockOptions {
  /** How many may read at once, from 1 to 536,870,911, which is the default. */
  readonly maxReaders?: number;
}

/**
 * Protects a value that many may read at once, and that one alone may change.
 *
 * Between two waits no other task of the isolate can run; a lock is for what has a wait in the
 * middle. The value is reached through the guards.
 *
 * - **Fair to writers:** first come, first served. Readers that come after a writer wait behind it,
 *   so readers never keep a writer out.
 * - **Not re-entrant:** who has the lock, also for reading, and waits for it once more may wait for
 *   ever: a writer that came meanwhile waits for the first guard, and the second one waits for it.
 * - **No poisoning:** who throws while it has the lock only unlocks it, given `using`. The value stays
 *   as it was left.
 * - **Not bound to a task:** a guard may be kept in an object, handed to another task and released
 *   there. There is no owned kind of it as in Rust.
 *
 * Follows Tokio's `sync::RwLock`.
 *
 * @example
 * ```ts
 * import { RwLock } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const routes = new RwLock(new Map([["/", "home"]]));
 * {
 *   using one = await routes.read();
 *   using two = await routes.read();
 *   assertEquals(one.value.get("/"), two.value.get("/"));
 * }
 * using writing = await routes.write();
 * writing.value.set("/about", "about");
 * assertEquals(routes.tryRead(), undefined);
 * ```
 */
export class RwLock<T> {
  readonly #cell: RwLockCell<T>;

  /**
   * Makes a lock that nobody has locked.
   *
   * @param value What it protects.
   * @param options How it works.
   * @throws {RangeError} When `maxReaders` is not a whole number from 1 to 536,870,911.
   */
  constructor(value: T, options: RwLockOptions = {}) {
    const { maxReaders = MAX_READERS } = options;
    if (!Number.isInteger(maxReaders) || maxReaders < 1 || maxReaders > MAX_READERS) {
      throw new RangeError(
        `Cannot make a read-write lock: found ${maxReaders} readers at most, expected a whole ` +
          `number from 1 to ${MAX_READERS}`,
      );
    }
    this.#cell = { rwlock: this, permits: new Permits(maxReaders), maxReaders, value };
  }

  /**
   * Waits until no writer has the lock or came before, and takes it for reading.
   *
   * **Cancel safety:** giving up loses the place in the queue. A lock that was handed over already
   * goes on to the next one.
   *
   * @returns A future of the guard, which unlocks when it is disposed.
   * @throws {TypeError} When {@linkcode RwLock.intoInner} has taken the value.
   */
  read(): Future<RwLockReadGuard<T, T>> {
    return new Reading(this.#cell);
  }

  /** As {@linkcode RwLock.read}: every guard is an owned one. */
  readOwned(): Future<RwLockReadGuard<T, T>> {
    return this.read();
  }

  /**
   * Waits until nobody else has the lock, and takes it for writing.
   *
   * **Cancel safety:** giving up loses the place in the queue. Readers that waited for nothing but
   * this come in.
   *
   * @returns A future of the guard, which unlocks when it is disposed.
   * @throws {TypeError} When {@linkcode RwLock.intoInner} has taken the value.
   */
  write(): Future<RwLockWriteGuard<T>> {
    return new Writing(this.#cell);
  }

  /** As {@linkcode RwLock.write}: every guard is an owned one. */
  writeOwned(): Future<RwLockWriteGuard<T>> {
    return this.write();
  }

  /**
   * Takes the lock for reading if no writer has it or waits for it, and there are not too many
   * readers.
   *
   * @returns The guard, or `undefined`.
   * @throws {TypeError} When {@linkcode RwLock.intoInner} has taken the value.
   */
  tryRead(): RwLockReadGuard<T, T> | undefined {
    const cell = this.#cell;
    return take(cell, 1) ? new RwLockReadGuard(cell, cell.value) : undefined;
  }

  /**
   * Takes the lock for writing if nobody has it.
   *
   * @returns The guard, or `undefined`.
   * @throws {TypeError} When {@linkcode RwLock.intoInner} has taken the value.
   */
  tryWrite(): RwLockWriteGuard<T> | undefined {
    const cell = this.#cell;
    return take(cell, cell.maxReaders) ? new RwLockWriteGuard(cell) : undefined;
  }

  /**
   * Takes the value out. Nobody can lock it afterwards.
   *
   * @throws {TypeError} When somebody has the lock, or the value was taken before.
   */
  intoInner(): T {
    const { permits, maxReaders, value } = this.#cell;
    if (permits.isClosed) {
      throw new TypeError("Cannot take the value out of a read-write lock: it was taken before");
    }
    if (!permits.tryTake(maxReaders)) {
      throw new TypeError("Cannot take the value out of a read-write lock: it is locked");
    }
    permits.close();
    return value;
  }
}

/** The future of {@linkcode RwLock.read}. */
class Reading<T> extends Acquire<RwLockReadGuard<T, T>> {
  declare private readonly cell: RwLockCell<T>;

  constructor(cell: RwLockCell<T>) {
    super(cell.permits, 1);
    this.cell = cell;
  }

  override poll(cx: Context): Poll<RwLockReadGuard<T, T>> {
    return this.takesAtOnce(cx) ? this.taken() : super.poll(cx);
  }

  override next(): IteratorResult<Wait, RwLockReadGuard<T, T>> {
    const cx = currentContext();
    if (cx === undefined || !this.takesAtOnce(cx)) return super.next();
    return { done: true, value: this.taken() };
  }

  protected override taken(): RwLockReadGuard<T, T> {
    const { cell } = this;
    return new RwLockReadGuard(cell, cell.value);
  }

  protected override refused(): TypeError {
    return empty();
  }
}

/** The future of {@linkcode RwLock.write}. */
class Writing<T> extends Acquire<RwLockWriteGuard<T>> {
  declare private readonly cell: RwLockCell<T>;

  constructor(cell: RwLockCell<T>) {
    super(cell.permits, cell.maxReaders);
    this.cell = cell;
  }

  override poll(cx: Context): Poll<RwLockWriteGuard<T>> {
    return this.takesAtOnce(cx) ? this.taken() : super.poll(cx);
  }

  override next(): IteratorResult<Wait, RwLockWriteGuard<T>> {
    const cx = currentContext();
    if (cx === undefined || !this.takesAtOnce(cx)) return super.next();
    return { done: true, value: this.taken() };
  }

  protected override taken(): RwLockWriteGuard<T> {
    return new RwLockWriteGuard(this.cell);
  }

  protected override refused(): TypeError {
    return empty();
  }
}

function take(cell: RwLockCell<unknown>, count: number): boolean {
  if (cell.permits.isClosed) throw empty();
  return cell.permits.tryTake(count);
}

function empty(): TypeError {
  return new TypeError("Cannot lock a read-write lock: its value was taken out");
}
