/**
 * A small stand-in for `@std/async`, used where the real package is out of reach.
 *
 * @module
 */

export { abortable } from "./abortable.ts";
export { deadline, type DeadlineOptions } from "./deadline.ts";
export { debounce, type DebouncedFunction, type DebounceOptions } from "./debounce.ts";
export { delay, type DelayOptions } from "./delay.ts";
export { MuxAsyncIterator } from "./mux_async_iterator.ts";
export { pooledMap } from "./pool.ts";
export { retry, RetryError, type RetryOptions } from "./retry.ts";
export { tee } from "./tee.ts";
