/**
 * Limiting how many may do something at once, over all threads.
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
import { AcquireError } from "../errors.ts";
import { block } from "./blocking.ts";
import { arrival, Cell, cellOr } from "./cell.ts";
import {
  close,
  freePermits,
  giveBack,
  isClosed,
  MAX_PERMITS,
  SharedAcquire,
  takeUpTo,
  tryTake,
} from "./permits.ts";

/**
 * A number of permits that tasks of all threads share.
 *
 * It can be sent to a portable task, where it is another handle for the same semaphore. It does what
 * `Semaphore` does:
 *
 * - **Fair:** first come, first served, whatever thread they are on. A large request is not overtaken
 *   by small ones, and while somebody waits {@linkcode SharedSemaphore.tryAcquire} gets nothing.
 * - **A permit comes back** when it is disposed: take it with `using`. A worker that ends in order
 *   drops its tasks, and so releases what they have taken; what a variable of a module keeps does not
 *   come back.
 *
 * Dispose of each handle; the memory is given back with the last. A handle that is forgotten is
 * disposed of when it is garbage collected.
 *
 * Follows Tokio's `sync::Semaphore`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * using semaphore = new shared.SharedSemaphore(2);
 * {
 *   using _both = await semaphore.acquire(2);
 *   assertEquals(semaphore.tryAcquire(), undefined);
 * }
 * assertEquals(semaphore.availablePermits(), 2);
 * ```
 */
export class SharedSemaphore implements WireHandle, Disposable {
  /** The most permits that a semaphore may have to give: 536,870,911. */
  static readonly MAX_PERMITS: number = MAX_PERMITS;

  readonly #cell: Cell;

  /**
   * Makes a semaphore.
   *
   * @param permits How many permits it has, from 0 to {@linkcode SharedSemaphore.MAX_PERMITS}.
   * @throws {RangeError} When that is no such number, or the memory of all threads is full.
   */
  constructor(permits: number) {
    checkCount("make a semaphore", permits);
    this.#cell = cellOr(() => Cell.create([permits, 0]));
  }

  /**
   * Waits for permits. Asking for 0 never waits.
   *
   * **Cancel safety:** giving up loses the place in the queue. Permits that were already set aside
   * go to the next one.
   *
   * @param count How many to take together.
   * @returns A future of one permit object that stands for all of them.
   * @throws {RangeError} When `count` is not a whole number from 0 to
   * {@linkcode SharedSemaphore.MAX_PERMITS}.
   * @throws {AcquireError} When the semaphore is closed, or is closed meanwhile.
   * @throws {TypeError} When the handle was disposed.
   */
  acquire(count: number = 1): Future<SharedSemaphorePermit> {
    checkCount("acquire permits", count);
    return new Taking(this, this.#cell.open, count);
  }

  /** As {@linkcode SharedSemaphore.acquire}. */
  acquireMany(count: number): Future<SharedSemaphorePermit> {
    return this.acquire(count);
  }

  /** As {@linkcode SharedSemaphore.acquire}: every permit is an owned one. */
  acquireOwned(): Future<SharedSemaphorePermit> {
    return this.acquire();
  }

  /** As {@linkcode SharedSemaphore.acquire}: every permit is an owned one. */
  acquireManyOwned(count: number): Future<SharedSemaphorePermit> {
    return this.acquire(count);
  }

  /**
   * Takes a permit, and blocks the thread until it is there. Nothing else of this isolate runs
   * meanwhile: what has to release must be on another thread.
   *
   * @returns The permit.
   * @throws {AcquireError} When the semaphore is closed, or is closed meanwhile.
   * @throws {TypeError} When the host does not let the thread block, when a future is being polled (a
   * generator task has to `yield*`), or when the handle was disposed.
   */
  acquireSync(): SharedSemaphorePermit;
  /** The same, for at most `timeoutMs` milliseconds; `undefined` when they are over. */
  acquireSync(timeoutMs: number, count?: number): SharedSemaphorePermit | undefined;
  acquireSync(timeoutMs?: number, count: number = 1): SharedSemaphorePermit | undefined {
    checkCount("acquire permits", count);
    return block(new Taking(this, this.#cell.open, count), "acquire permits", timeoutMs)?.value;
  }

  /**
   * Takes permits if they are there.
   *
   * @param count How many to take together.
   * @returns The permit, or `undefined` when there are too few, as while somebody waits for some.
   * @throws {RangeError} When `count` is not a whole number from 0 to
   * {@linkcode SharedSemaphore.MAX_PERMITS}.
   * @throws {AcquireError} When the semaphore is closed.
   * @throws {TypeError} When the handle was disposed.
   */
  tryAcquire(count: number = 1): SharedSemaphorePermit | undefined {
    checkCount("acquire permits", count);
    const cell = this.#cell.open;
    if (isClosed(cell)) throw new AcquireError();
    if (!tryTake(cell, count)) return undefined;
    cell.use();
    return new SharedSemaphorePermit(this, cell, count);
  }

  /** As {@linkcode SharedSemaphore.tryAcquire}. */
  tryAcquireMany(count: number): SharedSemaphorePermit | undefined {
    return this.tryAcquire(count);
  }

  /** How many permits anybody may take at once; 0 while somebody waits. */
  availablePermits(): number {
    return freePermits(this.#cell.open);
  }

  /**
   * Adds permits, and serves those who wait.
   *
   * @param count How many to add.
   * @throws {RangeError} When `count` is not a whole number, or when more than
   * {@linkcode SharedSemaphore.MAX_PERMITS} would be there to be taken. Nothing is added then.
   */
  addPermits(count: number): void {
    const cell = this.#cell.open;
    checkCount("add permits", count);
    const free = freePermits(cell);
    if (free + count > MAX_PERMITS) {
      throw new RangeError(
        `Cannot add permits: ${count} and the ${free} there are exceed ${MAX_PERMITS}`,
      );
    }
    giveBack(cell, count);
  }

  /**
   * Takes permits away for good, as many as there are up to `count`.
   *
   * @returns How many that were.
   * @throws {RangeError} When `count` is not a whole number from 0 to
   * {@linkcode SharedSemaphore.MAX_PERMITS}.
   */
  forgetPermits(count: number): number {
    checkCount("forget permits", count);
    return takeUpTo(this.#cell.open, count);
  }

  /**
   * Lets everybody who waits, and everybody who comes later, fail with an {@linkcode AcquireError},
   * on all threads. Permits in use come back as always. Closing again does nothing.
   */
  close(): void {
    close(this.#cell.open);
  }

  /** Whether somebody has closed it. */
  isClosed(): boolean {
    return isClosed(this.#cell.open);
  }

  /** Disposes of this handle. Waits and permits that it has given stay good. */
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
  "SharedSemaphore",
  arrival(() => new SharedSemaphore(0)),
);

/**
 * Permits of a {@linkcode SharedSemaphore} in use. Made by {@linkcode SharedSemaphore.acquire}.
 *
 * It ends when it is released or forgotten, or merged into another one; to release it again does
 * nothing. It stays in its isolate: what travels is the semaphore.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * using semaphore = new shared.SharedSemaphore(3);
 * const both = await semaphore.acquire(2);
 * both.split(1)?.release();
 * assertEquals([both.numPermits, semaphore.availablePermits()], [1, 2]);
 * both.forget();
 * ```
 */
export class SharedSemaphorePermit implements Disposable {
  /** Where it came from. */
  declare readonly semaphore: SharedSemaphore;
  /** `undefined` after the end. */
  declare private cell: Cell | undefined;
  declare private count: number;

  /** Made by {@linkcode SharedSemaphore.acquire}. */
  constructor(semaphore: SharedSemaphore, cell: Cell, count: number) {
    this.semaphore = semaphore;
    this.cell = cell;
    this.count = count;
  }

  /** How many permits it stands for; 0 after the end. */
  get numPermits(): number {
    return this.count;
  }

  /** Gives the permits back. */
  release(): void {
    const { cell, count } = this;
    if (cell === undefined) return;
    if (count > 0) giveBack(cell, count);
    this.forget();
  }

  /** As {@linkcode SharedSemaphorePermit.release}. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Ends it without giving the permits back: the semaphore has fewer from now on. */
  forget(): void {
    const { cell } = this;
    this.cell = undefined;
    this.count = 0;
    cell?.unuse();
  }

  /**
   * Takes over the permits of another one, which ends.
   *
   * @param other Of the same handle.
   * @throws {TypeError} When it is of another handle or this one itself, or one of the two has ended.
   */
  merge(other: SharedSemaphorePermit): void {
    if (other === this) throw new TypeError("Cannot merge a permit: it is the same one");
    if (other.semaphore !== this.semaphore) {
      throw new TypeError("Cannot merge a permit: it belongs to another semaphore");
    }
    if (this.cell === undefined || other.cell === undefined) throw ended("merge");
    this.count += other.count;
    other.forget();
  }

  /**
   * Moves some of the permits into a new one.
   *
   * @param count How many.
   * @returns The new one, or `undefined` when this one has too few.
   * @throws {RangeError} When `count` is not a whole number from 0.
   * @throws {TypeError} When it has ended.
   */
  split(count: number): SharedSemaphorePermit | undefined {
    checkCount("split a permit", count);
    const { cell } = this;
    if (cell === undefined) throw ended("split");
    if (count > this.count) return undefined;
    this.count -= count;
    cell.use();
    return new SharedSemaphorePermit(this.semaphore, cell, count);
  }
}

/** The future of {@linkcode SharedSemaphore.acquire}. */
class Taking extends SharedAcquire<SharedSemaphorePermit> {
  declare private readonly semaphore: SharedSemaphore;

  constructor(semaphore: SharedSemaphore, cell: Cell, count: number) {
    super(cell, count);
    this.semaphore = semaphore;
  }

  protected override taken(): SharedSemaphorePermit {
    this.cell.use();
    return new SharedSemaphorePermit(this.semaphore, this.cell, this.kind);
  }

  protected override refused(): AcquireError {
    return new AcquireError();
  }
}

function checkCount(action: string, count: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= MAX_PERMITS) return;
  throw new RangeError(
    `Cannot ${action}: found ${count} permits, expected a whole number from 0 to ${MAX_PERMITS}`,
  );
}

function ended(action: string): TypeError {
  return new TypeError(`Cannot ${action} a permit: it was released, forgotten or merged`);
}
