/**
 * Waiting until a number of tasks have ended, whatever they answer.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd, type Steps } from "../future/future.ts";
import { type IntoFuture, intoFuture } from "../future/into_future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { type JoinHandle, taskOf } from "../scheduler/join_handle.ts";
import type {
  PortableFunction,
  PortableOutput,
  PortableTask,
} from "../scheduler/multi_thread/portable.ts";
import type { Joiner, Spawnable } from "../scheduler/task.ts";
import { Waiter } from "../future/waiter.ts";
import { Waiters } from "../sync/waiters.ts";
import type { SpawnInSetOptions, SpawnLocalInSetOptions } from "./join_set.ts";
import { spawnLocal } from "./local_set.ts";
import { spawnOn } from "./spawn_on.ts";

/** Not in the queue. */
const NEW = 0;
/** In the queue. */
const WAITING = 1;
/** Woken, because the tracker was closed and empty. */
const DRAINED = 2;
const ENDED = 3;

/**
 * Counts tasks and other work that goes on, and tells when none is left: the last step of an orderly
 * end.
 *
 * - {@linkcode TaskTracker.wait} needs it closed *and* empty. Closing it does not stop anybody from
 *   spawning; it only says that emptiness now means the end.
 * - It keeps no values, so it does not grow with tasks that have ended, and it aborts nothing.
 *
 * Follows tokio-util's `task::TaskTracker`.
 *
 * @example
 * ```ts
 * import { TaskTracker } from "@edo/runtime/task";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const tracker = new TaskTracker();
 * let done = 0;
 * for (const ms of [1, 2]) {
 *   tracker.spawn(function* () {
 *     yield* sleep(ms);
 *     done += 1;
 *   });
 * }
 * tracker.close();
 * await tracker.wait();
 * assertEquals(done, 2);
 * ```
 */
export class TaskTracker {
  readonly #state = new State();

  /** How much work goes on: tasks, futures and tokens. */
  get size(): number {
    return this.#state.size;
  }

  /** Whether nothing goes on. */
  isEmpty(): boolean {
    return this.#state.size === 0;
  }

  /** Whether it is closed. */
  isClosed(): boolean {
    return this.#state.isClosed;
  }

  /**
   * Lets {@linkcode TaskTracker.wait} end once nothing goes on.
   *
   * @returns Whether it was open.
   */
  close(): boolean {
    const state = this.#state;
    if (state.isClosed) return false;
    state.isClosed = true;
    state.wakeIfDrained();
    return true;
  }

  /**
   * Takes back {@linkcode TaskTracker.close}.
   *
   * @returns Whether it was closed.
   */
  reopen(): boolean {
    const state = this.#state;
    const wasClosed = state.isClosed;
    state.isClosed = false;
    return wasClosed;
  }

  /**
   * Waits until the tracker is closed and empty. That it was so for a moment after the call is enough,
   * although work may have come since.
   *
   * **Cancel safety:** nothing is lost.
   */
  wait(): Future<void> {
    return new Drain(this.#state);
  }

  /**
   * Starts a task and counts it until it has ended.
   *
   * @param work A future, a generator function, or an async or plain function.
   * @param options What to call the task, and where it runs.
   * @returns A handle to await or to abort it.
   * @throws {TypeError} When `work` cannot be spawned.
   */
  spawn<T>(work: () => Steps<T>, options?: SpawnInSetOptions): JoinHandle<T>;
  /** Starts a task of a future, or of an async or plain function. */
  spawn<T>(work: Spawnable<T>, options?: SpawnInSetOptions): JoinHandle<T>;
  /**
   * Calls a portable task, on a worker where the current runtime has some, and counts it until it has
   * ended there.
   *
   * @param work What `task()` has declared.
   * @param args Its arguments.
   * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
   */
  spawn<F extends PortableFunction>(
    work: PortableTask<F>,
    ...args: Parameters<F>
  ): JoinHandle<PortableOutput<F>>;
  spawn<T>(work: Spawnable<T>, ...rest: unknown[]): JoinHandle<T> {
    return this.#track(spawnOn(work, rest));
  }

  /**
   * Starts a task as `spawnLocal` does, and counts it until it has ended.
   *
   * @param work A future, a generator function, or an async or plain function.
   * @param options What to call the task, and in which `LocalSet` it runs.
   * @returns A handle to await or to abort it.
   * @throws {TypeError} When `work` cannot be spawned.
   */
  spawnLocal<T>(work: () => Steps<T>, options?: SpawnLocalInSetOptions): JoinHandle<T>;
  /** Starts a task of a future, or of an async or plain function. */
  spawnLocal<T>(work: Spawnable<T>, options?: SpawnLocalInSetOptions): JoinHandle<T>;
  spawnLocal<T>(work: Spawnable<T>, options?: SpawnLocalInSetOptions): JoinHandle<T> {
    const on = options?.on;
    return this.#track(
      on === undefined ? spawnLocal(work, options) : on.spawnLocal(work, options),
    );
  }

  /**
   * Counts a future from now on until it completes, fails or is dropped.
   *
   * **Cancel safety:** dropping it drops `source`.
   *
   * @param source A future or a promise.
   * @throws {TypeError} When `source` is neither.
   */
  trackFuture<T>(source: IntoFuture<T>): Future<T> {
    return new TrackedFuture(this.token(), intoFuture(source));
  }

  /** Counts something until the token is disposed. Who forgets that makes `wait` wait for ever. */
  token(): TaskTrackerToken {
    this.#state.size += 1;
    return new TaskTrackerToken(this, () => this.#state.wake());
  }

  #track<T>(handle: JoinHandle<T>): JoinHandle<T> {
    this.#state.size += 1;
    taskOf(handle).join(this.#state);
    return handle;
  }
}

/**
 * Counts for a {@linkcode TaskTracker} until it is disposed.
 *
 * @example
 * ```ts
 * import { TaskTracker } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const tracker = new TaskTracker();
 * {
 *   using _token = tracker.token();
 *   assertEquals(tracker.size, 1);
 * }
 * assertEquals(tracker.size, 0);
 * ```
 */
export class TaskTrackerToken implements Disposable {
  /** Who counts it. */
  readonly taskTracker: TaskTracker;
  #release: (() => void) | undefined;

  /** Made by {@linkcode TaskTracker.token}. */
  constructor(taskTracker: TaskTracker, release: () => void) {
    this.taskTracker = taskTracker;
    this.#release = release;
  }

  /** Ends the counting. Does nothing the second time. */
  [Symbol.dispose](): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }
}

/** What a tracker, its tasks and its waits share. It joins every task, without an object for each. */
class State implements Joiner {
  size = 0;
  isClosed = false;
  /** How often it has become closed and empty. */
  drains = 0;
  readonly waiters = new Waiters();

  get isDrained(): boolean {
    return this.isClosed && this.size === 0;
  }

  /** Something has ended. */
  wake(): void {
    this.size -= 1;
    this.wakeIfDrained();
  }

  wakeIfDrained(): void {
    if (!this.isDrained) return;
    this.drains += 1;
    this.waiters.wakeAll(DRAINED);
  }
}

class Drain extends Waiter<void> {
  readonly #tracker: State;
  /** The number of drains at the call; when there were more since, one was seen. */
  readonly #before: number;

  constructor(tracker: State) {
    super(NEW);
    this.#tracker = tracker;
    this.#before = tracker.isDrained ? -1 : tracker.drains;
  }

  poll(cx: Context): Poll<void> {
    if (this.state === ENDED) throw polledAfterEnd();
    const tracker = this.#tracker;
    if (tracker.drains === this.#before) {
      this.waker = cx.waker;
      if (this.state === NEW) tracker.waiters.append(this);
      this.state = WAITING;
      return Pending;
    }
    this.state = ENDED;
  }

  override [Symbol.dispose](): void {
    if (this.state === WAITING) this.#tracker.waiters.remove(this);
    this.state = ENDED;
    this.waker = undefined;
  }
}

class TrackedFuture<T> extends Future<T> {
  readonly #token: TaskTrackerToken;
  #inner: Future<T> | undefined;

  constructor(token: TaskTrackerToken, inner: Future<T>) {
    super();
    this.#token = token;
    this.#inner = inner;
  }

  poll(cx: Context): Poll<T> {
    const inner = this.#inner;
    if (inner === undefined) throw polledAfterEnd();
    let value;
    try {
      value = inner.poll(cx);
    } catch (error) {
      this.#end();
      throw error;
    }
    if (!isPending(value)) this.#end();
    return value;
  }

  override [Symbol.dispose](): void {
    const inner = this.#inner;
    try {
      this.#inner = undefined;
      inner?.[Symbol.dispose]();
    } finally {
      this.#end();
    }
  }

  #end(): void {
    this.#inner = undefined;
    this.#token[Symbol.dispose]();
  }
}
