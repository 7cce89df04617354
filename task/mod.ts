/**
 * Tasks: work that goes on beside its spawner.
 *
 * @module
 */

export { spawn } from "../scheduler/runtime.ts";
export { AbortHandle, JoinHandle } from "../scheduler/join_handle.ts";
export { Cancelled, JoinError } from "../scheduler/join_error.ts";
export { type Spawnable } from "../scheduler/task.ts";
export { yieldNow } from "./yield_now.ts";
