/**
 * Tasks that run only while somebody drives them.
 *
 * @module
 */

import { swapBudget } from "../future/budget.ts";
import type { Context, Waker } from "../future/context.ts";
import { Future, oneWait, polledAfterEnd, type Steps, type Wait } from "../future/future.ts";
import { type IntoFuture, intoFuture } from "../future/into_future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import type { JoinError } from "../scheduler/join_error.ts";
import { JoinHandle } from "../scheduler/join_handle.ts";
import { RunQueue } from "../scheduler/run_queue.ts";
import { currentRuntime, type Runtime, spawn } from "../scheduler/runtime.ts";
import { checkWork, nameOf, type SpawnOptions } from "../scheduler/spawn_options.ts";
import { type Spawnable, Task } from "../scheduler/task.ts";
import { currentTask } from "../scheduler/task_context.ts";
import { TaskList } from "../scheduler/task_list.ts";

/** How many tasks run in one poll of a set, as in Tokio. */
const TASKS_PER_TICK = 61;

/** How a {@linkcode LocalSet} behaves. */
export interface LocalSetOptions {
  /**
   * What becomes of the set when one of its tasks throws. `"shutdown"` drops all its tasks, and who
   * drives it gets the `JoinError`. Default `"ignore"`.
   */
  readonly unhandledPanic?: "ignore" | "shutdown";
}

let entered: LocalTasks | undefined;

/**
 * Starts a task in the current {@linkcode LocalSet}: the one that is being driven or was entered, or
 * that the current task belongs to. Where there is none it is `spawn`: an isolate has one thread, so
 * every task of a closure is local.
 *
 * @param work A future, a generator function, or an async or plain function.
 * @param options What to call the task.
 * @returns A handle to await or to abort it.
 * @throws {TypeError} When `work` cannot be spawned.
 *
 * @example
 * ```ts
 * import { spawnLocal } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await spawnLocal(() => 7), 7);
 * ```
 */
export function spawnLocal<T>(work: () => Steps<T>, options?: SpawnOptions): JoinHandle<T>;
/** Starts a task of a future, or of an async or plain function. */
export function spawnLocal<T>(work: Spawnable<T>, options?: SpawnOptions): JoinHandle<T>;
export function spawnLocal<T>(work: Spawnable<T>, options?: SpawnOptions): JoinHandle<T> {
  const owner = currentTask()?.owner;
  const tasks = entered ?? (owner instanceof LocalTasks ? owner : undefined);
  return tasks === undefined ? spawn(work, options) : tasks.spawn(work, options);
}

/**
 * A set of tasks that make progress only while somebody drives it: by awaiting the set, or within
 * {@linkcode LocalSet.runUntil}. It bounds their life: disposing it ends them all.
 *
 * - **In one poll** of whoever drives it at most 61 tasks run, each with a budget of its own. What
 *   `runUntil` waits for shares the budget of its caller.
 * - **Async functions** begin while the set is driven. After that the host resumes them, whether it
 *   is driven or not.
 * - **Spawning:** `spawnLocal` in its tasks spawns into the set, `spawn` into the runtime.
 * - **Dropping** it drops the futures and generators of its tasks there and then, and aborts its async
 *   functions. Who forgets that leaves its tasks where they stand.
 *
 * Follows Tokio's `task::LocalSet`.
 *
 * @example
 * ```ts
 * import { future } from "@edo/runtime/future";
 * import { LocalSet, spawnLocal } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * using set = new LocalSet();
 * const one = set.spawnLocal(() => 1);
 * const sum = set.runUntil(future(function* () {
 *   return (yield* one) + (yield* spawnLocal(() => 2));
 * }));
 * assertEquals(await sum, 3);
 * ```
 */
export class LocalSet extends Future<void> {
  readonly #tasks: LocalTasks;
  #byHand: Drive<void> | undefined = undefined;

  /**
   * Makes a set without tasks.
   *
   * @param options What becomes of it when one of its tasks throws.
   */
  constructor(options: LocalSetOptions = {}) {
    super();
    this.#tasks = new LocalTasks(currentRuntime(), options.unhandledPanic === "shutdown");
  }

  /** Unique among the sets of this isolate. */
  get id(): number {
    return this.#tasks.id;
  }

  /**
   * Starts a task in the set. It runs when the set is driven the next time. After the set was disposed
   * the task is one that was aborted.
   *
   * @param work A future, a generator function, or an async or plain function.
   * @param options What to call the task.
   * @returns A handle to await or to abort it.
   * @throws {TypeError} When `work` cannot be spawned.
   */
  spawnLocal<T>(work: () => Steps<T>, options?: SpawnOptions): JoinHandle<T>;
  /** Starts a task of a future, or of an async or plain function. */
  spawnLocal<T>(work: Spawnable<T>, options?: SpawnOptions): JoinHandle<T>;
  spawnLocal<T>(work: Spawnable<T>, options?: SpawnOptions): JoinHandle<T> {
    return this.#tasks.spawn(work, options);
  }

  /**
   * Drives the set until `source` completes. Tasks that go on stay in the set.
   *
   * **Cancel safety:** dropping it drops `source` and stops driving the set.
   *
   * @param source A future or a promise.
   * @throws What `source` fails with.
   */
  runUntil<R>(source: IntoFuture<R>): Future<R> {
    return new Drive<R>(this.#tasks, intoFuture(source));
  }

  /** Makes this the set of `spawnLocal` until the guard is disposed, in the reverse order. */
  enter(): Disposable {
    const outer = entered;
    const tasks = entered = this.#tasks;
    return {
      [Symbol.dispose]: () => {
        if (entered !== tasks) {
          throw new TypeError("Cannot leave a local set: another was entered later");
        }
        entered = outer;
      },
    };
  }

  /** Drives the set; completes when it has no tasks. It may be awaited again for those to come. */
  poll(cx: Context): Poll<void> {
    const byHand = this.#byHand ??= new Drive<void>(this.#tasks, undefined);
    const polled = byHand.poll(cx);
    if (!isPending(polled)) this.#byHand = undefined;
    return polled;
  }

  /** Each `await` drives on its own. */
  override then<A = void, B = never>(
    onfulfilled?: ((value: void) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return this[oneWait]().then(onfulfilled, onrejected);
  }

  /** Each `yield*` drives on its own. */
  override [Symbol.iterator](): Iterator<Wait, void, void> {
    return this[oneWait]();
  }

  /** Each combinator drives on its own. */
  override [oneWait](): Future<void> {
    return new Drive<void>(this.#tasks, undefined);
  }

  /** Ends all tasks. */
  override [Symbol.dispose](): void {
    this.#byHand?.[Symbol.dispose]();
    this.#tasks.close();
  }
}

let ids = 0;

/** The tasks of a set, and who drives it. */
class LocalTasks extends TaskList {
  readonly id: number = ++ids;
  readonly runtime: Runtime;
  readonly #endsByFailure: boolean;
  readonly #queue = new RunQueue<Task<unknown>>();
  readonly #drivers = new Set<Drive<unknown>>();
  #closed = false;
  /** Whether who drives it looks for ready tasks presently, and need not be woken for them. */
  #driven = false;
  #ticking = false;
  #running: Task<unknown> | undefined = undefined;
  /** The failure that has ended the set. */
  failure: JoinError | undefined = undefined;

  constructor(runtime: Runtime, endsByFailure: boolean) {
    super();
    this.runtime = runtime;
    this.#endsByFailure = endsByFailure;
  }

  spawn<T>(work: Spawnable<T>, options: SpawnOptions | undefined): JoinHandle<T> {
    checkWork(work);
    const task = new Task(work, this, options === undefined ? undefined : nameOf(options));
    this.add(task as Task<unknown>);
    if (this.#closed) task.drop();
    else task.wake();
    return new JoinHandle(task);
  }

  schedule(task: Task<unknown>): void {
    if (this.#closed) return;
    this.#queue.push(task);
    if (!this.#driven) this.#wakeDrivers();
  }

  /** Runs tasks that are ready, and answers whether there are more. */
  tick(): boolean {
    // A task of the set that drives the set must not run itself.
    if (this.#ticking) return false;
    this.#ticking = true;
    const budget = swapBudget(0);
    try {
      this.drive(() => this.#runTasks());
    } finally {
      swapBudget(budget);
      this.#ticking = false;
    }
    return this.#queue.size > 0;
  }

  /** Does what `spawnLocal` spawns into this set, on behalf of one who calls `tick` afterwards. */
  drive<A>(action: () => A): A {
    const outer = entered;
    const wasDriven = this.#driven;
    entered = this;
    this.#driven = true;
    try {
      return action();
    } finally {
      entered = outer;
      this.#driven = wasDriven;
    }
  }

  #runTasks(): void {
    for (let ran = 0; ran < TASKS_PER_TICK; ran++) {
      const task = this.#queue.shift();
      if (task === undefined) return;
      this.#running = task;
      task.run();
      this.#running = undefined;
      if (this.#closed) task.drop();
    }
  }

  attach(driver: Drive<unknown>): void {
    this.#drivers.add(driver);
  }

  /** Another one has to go on in the place of a driver that leaves. */
  detach(driver: Drive<unknown>): void {
    if (this.#drivers.delete(driver) && this.#queue.size > 0) this.#wakeDrivers();
  }

  /** Ends all tasks; the one that is running, which closes the set itself, when its poll is over. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#queue.shift() !== undefined);
    this.forEach((task) => {
      if (task === this.#running) task.abort();
      else task.drop();
    });
    this.#wakeDrivers();
  }

  protected left(task: Task<unknown>): void {
    if (this.#endsByFailure && task.error?.isPanic() && this.failure === undefined) {
      this.failure = task.error;
      task.observe();
      this.close();
    }
    if (this.alive === 0) this.#wakeDrivers();
  }

  #wakeDrivers(): void {
    for (const driver of this.#drivers) driver.waker?.wake();
  }
}

/** One who drives a set: until a future completes, or until no tasks are left. */
class Drive<R> extends Future<R> {
  readonly #tasks: LocalTasks;
  #inner: Future<R> | undefined;
  readonly #untilEmpty: boolean;
  #ended = false;
  /** Whom to wake when a task is ready. */
  waker: Waker | undefined = undefined;

  constructor(tasks: LocalTasks, inner: Future<R> | undefined) {
    super();
    this.#tasks = tasks;
    this.#inner = inner;
    this.#untilEmpty = inner === undefined;
  }

  poll(cx: Context): Poll<R> {
    if (this.#ended) throw polledAfterEnd();
    const tasks = this.#tasks;
    if (this.waker === undefined) tasks.attach(this as Drive<unknown>);
    this.waker = cx.waker;
    const value = this.#pollInner(cx);
    if (!isPending(value)) return value;
    const hasMore = tasks.tick();
    this.#throwFailure();
    if (hasMore) cx.waker.wake();
    else if (this.#untilEmpty && tasks.alive === 0) {
      this.#leave();
      return undefined as R;
    }
    return Pending;
  }

  override [Symbol.dispose](): void {
    const inner = this.#inner;
    this.#leave();
    inner?.[Symbol.dispose]();
  }

  #pollInner(cx: Context): Poll<R> {
    const inner = this.#inner;
    if (inner === undefined) return Pending;
    let value;
    try {
      value = this.#tasks.drive(() => inner.poll(cx));
    } catch (error) {
      this.#leave();
      throw error;
    }
    if (!isPending(value)) this.#leave();
    return value;
  }

  #throwFailure(): void {
    const { failure } = this.#tasks;
    if (failure === undefined) return;
    this[Symbol.dispose]();
    throw failure;
  }

  #leave(): void {
    this.#ended = true;
    this.#inner = undefined;
    this.#tasks.detach(this as Drive<unknown>);
    this.waker = undefined;
  }
}
