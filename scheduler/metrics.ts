/**
 * What a runtime can tell of itself.
 *
 * @module
 */

import { isolate } from "./isolate.ts";
import type { TaskList } from "./task_list.ts";

/**
 * Figures of a runtime, each as of the moment in which it is asked for.
 *
 * They cost nothing while nobody asks: only what is counted anyway is here.
 *
 * Follows Tokio's `runtime::RuntimeMetrics`.
 *
 * @example
 * ```ts
 * import { Runtime } from "@edo/runtime/scheduler";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = Runtime.builder().build();
 * const task = runtime.spawn(() => 1);
 * const metrics = runtime.metrics();
 * assertEquals(metrics.numAliveTasks(), 1);
 * await task;
 * assertEquals([metrics.numAliveTasks(), metrics.spawnedTasksCount()], [0, 1]);
 * ```
 */
export class RuntimeMetrics {
  readonly #tasks: TaskList;

  /** Made by `Runtime.metrics`. */
  constructor(tasks: TaskList) {
    this.#tasks = tasks;
  }

  /** How many threads run tasks: always 1. */
  numWorkers(): number {
    return 1;
  }

  /** How many tasks of this runtime have not ended. */
  numAliveTasks(): number {
    return this.#tasks.alive;
  }

  /** How many tasks have been spawned in this runtime. */
  spawnedTasksCount(): number {
    return this.#tasks.spawned;
  }

  /** How many jobs wait in the run queue, which all runtimes of the isolate share. */
  globalQueueDepth(): number {
    return isolate.queueDepth;
  }
}
