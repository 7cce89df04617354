/**
 * What code holds of a runtime that it does not own.
 *
 * @module
 */

import type { Steps } from "../future/future.ts";
import type { JoinHandle } from "./join_handle.ts";
import type { RuntimeMetrics } from "./metrics.ts";
import type { PortableFunction, PortableOutput, PortableTask } from "./multi_thread/portable.ts";
import { currentRuntime, type Runtime } from "./runtime.ts";
import type { Spawner, SpawnOptions } from "./spawn_options.ts";
import type { Spawnable } from "./task.ts";

/** Kinds of runtimes: one isolate runs all tasks, or workers run those that are portable. */
export type RuntimeFlavor = "currentThread" | "multiThread";

/**
 * A reference to a runtime: it can spawn, and cannot shut down.
 *
 * Follows Tokio's `runtime::Handle`.
 *
 * @example
 * ```ts
 * import { Handle, Runtime } from "@edo/runtime/scheduler";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = Runtime.builder().name("jobs").build();
 * const name = await runtime.handle.spawn(() => Handle.current().name);
 * assertEquals(name, "jobs");
 * ```
 */
export class Handle implements Spawner {
  readonly #runtime: Runtime;

  /** Made by {@linkcode Handle.current} and `Runtime.handle`. */
  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /**
   * The handle of the runtime that `spawn` uses: that of the current task, the entered one, or the
   * isolate's default one. So there is always one, unlike in Tokio.
   */
  static current(): Handle {
    return currentRuntime().handle;
  }

  /** As {@linkcode Handle.current}, which never fails here. */
  static tryCurrent(): Handle {
    return Handle.current();
  }

  /** The runtime's id, unique in this isolate. */
  get id(): number {
    return this.#runtime.id;
  }

  /** What the runtime is called, if anything. */
  get name(): string | undefined {
    return this.#runtime.name;
  }

  /** What kind of scheduler runs the tasks. */
  get runtimeFlavor(): RuntimeFlavor {
    return this.#runtime.workers > 0 ? "multiThread" : "currentThread";
  }

  /**
   * As `Runtime.spawn`. After the runtime's shutdown the task is one that was aborted.
   *
   * @param work A future, a generator function, or an async or plain function.
   * @param options What to call it.
   */
  spawn<T>(work: () => Steps<T>, options?: SpawnOptions): JoinHandle<T>;
  /** Starts a task of a future, or of an async or plain function. */
  spawn<T>(work: Spawnable<T>, options?: SpawnOptions): JoinHandle<T>;
  /** Calls a portable task, on a worker where the runtime has some. */
  spawn<F extends PortableFunction>(
    work: PortableTask<F>,
    ...args: Parameters<F>
  ): JoinHandle<PortableOutput<F>>;
  spawn<T>(work: Spawnable<T>, ...rest: unknown[]): JoinHandle<T> {
    return this.#runtime.spawn(work, ...rest as [SpawnOptions?]);
  }

  /** As `Runtime.spawnBlocking`. */
  spawnBlocking<F extends PortableFunction>(
    work: PortableTask<F>,
    ...args: Parameters<F>
  ): JoinHandle<PortableOutput<F>> {
    return this.#runtime.spawnBlocking(work, ...args);
  }

  /** As `Runtime.enter`. */
  enter(): Disposable {
    return this.#runtime.enter();
  }

  /** As `Runtime.metrics`. */
  metrics(): RuntimeMetrics {
    return this.#runtime.metrics();
  }
}
