/**
 * Describing a runtime before it is built.
 *
 * @module
 */

import { Random } from "../future/random.ts";
import { type Duration, toMilliseconds } from "../time/duration.ts";
import type { Knobs } from "./knobs.ts";
import { parallelism } from "../host/thread.ts";
import { threadsOf } from "./late_threads.ts";
import type { Blocking, BlockingOptions } from "./multi_thread/blocking/pool.ts";
import type { ThreadHooks } from "./multi_thread/hooks.ts";
import { MAX_BLOCKING_THREADS, MAX_WORKERS } from "./multi_thread/limits.ts";
import type { PoolOptions } from "./multi_thread/pool.ts";
import { type Crew, keyOf, type PortableTask } from "./multi_thread/portable.ts";
import type { Runtime } from "./runtime.ts";

/** What hooks are told of a task. */
export interface TaskMeta {
  /** The task's id, unique in this isolate. */
  readonly id: number;
  /** What its spawner calls it, if anything. */
  readonly name: string | undefined;
}

/** What becomes of a runtime when one of its tasks fails. */
export type UnhandledPanic = "ignore" | "shutdown";

/** What a runtime is made of. */
export interface RuntimeOptions {
  readonly name?: string;
  readonly seed?: number;
  readonly knobs: Omit<Knobs, "random">;
  readonly unhandledPanic?: UnhandledPanic;
  readonly onTaskSpawn?: (task: TaskMeta) => void;
  readonly onTaskTerminate?: (task: TaskMeta) => void;
  /** Sends portable tasks to other isolates; without it they run in this one. */
  readonly crew?: Crew;
  /** Runs what blocks; without it the runtime makes threads for that when it first needs some. */
  readonly blocking?: Blocking;
}

/**
 * Describes a runtime before it is built. Every method answers with the builder.
 *
 * Follows Tokio's `runtime::Builder`.
 *
 * @example
 * ```ts
 * import { Runtime } from "@edo/runtime/scheduler";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * await using runtime = Runtime.builder().name("jobs").eventInterval(31).build();
 * assertEquals(runtime.name, "jobs");
 * assertThrows(() => Runtime.builder().eventInterval(0), RangeError);
 * ```
 */
export class RuntimeBuilder {
  readonly #build: (options: RuntimeOptions) => Runtime;
  #options: RuntimeOptions = { knobs: {} };
  /** What is said of the workers, if there are to be any. */
  #threads: Partial<PoolOptions> | undefined = undefined;
  /** What is said of the threads for work that blocks. */
  #blocking: Partial<BlockingOptions> = {};
  #hooks: ThreadHooks = {};

  /** Made by `Runtime.builder`. */
  constructor(build: (options: RuntimeOptions) => Runtime) {
    this.#build = build;
  }

  /** One isolate runs all tasks. The default. */
  currentThread(): this {
    this.#threads = undefined;
    return this;
  }

  /**
   * Portable tasks, which `task()` declares, run on workers: threads of their own, which take tasks
   * from each other when they have none. Everything else runs in this isolate as before. The workers
   * are started when the first portable task is spawned, and ended by the runtime's shutdown.
   *
   * A worker outlives what goes wrong in a task and behind its back: that is reported, and the other
   * tasks go on. A task that needs more memory than V8 grants a worker is beyond that: Deno ends the
   * whole process (`--v8-flags=--max-old-space-size` sets the limit).
   */
  multiThread(): this {
    this.#threads ??= {};
    return this;
  }

  /**
   * How many workers a multi-thread runtime has.
   *
   * @param count 1 to 128. Default: as many as the machine can run at once.
   * @throws {RangeError} When it is not an integer in this range.
   */
  workerThreads(count: number): this {
    if (!Number.isInteger(count) || count < 1 || count > MAX_WORKERS) {
      throw new RangeError(
        `Cannot use ${count} workers: use an integer from 1 to ${MAX_WORKERS}`,
      );
    }
    this.#threads = { ...this.#threads, workerThreads: count };
    return this;
  }

  /**
   * Where the module is that the runtime's threads run, for a program that a bundler has put together:
   * there it is no longer beside the library's other modules. Have the bundler make entry points of
   * `@edo/runtime/thread`, whose address is given here, and of the modules that declare tasks, since a
   * thread would run the whole program again if they were part of it; in one go with the program, so
   * that they share what they import. It holds for all threads of the isolate until the runtime is
   * shut down. On Bun a thread also waits for the events of sockets: where it cannot start, they are
   * looked for every 10 ms, and a warning says so.
   *
   * @param url An absolute address, such as `new URL("./thread.js", import.meta.url)`.
   * @throws {TypeError} When it is not absolute.
   */
  threadModule(url: string | URL): this {
    if (!URL.canParse(url)) {
      throw new TypeError(
        `Cannot use "${url}" as the module of threads: it is not absolute, ` +
          `use new URL("${url}", import.meta.url)`,
      );
    }
    return this.#turn({ threadModule: new URL(url).href });
  }

  /**
   * What tools call the workers of a multi-thread runtime; each gets a number behind it.
   *
   * @param name Not empty. Default `edo-worker`.
   * @throws {RangeError} When it is empty.
   */
  threadName(name: string): this {
    if (name === "") throw new RangeError("Cannot name threads: the name is empty");
    this.#threads = { ...this.#threads, threadName: name };
    return this;
  }

  /**
   * After how many tasks at the latest a worker of a multi-thread runtime looks at the queue that all
   * workers share.
   *
   * @param tasks At least 1. Default: it tunes itself, so that the shared queue waits for about
   * 200 microseconds of work.
   * @throws {RangeError} When `tasks` is not a positive integer.
   */
  globalQueueInterval(tasks: number): this {
    if (!Number.isInteger(tasks) || tasks < 1) {
      throw new RangeError(
        `Cannot set the global queue interval to ${tasks}: use an integer of 1 or more`,
      );
    }
    this.#threads = { ...this.#threads, globalQueueInterval: tasks };
    return this;
  }

  /**
   * Has a worker put the task that it has spawned last behind its others, like every other one. By
   * default it comes next, because what it works on is at hand, and cannot be taken by other workers.
   * Turn that off where a task spawns another one and then keeps its worker for long.
   */
  disableLifoSlot(): this {
    this.#threads = { ...this.#threads, disableLifoSlot: true };
    return this;
  }

  /**
   * How many threads there may be at once for `spawnBlocking`. What is beyond waits. A thread costs
   * about 10 MB and 15 milliseconds, far more than one of Tokio's, which allows 512.
   *
   * @param count 1 to 128. Default 64.
   * @throws {RangeError} When it is not an integer in this range.
   */
  maxBlockingThreads(count: number): this {
    if (!Number.isInteger(count) || count < 1 || count > MAX_BLOCKING_THREADS) {
      throw new RangeError(
        `Cannot use ${count} threads for what blocks: use an integer from 1 to ${MAX_BLOCKING_THREADS}`,
      );
    }
    this.#blocking = { ...this.#blocking, maxBlockingThreads: count };
    return this;
  }

  /**
   * For how long a thread for `spawnBlocking` waits for more work before it ends.
   *
   * @param duration A number of milliseconds, or parts. Default 10 seconds.
   * @throws {RangeError} When it is negative or not a number.
   */
  threadKeepAlive(duration: Duration): this {
    this.#blocking = {
      ...this.#blocking,
      keepAliveMs: Math.min(toMilliseconds(duration), 2 ** 31 - 1),
    };
    return this;
  }

  /**
   * Has each worker of the runtime, and each of its threads for `spawnBlocking`, run `hook` when it
   * begins, before its first task. What the hook throws is reported on the console.
   *
   * @param hook What `task()` has declared, since it runs in other isolates. If it is async, the
   * thread waits for it.
   * @throws {TypeError} When it is not portable.
   */
  onThreadStart(hook: PortableTask<() => unknown>): this {
    this.#hooks = { ...this.#hooks, onThreadStart: keyOf(hook) };
    return this;
  }

  /**
   * As {@linkcode RuntimeBuilder.onThreadStart}, when the thread ends, after its last task. A thread
   * that a shutdown has ended because it took too long runs no hook.
   *
   * @param hook What `task()` has declared.
   * @throws {TypeError} When it is not portable.
   */
  onThreadStop(hook: PortableTask<() => unknown>): this {
    this.#hooks = { ...this.#hooks, onThreadStop: keyOf(hook) };
    return this;
  }

  /**
   * Has each worker call `hook` when it has nothing to do and comes to rest, after it has looked for
   * events for a while. It may spawn. What it throws is reported on the console.
   *
   * A rest may be short: a worker also wakes for nothing, and rests again.
   *
   * @param hook What `task()` has declared. It should be quick, and is not awaited.
   * @throws {TypeError} When it is not portable.
   */
  onThreadPark(hook: PortableTask<() => unknown>): this {
    this.#hooks = { ...this.#hooks, onThreadPark: keyOf(hook) };
    return this;
  }

  /**
   * Has each worker call `hook` when it goes on, before anything else: once after each
   * {@linkcode RuntimeBuilder.onThreadPark}, and never before the first.
   *
   * @param hook What `task()` has declared. It should be quick, and is not awaited.
   * @throws {TypeError} When it is not portable.
   */
  onThreadUnpark(hook: PortableTask<() => unknown>): this {
    this.#hooks = { ...this.#hooks, onThreadUnpark: keyOf(hook) };
    return this;
  }

  /**
   * What the runtime is called, for those who look at several.
   *
   * @param name Not empty.
   * @throws {RangeError} When it is empty.
   */
  name(name: string): this {
    if (name === "") throw new RangeError("Cannot name a runtime: the name is empty");
    return this.#with({ name });
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
    return this.#turn({ eventInterval: tasks });
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
    return this.#turn({ spinTurns: turns });
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
    return this.#turn({ waitMs: milliseconds });
  }

  /**
   * Makes what edo chooses at random repeatable, such as the branch that `select` looks at first. It
   * holds for the isolate until the runtime is shut down. Every runtime that is built begins anew.
   *
   * @param seed Any safe integer.
   * @throws {RangeError} When it is not a safe integer.
   */
  rngSeed(seed: number): this {
    new Random(seed);
    return this.#with({ seed });
  }

  /**
   * Stops the isolate's clock when the runtime is built, as `pause()` of `time/` does, and lets it go
   * on when the runtime is shut down. If it stands already, it is left to whoever has stopped it.
   *
   * @param startPaused Default `true`.
   */
  startPaused(startPaused = true): this {
    return this.#turn({ startPaused });
  }

  /**
   * What becomes of the runtime when one of its tasks throws, joined or not.
   *
   * @param action `"ignore"`, the default, leaves the others alone. `"shutdown"` aborts all tasks;
   * `run` then fails with the `JoinError` of the task that threw.
   * @throws {TypeError} When it is neither.
   */
  unhandledPanic(action: UnhandledPanic): this {
    if (action !== "ignore" && action !== "shutdown") {
      throw new TypeError(
        `Cannot handle a failure by ${String(action)}: use "ignore" or "shutdown"`,
      );
    }
    return this.#with({ unhandledPanic: action });
  }

  /**
   * Has `hook` called for each task that is spawned, before it begins. If it throws, so does the call
   * that spawns, and there is no task.
   *
   * @param hook Should be quick.
   */
  onTaskSpawn(hook: (task: TaskMeta) => void): this {
    return this.#with({ onTaskSpawn: hook });
  }

  /**
   * Has `hook` called for each task that has ended, whatever way.
   *
   * @param hook Should be quick. What it throws is an uncaught error of the host.
   */
  onTaskTerminate(hook: (task: TaskMeta) => void): this {
    return this.#with({ onTaskTerminate: hook });
  }

  /** Makes the runtime. Its knobs hold for the isolate's loop until it is shut down. */
  build(): Runtime {
    const { crew, blocking } = threadsOf({
      workers: this.#threads && {
        workerThreads: parallelism(),
        threadName: "edo-worker",
        eventInterval: this.#options.knobs.eventInterval,
        ...this.#threads,
        ...this.#hooks,
      },
      blocking: { ...this.#blocking, ...this.#hooks },
    });
    return this.#build({ ...this.#options, blocking, ...(crew && { crew }) });
  }

  #with(options: Partial<RuntimeOptions>): this {
    this.#options = { ...this.#options, ...options };
    return this;
  }

  #turn(knobs: RuntimeOptions["knobs"]): this {
    return this.#with({ knobs: { ...this.#options.knobs, ...knobs } });
  }
}
