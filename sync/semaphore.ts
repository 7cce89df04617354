/**
 * Limiting how many may do something at once.
 *
 * @module
 */

import { type Context, currentContext } from "../future/context.ts";
import type { Future, Wait } from "../future/future.ts";
import type { Poll } from "../future/poll.ts";
import { AcquireError } from "./errors.ts";
import { Acquire, Permits } from "./permits.ts";

const MAX_PERMITS = 2 ** 29 - 1;

/**
 * A number of permits that are handed out and come back.
 *
 * - **Fair:** first come, first served. Permits that come back go to the one who has waited longest,
 *   also when it needs more of them; so a large request is not overtaken by small ones, and while
 *   somebody waits {@linkcode Semaphore.tryAcquire} gets nothing.
 * - **A permit comes back** when it is disposed. One that is forgotten in a variable never does, and
 *   those who wait for it wait for ever: take it with `using`.
 * - **Not bound to a task:** a permit may be kept in an object, handed to another task and released
 *   there. It keeps its semaphore alive, for which Rust needs owned permits: their methods have their
 *   names here and do the same as the others.
 *
 * Follows Tokio's `sync::Semaphore`.
 *
 * @example At most two at once
 * ```ts
 * import { Semaphore } from "@edo/runtime/sync";
 * import { spawn, yieldNow } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const semaphore = new Semaphore(2);
 * let inside = 0;
 * let most = 0;
 * const visit = async () => {
 *   using _permit = await semaphore.acquire();
 *   most = Math.max(most, ++inside);
 *   await yieldNow();
 *   inside -= 1;
 * };
 * for (const visitor of [spawn(visit), spawn(visit), spawn(visit)]) await visitor;
 * assertEquals(most, 2);
 * ```
 */
export class Semaphore {
  /** The most permits that a semaphore may have to give: 536,870,911. */
  static readonly MAX_PERMITS: number = MAX_PERMITS;

  readonly #permits: Permits;

  /**
   * Makes a semaphore.
   *
   * @param permits How many permits it has, from 0 to {@linkcode Semaphore.MAX_PERMITS}.
   * @throws {RangeError} When that is no such number.
   */
  constructor(permits: number) {
    if (!isCount(permits)) throw wrongCount("make a semaphore", permits);
    this.#permits = new Permits(permits);
  }

  /**
   * Waits for permits.
   *
   * Asking for 0 never waits. Who asks for more than there will ever be waits for ever, and so does
   * everybody behind.
   *
   * **Cancel safety:** giving up loses the place in the queue. Permits that were already set aside
   * go to the next one.
   *
   * @param count How many to take together.
   * @returns A future of one permit object that stands for all of them.
   * @throws {RangeError} When `count` is not a whole number from 0 to
   * {@linkcode Semaphore.MAX_PERMITS}.
   * @throws {AcquireError} When the semaphore is closed, or is closed meanwhile.
   */
  acquire(count: number = 1): Future<SemaphorePermit> {
    if (!isCount(count)) throw wrongCount("acquire permits", count);
    return new Taking(this, this.#permits, count);
  }

  /** As {@linkcode Semaphore.acquire}, under the name that it has in Tokio for many permits. */
  acquireMany(count: number): Future<SemaphorePermit> {
    return this.acquire(count);
  }

  /** As {@linkcode Semaphore.acquire}: every permit is an owned one. */
  acquireOwned(): Future<SemaphorePermit> {
    return this.acquire();
  }

  /** As {@linkcode Semaphore.acquire}: every permit is an owned one. */
  acquireManyOwned(count: number): Future<SemaphorePermit> {
    return this.acquire(count);
  }

  /**
   * Takes permits if they are there.
   *
   * @param count How many to take together.
   * @returns The permit, or `undefined` when there are too few, as while somebody waits for some.
   * @throws {RangeError} When `count` is not a whole number from 0 to
   * {@linkcode Semaphore.MAX_PERMITS}.
   * @throws {AcquireError} When the semaphore is closed.
   */
  tryAcquire(count: number = 1): SemaphorePermit | undefined {
    if (!isCount(count)) throw wrongCount("acquire permits", count);
    const permits = this.#permits;
    if (permits.isClosed) throw new AcquireError();
    return permits.tryTake(count) ? new SemaphorePermit(this, permits, count) : undefined;
  }

  /** As {@linkcode Semaphore.tryAcquire}, under the name that it has in Tokio for many permits. */
  tryAcquireMany(count: number): SemaphorePermit | undefined {
    return this.tryAcquire(count);
  }

  /** How many permits anybody may take at once; 0 while somebody waits. */
  availablePermits(): number {
    return this.#permits.free;
  }

  /**
   * Adds permits, and serves those who wait. It works on a closed semaphore too.
   *
   * @param count How many to add.
   * @throws {RangeError} When `count` is not a whole number, or when more than
   * {@linkcode Semaphore.MAX_PERMITS} would be there to be taken. Nothing is added then.
   */
  addPermits(count: number): void {
    const permits = this.#permits;
    if (!isCount(count)) throw wrongCount("add permits", count);
    if (permits.free + count > MAX_PERMITS) {
      throw new RangeError(
        `Cannot add permits: ${count} and the ${permits.free} there are exceed ${MAX_PERMITS}`,
      );
    }
    permits.release(count);
  }

  /**
   * Takes permits away for good, as many as there are up to `count`. Permits that are in use are
   * taken away by {@linkcode SemaphorePermit.forget}.
   *
   * @param count How many to take away.
   * @returns How many that were.
   * @throws {RangeError} When `count` is not a whole number from 0 to
   * {@linkcode Semaphore.MAX_PERMITS}.
   */
  forgetPermits(count: number): number {
    if (!isCount(count)) throw wrongCount("forget permits", count);
    return this.#permits.takeUpTo(count);
  }

  /**
   * Lets everybody who waits, and everybody who comes later, fail with an {@linkcode AcquireError}.
   * Permits in use stay so and come back as always. Closing again does nothing.
   */
  close(): void {
    this.#permits.close();
  }

  /** Whether it was closed. */
  isClosed(): boolean {
    return this.#permits.isClosed;
  }
}

/**
 * Permits of a {@linkcode Semaphore} in use. Made by {@linkcode Semaphore.acquire}.
 *
 * It ends when it is released, forgotten, or merged into another one; the first of these counts, and
 * to release or forget it afterwards does nothing. `using` releases it at the end of the block.
 *
 * Follows Tokio's `sync::SemaphorePermit` and `sync::OwnedSemaphorePermit`.
 *
 * @example
 * ```ts
 * import { Semaphore } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const semaphore = new Semaphore(3);
 * const both = await semaphore.acquire(2);
 * const one = both.split(1);
 * one?.release();
 * assertEquals([both.numPermits, semaphore.availablePermits()], [1, 2]);
 * both.forget();
 * assertEquals(semaphore.availablePermits(), 2);
 * ```
 */
export class SemaphorePermit implements Disposable {
  // Plain properties set by the constructor: see `Acquire`.
  /** Where it came from. */
  declare readonly semaphore: Semaphore;
  /** Where to release them; `undefined` after the end. */
  declare private permits: Permits | undefined;
  declare private count: number;

  /** Made by {@linkcode Semaphore.acquire}. */
  constructor(semaphore: Semaphore, permits: Permits, count: number) {
    this.semaphore = semaphore;
    this.permits = permits;
    this.count = count;
  }

  /** How many permits it stands for; 0 after the end. */
  get numPermits(): number {
    return this.count;
  }

  /** Gives the permits back. */
  release(): void {
    const { permits } = this;
    const count = this.end();
    permits?.release(count);
  }

  /** As {@linkcode SemaphorePermit.release}. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Ends it without giving the permits back: the semaphore has fewer from now on. */
  forget(): void {
    this.end();
  }

  /**
   * Takes over the permits of another one, which ends.
   *
   * @param other Of the same semaphore.
   * @throws {TypeError} When it is of another semaphore or this one itself, or one of the two has
   * ended.
   */
  merge(other: SemaphorePermit): void {
    if (other === this) throw new TypeError("Cannot merge a permit: it is the same one");
    if (other.semaphore !== this.semaphore) {
      throw new TypeError("Cannot merge a permit: it belongs to another semaphore");
    }
    if (this.permits === undefined || other.permits === undefined) throw ended("merge");
    this.count += other.end();
  }

  /**
   * Moves some of the permits into a new one.
   *
   * @param count How many.
   * @returns The new one, or `undefined` when this one has too few.
   * @throws {RangeError} When `count` is not a whole number from 0.
   * @throws {TypeError} When it has ended.
   */
  split(count: number): SemaphorePermit | undefined {
    if (!isCount(count)) throw wrongCount("split a permit", count);
    const { permits } = this;
    if (permits === undefined) throw ended("split");
    if (count > this.count) return undefined;
    this.count -= count;
    return new SemaphorePermit(this.semaphore, permits, count);
  }

  /** Answers with the permits that it stood for. */
  private end(): number {
    const { count } = this;
    this.permits = undefined;
    this.count = 0;
    return count;
  }
}

/** The future of {@linkcode Semaphore.acquire}. */
class Taking extends Acquire<SemaphorePermit> {
  declare private readonly semaphore: Semaphore;

  constructor(semaphore: Semaphore, permits: Permits, count: number) {
    super(permits, count);
    this.semaphore = semaphore;
  }

  override poll(cx: Context): Poll<SemaphorePermit> {
    return this.takesAtOnce(cx) ? this.taken() : super.poll(cx);
  }

  override next(): IteratorResult<Wait, SemaphorePermit> {
    const cx = currentContext();
    if (cx === undefined || !this.takesAtOnce(cx)) return super.next();
    return { done: true, value: this.taken() };
  }

  protected override taken(): SemaphorePermit {
    return new SemaphorePermit(this.semaphore, this.permits, this.count);
  }

  protected override refused(): AcquireError {
    return new AcquireError();
  }
}

function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 0 && count <= MAX_PERMITS;
}

function wrongCount(action: string, count: number): RangeError {
  return new RangeError(
    `Cannot ${action}: found ${count} permits, expected a whole number from 0 to ${MAX_PERMITS}`,
  );
}

function ended(action: string): TypeError {
  return new TypeError(`Cannot ${action} a permit: it was released, forgotten or merged`);
}
