/**
 * edo: an event-driven, non-blocking I/O platform and task runtime for TypeScript.
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
