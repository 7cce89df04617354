/**
 * Spawning for sets and trackers: local work where its options say, portable work on the workers.
 *
 * @module
 */

import type { Future, Steps } from "../future/future.ts";
import type { JoinHandle } from "../scheduler/join_handle.ts";
import { isPortable, type PortableTask } from "../scheduler/multi_thread/portable.ts";
import { currentRuntime } from "../scheduler/runtime.ts";
import type { Spawner, SpawnOptions } from "../scheduler/spawn_options.ts";
import type { Spawnable } from "../scheduler/task.ts";

/** Options of sets that spawn. */
export interface SpawnInSetOptions extends SpawnOptions {
  /** Where the task runs: a `Runtime`, a `Handle`. Default: the current runtime. */
  readonly on?: Spawner;
}

/** What `task()` has declared, with arguments `A`, whose task gives a `T`. */
export type PortableWork<A extends unknown[], T> = PortableTask<
  (...args: A) => T | PromiseLike<T> | Future<T> | Steps<T>
>;

/**
 * Starts a task.
 *
 * @param rest The arguments of a portable task, else the options.
 * @throws {TypeError} When `work` cannot be spawned.
 * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
 */
export function spawnOn<T>(work: Spawnable<T>, rest: readonly unknown[]): JoinHandle<T> {
  const options = isPortable(work) ? undefined : rest[0] as SpawnInSetOptions | undefined;
  return (options?.on ?? currentRuntime()).spawn(work, ...rest as [SpawnOptions?]);
}
