/**
 * Runtimes, of one thread or of several: how they are described, run, measured and ended; and how
 * objects of one's own travel between their threads.
 *
 * @module
 */

export { currentRuntime, type Main, run, Runtime, type ShutdownOptions } from "./runtime.ts";
export { RuntimeBuilder, type TaskMeta, type UnhandledPanic } from "./builder.ts";
export { workerIndex } from "./multi_thread/worker_index.ts";
export { Handle, type RuntimeFlavor } from "./handle.ts";
export { RuntimeMetrics } from "./metrics.ts";
export { type HandleKind, toWire, type WireForm, type WireHandle } from "./multi_thread/handle.ts";
export type { CannotSend } from "./multi_thread/sendable.ts";
export type { Spawner, SpawnOptions } from "./spawn_options.ts";
