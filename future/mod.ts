/**
 * Futures: lazy, polled, cancellable waits, and how to combine them.
 *
 * @module
 */

export { Pending, type Poll } from "./poll.ts";
export type { Context, Waker } from "./context.ts";
export { Future, isFuture, type Steps, type Wait } from "./future.ts";
export { future } from "./generator.ts";
export { pending, ready } from "./ready.ts";
export { pollFn } from "./poll_fn.ts";
export { fromPromise } from "./from_promise.ts";
export { type IntoFuture, type Output } from "./into_future.ts";
export { End, Source } from "./source.ts";
export { join } from "./join.ts";
export { select, type Selected, type SelectOptions } from "./select.ts";
