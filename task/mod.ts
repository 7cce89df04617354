/**
 * Tasks: work that goes on beside its spawner.
 *
 * @module
 */

export { spawn } from "../scheduler/runtime.ts";
export { AbortHandle, JoinHandle } from "../scheduler/join_handle.ts";
export { Cancelled, JoinError } from "../scheduler/join_error.ts";
export { type Spawnable } from "../scheduler/task.ts";
export {
  type ModuleMeta,
  type PortableFunction,
  type PortableOutput,
  type PortableTask,
  task,
} from "../scheduler/multi_thread/portable.ts";
export type {
  CannotSend,
  Sendable,
  SendableObject,
  SendablePrimitive,
} from "../scheduler/multi_thread/sendable.ts";
export { isAborted } from "../scheduler/multi_thread/aborted.ts";
export { call } from "./call.ts";
export { spawnBlocking } from "./spawn_blocking.ts";
export {
  parallelFor,
  parallelMap,
  type ParallelOptions,
  parallelReduce,
  type PortableRange,
  type RangeBody,
  type SharedView,
  type ValueBody,
} from "./parallel.ts";
export { taskId, tryTaskId } from "./task_id.ts";
export { yieldNow } from "./yield_now.ts";
export { scope, type ScopeBody, TaskScope } from "./scope.ts";
export { AbortOnDispose, abortOnDispose, AbortOnDisposeHandle } from "./abort_on_dispose.ts";
export {
  type JoinOutcome,
  JoinSet,
  type SpawnInSetOptions,
  type SpawnLocalInSetOptions,
} from "./join_set.ts";
export type { PortableWork } from "./spawn_on.ts";
export { JoinQueue } from "./join_queue.ts";
export { JoinMap, type KeyedOutcome } from "./join_map.ts";
export { TaskTracker, TaskTrackerToken } from "./task_tracker.ts";
export { CancellationToken, DropGuard, withCancellationToken } from "./cancellation_token.ts";
export {
  AccessError,
  TaskLocal,
  type TaskLocalFuture,
  type TaskLocalOptions,
} from "./task_local.ts";
export { LocalSet, type LocalSetOptions, spawnLocal } from "./local_set.ts";
export * as coop from "./coop.ts";
export { consumeBudget, unconstrained } from "./coop.ts";
