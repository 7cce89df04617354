/**
 * Runtimes: who owns which tasks.
 *
 * @module
 */

import { host } from "../host/global.ts";
import { nextTurn } from "../host/next_turn.ts";
import { isFuture, type Steps } from "../future/future.ts";
import type { SchedulerOptions } from "./current_thread.ts";
import { isolate } from "./isolate.ts";
import { JoinError } from "./join_error.ts";
import { JoinHandle } from "./join_handle.ts";
import { type Spawnable, Task, type TaskOwner } from "./task.ts";
import { currentTask } from "./task_context.ts";

/** What {@linkcode run} and {@linkcode Runtime.run} take as the main function. */
export type Main<T> = (() => Steps<T>) | (() => PromiseLike<T> | T);

/** How long {@linkcode Runtime.shutdown} waits. */
export interface ShutdownOptions {
  /** Milliseconds to wait for tasks that clean up. Default: as long as they take. */
  readonly timeoutMs?: number;
}

/**
 * Owns tasks and ends them.
 *
 * - **One loop:** the runtimes of an isolate share its scheduler, reactor and timers; a runtime is
 *   the set of the tasks that were spawned in it.
 * - **Shutdown:** every task that has not ended is aborted. Its `finally` blocks run and may wait.
 *   A task that waits on a promise of the host cannot be reached there; it is left behind and ends
 *   at its next wait on something of edo's.
 *
 * @example
 * ```ts
 * import { Runtime } from "@edo/runtime/scheduler";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = Runtime.builder().currentThread().eventInterval(31).build();
 * assertEquals(await runtime.run(async () => await 42), 42);
 * ```
 */
export class Runtime implements AsyncDisposable {
  readonly #owner: RuntimeOwner = { runtime: this, ended: (task) => this.#ended(task) };
  #options: SchedulerOptions = {};
  #first: Task<unknown> | undefined = undefined;
  #tasks = 0;
  #closed = false;

  /** Made by {@linkcode RuntimeBuilder.build}. */
  constructor(options?: SchedulerOptions) {
    if (options === undefined) return;
    this.#options = options;
    configured.push(this);
    isolate.configure(options);
  }

  /** Begins to describe a runtime. */
  static builder(): RuntimeBuilder {
    return new RuntimeBuilder();
  }

  /** How many tasks have not ended. */
  get aliveTasks(): number {
    return this.#tasks;
  }

  /**
   * Starts a task in this runtime.
   *
   * The work begins in the scheduler's next turn, not before this returns. After a shutdown the
   * handle is that of a task which was aborted.
   *
   * @param work A future, a generator function, or an async or plain function.
   */
  spawn<T>(work: () => Steps<T>): JoinHandle<T>;
  /** Starts a task of a future, or of an async or plain function. */
  spawn<T>(work: Spawnable<T>): JoinHandle<T>;
  spawn<T>(work: Spawnable<T>): JoinHandle<T> {
    checkWork(work);
    const task = new Task(work, this.#owner);
    this.#link(task as Task<unknown>);
    if (this.#closed) task.abort();
    else task.wake();
    return new JoinHandle(task);
  }

  /**
   * Runs `main` as a task and answers with its value. The runtime goes on afterwards.
   *
   * @throws What `main` throws, or a {@linkcode JoinError} if its task is aborted.
   */
  run<T>(main: () => Steps<T>): Promise<T>;
  /** Runs an async or plain function. */
  run<T>(main: Main<T>): Promise<T>;
  async run<T>(main: Main<T>): Promise<T> {
    try {
      return await this.spawn<T>(main);
    } catch (error) {
      throw error instanceof JoinError && error.isPanic() ? error.cause : error;
    }
  }

  /**
   * Makes this the runtime of `spawn` until the guard is disposed. Guards are disposed in the
   * reverse order of their making.
   */
  enter(): Disposable {
    const outer = entered;
    entered = this;
    return {
      [Symbol.dispose]: () => {
        if (entered !== this) {
          throw new TypeError("Cannot leave a runtime: another was entered later");
        }
        entered = outer;
      },
    };
  }

  /**
   * Aborts all tasks and waits until they have cleaned up.
   *
   * @param options How long to wait.
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    this.#closed = true;
    const until = performance.now() + (options.timeoutMs ?? Infinity);
    for (let task = this.#first; task !== undefined;) {
      const { next } = task;
      task.abort();
      task = next;
    }
    // Continuations of interrupted functions run between turns of the host's loop.
    for (let turns = 0; turns < 2 || this.#hasTasksInHand(); turns++) {
      if (performance.now() > until) break;
      await new Promise<void>((resolve) => {
        if (turns < 16) nextTurn(resolve);
        else setTimeout(resolve, 1);
      });
    }
    const index = configured.indexOf(this);
    if (index < 0) return;
    configured.splice(index, 1);
    const last = configured.at(-1);
    isolate.configure(last === undefined ? {} : last.#options);
  }

  /** As {@linkcode Runtime.shutdown}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  /** Forgets a task that has ended, and reports a failure that nobody looks at. */
  #ended(task: Task<unknown>): void {
    this.#unlink(task);
    if (task.outcome?.ok !== false || !task.outcome.error.isPanic()) return;
    nextTurn(() => {
      if (!task.isObserved) report(task);
    });
  }

  #hasTasksInHand(): boolean {
    for (let task = this.#first; task !== undefined; task = task.next) {
      if (task.isInHand) return true;
    }
    return false;
  }

  #link(task: Task<unknown>): void {
    task.next = this.#first;
    if (this.#first !== undefined) this.#first.previous = task;
    this.#first = task;
    this.#tasks += 1;
  }

  #unlink(task: Task<unknown>): void {
    const { previous, next } = task;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    task.next = undefined;
    task.previous = undefined;
    this.#tasks -= 1;
  }
}

/**
 * Describes a runtime before it is built. Every method answers with the builder.
 *
 * @example
 * ```ts
 * import { Runtime } from "@edo/runtime/scheduler";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => Runtime.builder().eventInterval(0), RangeError);
 * ```
 */
export class RuntimeBuilder {
  #options: SchedulerOptions = {};

  /** One isolate runs all tasks. The only kind so far, and the default. */
  currentThread(): this {
    return this;
  }

  /**
   * How many tasks run before the driver is polled and the host gets its turn.
   *
   * @param tasks At least 1. Default 61, as in Tokio.
   * @throws {RangeError} When `tasks` is not a positive integer.
   */
  eventInterval(tasks: number): this {
    if (!Number.isInteger(tasks) || tasks < 1) {
      throw new RangeError(
        `Cannot set the event interval to ${tasks}: use an integer of 1 or more`,
      );
    }
    this.#options = { ...this.#options, eventInterval: tasks };
    return this;
  }

  /**
   * For how many turns of the host's loop at most to look for events before a wait begins. Spinning
   * answers a lone connection sooner and costs processor time.
   *
   * @param turns 0 turns it off. Default 40; it adapts itself.
   * @throws {RangeError} When `turns` is not an integer of 0 or more.
   */
  spinTurns(turns: number): this {
    if (!Number.isInteger(turns) || turns < 0) {
      throw new RangeError(`Cannot spin for ${turns} turns: use an integer of 0 or more`);
    }
    this.#options = { ...this.#options, spinTurns: turns };
    return this;
  }

  /**
   * For how long the isolate's own thread may wait while the host seems to have nothing to do.
   *
   * @param milliseconds 0 to 10; 0 always waits on another thread. Default 1.
   * @throws {RangeError} When it is not an integer in this range.
   */
  waitMs(milliseconds: number): this {
    if (!Number.isInteger(milliseconds) || milliseconds < 0 || milliseconds > 10) {
      throw new RangeError(
        `Cannot wait for ${milliseconds} ms on the isolate's thread: use an integer from 0 to 10`,
      );
    }
    this.#options = { ...this.#options, waitMs: milliseconds };
    return this;
  }

  /** Makes the runtime. Its knobs hold for the isolate's loop until it is shut down. */
  build(): Runtime {
    return new Runtime(this.#options);
  }
}

/** How a task finds its runtime. */
interface RuntimeOwner extends TaskOwner {
  readonly runtime: Runtime;
}

/** The runtimes that were built and not shut down; the knobs of the last one hold. */
const configured: Runtime[] = [];

let entered: Runtime | undefined;
const defaultRuntime = new Runtime();

/**
 * The runtime that `spawn` uses: that of the current task, the entered one, or the default.
 *
 * @example
 * ```ts
 * import { currentRuntime, Runtime } from "@edo/runtime/scheduler";
 * import { assert } from "@std/assert";
 *
 * await using runtime = Runtime.builder().build();
 * assert(await runtime.run(() => currentRuntime() === runtime));
 * ```
 */
export function currentRuntime(): Runtime {
  const owner = currentTask()?.owner as RuntimeOwner | undefined;
  return owner?.runtime ?? entered ?? defaultRuntime;
}

/**
 * Starts a task in the current runtime: the one of the task that calls, or one that was entered, or
 * the isolate's default one, which is never shut down.
 *
 * The work begins in the scheduler's next turn. A failure that nobody joins is reported on the
 * console.
 *
 * @param work A future, a generator function, or an async or plain function.
 * @returns A handle to await or to abort it.
 * @throws {TypeError} When `work` is none of these.
 *
 * @example
 * ```ts
 * import { spawn } from "@edo/runtime/task";
 * import { join } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const one = spawn(async () => await 1);
 * const two = spawn(function* () {
 *   return 2;
 * });
 * assertEquals(await join(one, two), [1, 2]);
 * ```
 */
export function spawn<T>(work: () => Steps<T>): JoinHandle<T>;
/** Starts a task of a future, or of an async or plain function. */
export function spawn<T>(work: Spawnable<T>): JoinHandle<T>;
export function spawn<T>(work: Spawnable<T>): JoinHandle<T> {
  return currentRuntime().spawn(work);
}

/**
 * Starts a runtime, runs `main` in it, and shuts it down: tasks that `main` has spawned and that
 * have not ended are aborted.
 *
 * @param main An async or plain function or a generator function.
 * @returns What `main` returns.
 * @throws What `main` throws.
 *
 * @example
 * ```ts
 * import { run, spawn } from "@edo/runtime";
 * import { assertEquals } from "@std/assert";
 *
 * const sum = await run(function* () {
 *   const other = spawn(async () => await 40);
 *   return 2 + (yield* other);
 * });
 * assertEquals(sum, 42);
 * ```
 */
export function run<T>(main: () => Steps<T>): Promise<T>;
/** Starts a runtime and runs an async or plain function in it. */
export function run<T>(main: Main<T>): Promise<T>;
export async function run<T>(main: Main<T>): Promise<T> {
  await using runtime = Runtime.builder().build();
  return await runtime.run(main);
}

function checkWork(work: unknown): void {
  if (typeof work === "function") return;
  if (isFuture(work)) return;
  throw new TypeError(
    `Cannot spawn a value: expected a future or a function, found ${
      work instanceof Promise ? "a promise, which has begun already" : typeof work
    }`,
  );
}

function report(task: Task<unknown>): void {
  const error = task.outcome?.ok === false ? task.outcome.error.cause : undefined;
  host.console?.error(`Task ${task.id} failed and nobody joined it:`, error);
}
