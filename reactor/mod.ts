/**
 * Readiness of descriptors: what is watched, who waits, and how an isolate waits.
 *
 * @module
 */

export { Interest, Ready } from "./interest.ts";
export { Registration, type Waiter } from "./registration.ts";
export { Reactor } from "./reactor.ts";
export { Driver, type DriverParts, type ParkOptions } from "./driver.ts";
export { IoFuture } from "./io_future.ts";
export type { Clock } from "../time/clock.ts";
export type { TimerEntry } from "../time/wheel.ts";
