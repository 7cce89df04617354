/**
 * What a runtime can tell of itself.
 *
 * @module
 */

import { isolate } from "./isolate.ts";
import type { Counts } from "./multi_thread/counters.ts";
import type { Queues } from "./multi_thread/queues.ts";
import type { BlockingQueue } from "./multi_thread/blocking/queue.ts";
import type { TaskList } from "./task_list.ts";

/** The workers of a runtime. */
interface Workers {
  readonly workers: number;
  /** Their queues, once they have been started. */
  readonly queues?: Queues | undefined;
}

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
  readonly #crew: Workers | undefined;
  readonly #blocking: () => BlockingQueue | undefined;

  /** Made by `Runtime.metrics`. */
  constructor(
    tasks: TaskList,
    crew?: Workers,
    blocking: () => BlockingQueue | undefined = () => undefined,
  ) {
    this.#tasks = tasks;
    this.#crew = crew;
    this.#blocking = blocking;
  }

  /** How many workers run portable tasks. Without any it is 1: this isolate. */
  numWorkers(): number {
    return this.#crew?.workers ?? 1;
  }

  /** How many threads there are for `spawnBlocking`, or are about to be. */
  numBlockingThreads(): number {
    return this.#blocking()?.threads ?? 0;
  }

  /** How many threads for `spawnBlocking` have nothing to do. */
  numIdleBlockingThreads(): number {
    return this.#blocking()?.idle ?? 0;
  }

  /** How many tasks wait for such a thread. */
  blockingQueueDepth(): number {
    return this.#blocking()?.size ?? 0;
  }

  /** How many tasks of this runtime have not ended. */
  numAliveTasks(): number {
    return this.#tasks.alive;
  }

  /** How many tasks have been spawned in this runtime. */
  spawnedTasksCount(): number {
    return this.#tasks.spawned;
  }

  /**
   * How many jobs wait in the run queue, which all runtimes of the isolate share; and with them the
   * portable tasks that no worker has taken yet.
   */
  globalQueueDepth(): number {
    return isolate.queueDepth + (this.#crew?.queues?.injector.size ?? 0);
  }

  /** How many portable tasks other isolates than the workers have spawned, modulo 2³². */
  remoteScheduleCount(): number {
    return this.#crew?.queues?.remote ?? 0;
  }

  /**
   * How often a worker has come to rest.
   *
   * What workers count is published when they come to rest, and under load about once in a
   * millisecond; it counts modulo 2³². The isolate that runs a runtime without workers does not count.
   *
   * @param worker Its number, from 0.
   * @throws {RangeError} When there is no such worker.
   */
  workerParkCount(worker: number): number {
    return this.#counts(worker).parks;
  }

  /** How often a worker has come to rest or gone on: an odd number while it rests. */
  workerParkUnparkCount(worker: number): number {
    const { parks, unparks } = this.#counts(worker);
    return parks + unparks;
  }

  /** After how many rests a worker has found nothing to do. */
  workerNoopCount(worker: number): number {
    return this.#counts(worker).noops;
  }

  /** How many tasks a worker has taken from others. */
  workerStealCount(worker: number): number {
    return this.#counts(worker).stolen;
  }

  /** How often a worker has taken tasks from others, one or several at once. */
  workerStealOperations(worker: number): number {
    return this.#counts(worker).steals;
  }

  /** How many portable tasks a worker has begun. */
  workerPollCount(worker: number): number {
    return this.#counts(worker).tasks;
  }

  /** For how many milliseconds in all a worker was busy with portable tasks. */
  workerTotalBusyDuration(worker: number): number {
    return this.#counts(worker).busyMs;
  }

  /** How many portable tasks were spawned on a worker, by its own tasks. */
  workerLocalScheduleCount(worker: number): number {
    return this.#counts(worker).local;
  }

  /** How often the queue of a worker was full, so that half of it went to the queue of all. */
  workerOverflowCount(worker: number): number {
    return this.#counts(worker).overflows;
  }

  /**
   * How many tasks wait in the queue of a worker, from which others may take them.
   *
   * @param worker Its number, from 0.
   * @throws {RangeError} When there is no such worker.
   */
  workerLocalQueueDepth(worker: number): number {
    this.#check(worker, this.numWorkers());
    if (this.#crew === undefined) return isolate.queueDepth;
    return this.#crew.queues?.rings[worker]?.size ?? 0;
  }

  #counts(worker: number): Counts {
    this.#check(worker, this.#crew?.workers ?? 0);
    return this.#crew?.queues?.counters[worker]?.read() ?? NOTHING;
  }

  #check(worker: number, count: number): void {
    if (Number.isInteger(worker) && worker >= 0 && worker < count) return;
    throw new RangeError(`Cannot look at worker ${worker}: the runtime has ${count}, from 0`);
  }
}

/** What workers have counted that were not started. */
const NOTHING: Counts = {
  parks: 0,
  unparks: 0,
  noops: 0,
  tasks: 0,
  stolen: 0,
  steals: 0,
  local: 0,
  overflows: 0,
  busyMs: 0,
};
