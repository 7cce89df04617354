/**
 * Runtimes and the current-thread scheduler.
 *
 * @module
 */

export {
  currentRuntime,
  type Main,
  run,
  Runtime,
  RuntimeBuilder,
  type ShutdownOptions,
} from "./runtime.ts";
