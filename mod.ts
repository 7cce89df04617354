/**
 * edo: an event-driven, non-blocking I/O platform and task runtime for TypeScript.
 *
 * What an application needs, of all parts: futures and streams, tasks and runtimes, timers, locks and
 * channels, sockets. Each part is also a module of its own, such as `@edo/runtime/task`, which starts
 * sooner. Apart from these stand `@edo/runtime/sync/shared` (locks and channels between threads),
 * `@edo/runtime/net/windows` (named pipes) and `@edo/runtime/testing`.
 *
 * @example
 * ```ts
 * import { run, sleep, spawn } from "@edo/runtime";
 * import { assertEquals } from "@std/assert";
 *
 * await run(async () => {
 *   const task = spawn(function* () {
 *     yield* sleep(1);
 *     return 42;
 *   });
 *   assertEquals(await task, 42);
 * });
 * ```
 *
 * @module
 */

export * from "./future/mod.ts";
export * from "./net/mod.ts";
export * from "./scheduler/mod.ts";
export * from "./stream/mod.ts";
export * from "./sync/mod.ts";
export * from "./task/mod.ts";
export * from "./time/mod.ts";
export { Interest, Ready } from "./reactor/interest.ts";
