/**
 * Runtimes and the current-thread scheduler.
 *
 * @module
 */

export { currentRuntime, type Main, run, Runtime, type ShutdownOptions } from "./runtime.ts";
export { RuntimeBuilder, type TaskMeta, type UnhandledPanic } from "./builder.ts";
export { Handle } from "./handle.ts";
export { RuntimeMetrics } from "./metrics.ts";
export type { Spawner, SpawnOptions } from "./spawn_options.ts";
