/**
 * Runtimes: who owns which tasks.
 *
 * @module
 */

import { Random } from "../future/random.ts";
import type { Steps } from "../future/future.ts";
import { nextTurn } from "../host/next_turn.ts";
import { RuntimeBuilder, type RuntimeOptions } from "./builder.ts";
import { Handle } from "./handle.ts";
import { isolate } from "./isolate.ts";
import { Cancelled, JoinError } from "./join_error.ts";
import { JoinHandle } from "./join_handle.ts";
import { threadsOf } from "./late_threads.ts";
import { holdKnobs, type Knobs, releaseKnobs } from "./knobs.ts";
import { RuntimeMetrics } from "./metrics.ts";
import type { Blocking } from "./multi_thread/blocking/pool.ts";
import { withInherited } from "./multi_thread/inherited.ts";
import {
  isPortable,
  type PortableFunction,
  portableOf,
  type PortableOutput,
  type PortableTask,
} from "./multi_thread/portable.ts";
import { Snapshot } from "./snapshot.ts";
import { checkWork, nameOf, type Spawner, type SpawnOptions } from "./spawn_options.ts";
import { type Spawnable, Task } from "./task.ts";
import { currentTask } from "./task_context.ts";
import { TaskList } from "./task_list.ts";

/**
 * How long a thread for what blocks waits for more of it in the runtime that nobody shuts down.
 * Threads keep a process alive, so a program that is done ends after this time.
 */
const UNENDED_KEEP_ALIVE_MS = 1000;

/** What {@linkcode run} and {@linkcode Runtime.run} take as the main function. */
export type Main<T> = (() => Steps<T>) | (() => PromiseLike<T> | T);

/** How long {@linkcode Runtime.shutdown} waits. */
export interface ShutdownOptions {
  /**
   * Milliseconds to wait for tasks that clean up. Default: as long as they take.
   *
   * When they have passed, the workers are ended, and what they had ends as aborted. Deno cannot end
   * a worker whose task computes without end: it goes on, and the process ends by `Deno.exit` only.
   */
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
export class Runtime implements AsyncDisposable, Spawner {
  readonly #tasks: RuntimeTasks;
  readonly #options: RuntimeOptions | undefined;
  readonly #knobs: Knobs | undefined;
  #blocking: Blocking | undefined;
  #handle: Handle | undefined = undefined;
  #closed = false;
  /** Unique in this isolate. */
  readonly id: number = ++ids;

  /** Made by {@linkcode RuntimeBuilder.build}. */
  constructor(options?: RuntimeOptions) {
    this.#tasks = new RuntimeTasks(this, options, () => this.#abortAll());
    this.#options = options;
    this.#blocking = options?.blocking;
    if (options === undefined) return;
    const { seed, knobs } = options;
    this.#knobs = seed === undefined ? { ...knobs } : { ...knobs, random: new Random(seed) };
    holdKnobs(this.#knobs);
  }

  /** Begins to describe a runtime. */
  static builder(): RuntimeBuilder {
    return new RuntimeBuilder((options) => new Runtime(options));
  }

  /** What it was called by its builder, if anything. */
  get name(): string | undefined {
    return this.#options?.name;
  }

  /** What can be given to code that may spawn and must not shut down. */
  get handle(): Handle {
    return this.#handle ??= new Handle(this);
  }

  /** How many workers run its portable tasks; 0 if it has none and they run in this isolate. */
  get workers(): number {
    return this.#options?.crew?.workers ?? 0;
  }

  /** How many tasks have not ended. */
  get aliveTasks(): number {
    return this.#tasks.alive;
  }

  /** What the runtime can tell of itself. */
  metrics(): RuntimeMetrics {
    return new RuntimeMetrics(this.#tasks, this.#options?.crew, () => this.#blocking?.queue);
  }

  /**
   * Starts a task in this runtime.
   *
   * The work begins in the scheduler's next turn, not before this returns. After a shutdown the
   * handle is that of a task which was aborted.
   *
   * @param work A future, a generator function, or an async or plain function.
   * @param options What to call it.
   * @throws {TypeError} When `work` is none of these, or the name is not a string.
   */
  spawn<T>(work: () => Steps<T>, options?: SpawnOptions): JoinHandle<T>;
  /** Starts a task of a future, or of an async or plain function. */
  spawn<T>(work: Spawnable<T>, options?: SpawnOptions): JoinHandle<T>;
  /**
   * Calls a portable task: on a worker, if this is a multi-thread runtime, else in this isolate.
   *
   * @param work What `task()` has declared.
   * @param args Its arguments, which travel as structured clone has it, and edo's own handles.
   * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
   */
  spawn<F extends PortableFunction>(
    work: PortableTask<F>,
    ...args: Parameters<F>
  ): JoinHandle<PortableOutput<F>>;
  spawn<T>(work: Spawnable<T>, ...rest: unknown[]): JoinHandle<T> {
    checkWork(work);
    if (isPortable(work)) return this.#spawnPortable(work, rest) as JoinHandle<T>;
    const options = rest[0] as SpawnOptions | undefined;
    return this.#add(work, options === undefined ? undefined : nameOf(options));
  }

  /**
   * Prepares a call of a portable task: the future that waits for a worker, or the function itself
   * where there are no workers.
   *
   * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
   */
  prepare(work: PortableTask<PortableFunction>, args: readonly unknown[]): Spawnable<unknown> {
    const entry = portableOf(work);
    const crew = this.#options?.crew;
    if (crew === undefined) return () => entry.fn(...args);
    return this.#closed ? refused(args) : crew.call(entry, withInherited(args));
  }

  /**
   * Calls a portable task on a thread where it may block, see `spawnBlocking` of `task/`.
   *
   * @param work What `task()` has declared.
   * @param args Its arguments.
   * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
   * @throws {TypeError} When `work` is not portable, or this host has no threads.
   */
  spawnBlocking<F extends PortableFunction>(
    work: PortableTask<F>,
    ...args: Parameters<F>
  ): JoinHandle<PortableOutput<F>> {
    const entry = portableOf(work);
    if (this.#closed) return this.#add(refused(args), undefined);
    this.#blocking ??= threadsOf({ blocking: { keepAliveMs: UNENDED_KEEP_ALIVE_MS } }).blocking;
    const call = this.#blocking.call(entry, withInherited(args));
    return this.#add(call as Spawnable<PortableOutput<F>>, undefined);
  }

  #spawnPortable(work: PortableTask<PortableFunction>, args: unknown[]): JoinHandle<unknown> {
    const entry = portableOf(work);
    const crew = this.#options?.crew;
    if (crew === undefined) return this.#add(() => entry.fn(...args), undefined);
    if (this.#closed) return this.#add(refused(args), undefined);
    return this.#begin(crew.spawn(entry, withInherited(args), this.#tasks));
  }

  #add<T>(work: Spawnable<T>, name: string | undefined): JoinHandle<T> {
    return this.#begin(new Task(work, this.#tasks, name));
  }

  #begin<T>(task: Task<T>): JoinHandle<T> {
    const { onTaskSpawn } = this.#tasks;
    if (onTaskSpawn !== undefined) onTaskSpawn(task);
    this.#tasks.add(task as Task<unknown>);
    if (this.#closed) task.abort();
    else task.wake();
    return new JoinHandle(task);
  }

  /**
   * Runs `main` as a task and answers with its value. The runtime goes on afterwards.
   *
   * @throws What `main` throws, or a {@linkcode JoinError} if its task is aborted: that of the task
   * whose failure has ended the runtime, if it is to end by such.
   */
  run<T>(main: () => Steps<T>): Promise<T>;
  /** Runs an async or plain function. */
  run<T>(main: Main<T>): Promise<T>;
  async run<T>(main: Main<T>): Promise<T> {
    try {
      return await this.spawn<T>(main);
    } catch (error) {
      if (!(error instanceof JoinError)) throw error;
      throw error.isPanic() ? error.cause : this.#tasks.failure ?? error;
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
    const until = performance.now() + (options.timeoutMs ?? Infinity);
    this.#abortAll();
    // Continuations of interrupted functions run between turns of the host's loop.
    for (let turns = 0; turns < 2 || this.#tasks.hasTasksInHand(); turns++) {
      if (performance.now() > until) break;
      await new Promise<void>((resolve) => {
        if (turns < 16) nextTurn(resolve);
        else setTimeout(resolve, 1);
      });
    }
    await this.#options?.crew?.stop(Math.max(0, until - performance.now()));
    await this.#blocking?.stop(Math.max(0, until - performance.now()));
    if (this.#knobs !== undefined) releaseKnobs(this.#knobs);
  }

  /** As {@linkcode Runtime.shutdown}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  #abortAll(): void {
    this.#closed = true;
    this.#tasks.forEach((task) => task.abort());
  }
}

/** What becomes of a call after a shutdown: what is given to it ends, and it does not begin. */
function refused(args: readonly unknown[]): () => never {
  new Snapshot(args).drop();
  return () => {
    throw new Cancelled();
  };
}

/** The tasks of a runtime. */
class RuntimeTasks extends TaskList {
  readonly runtime: Runtime;
  readonly onTaskSpawn: RuntimeOptions["onTaskSpawn"];
  readonly #onTaskTerminate: RuntimeOptions["onTaskTerminate"];
  /** Ends the runtime, if a failure is to do so. */
  readonly #giveUp: (() => void) | undefined;
  /** The failure that has ended the runtime. */
  failure: JoinError | undefined = undefined;

  constructor(runtime: Runtime, options: RuntimeOptions | undefined, giveUp: () => void) {
    super();
    this.runtime = runtime;
    this.onTaskSpawn = options?.onTaskSpawn;
    this.#onTaskTerminate = options?.onTaskTerminate;
    this.#giveUp = options?.unhandledPanic === "shutdown" ? giveUp : undefined;
  }

  schedule(task: Task<unknown>): void {
    isolate.schedule(task);
  }

  protected left(task: Task<unknown>): void {
    this.#onTaskTerminate?.(task);
    const { error } = task;
    if (this.#giveUp === undefined || !error?.isPanic() || this.failure !== undefined) return;
    this.failure = error;
    this.#giveUp();
  }
}

let ids = 0;
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
  return currentTask()?.owner.runtime ?? entered ?? defaultRuntime;
}

/**
 * Starts a task in the current runtime: the one of the task that calls, or one that was entered, or
 * the isolate's default one, which is never shut down.
 *
 * The work begins in the scheduler's next turn. A failure that nobody joins is reported on the
 * console.
 *
 * @param work A future, a generator function, or an async or plain function.
 * @param options What to call it.
 * @returns A handle to await or to abort it.
 * @throws {TypeError} When `work` is none of these, or the name is not a string.
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
export function spawn<T>(work: () => Steps<T>, options?: SpawnOptions): JoinHandle<T>;
/** Starts a task of a future, or of an async or plain function. */
export function spawn<T>(work: Spawnable<T>, options?: SpawnOptions): JoinHandle<T>;
/** Calls a portable task, on a worker where the runtime has some. */
export function spawn<F extends PortableFunction>(
  work: PortableTask<F>,
  ...args: Parameters<F>
): JoinHandle<PortableOutput<F>>;
export function spawn<T>(work: Spawnable<T>, ...rest: unknown[]): JoinHandle<T> {
  return currentRuntime().spawn(work, ...rest as [SpawnOptions?]);
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
