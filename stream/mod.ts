/**
 * Streams: what gives one item after the other, and how to transform it.
 *
 * Everything in edo that gives items is a `Source`, which a loop, `next()` and
 * {@linkcode Stream.from} take as it is. So there are no wrappers for them:
 *
 * | tokio-stream                      | here                                              |
 * | --------------------------------- | ------------------------------------------------- |
 * | `ReceiverStream`, `Unbounded…`    | `Stream.from(rx)`                                 |
 * | `WatchStream`                     | `Stream.from(rx)`: the current value comes first  |
 * | `WatchStream::from_changes`       | `rx.markUnchanged()`, then `Stream.from(rx)`      |
 * | `BroadcastStream`                 | `Stream.from(rx).attempts()`: lag is an item      |
 * | `IntervalStream`                  | `Stream.from(interval(period))`                   |
 * | `JoinSetStream`                   | `Stream.from(set)`                                |
 * | `TcpListenerStream`               | `Stream.from(listener)`                           |
 * | `Next`, `Collect` and the like    | plain futures: `next()`, `toArray()`              |
 *
 * A loop over a source leaves it as it is when it is left; a loop over a stream disposes what the
 * stream was made of.
 *
 * @module
 */

export { End, type SizeHint, Source } from "../future/source.ts";
export { Chunks, Peekable, Stream } from "./stream.ts";
export { StreamMap } from "./stream_map.ts";
export { type Emit, stream } from "./generate.ts";
export { Consumable } from "./consumable.ts";
export type { Attempt } from "./adapters/attempt.ts";
export type { IntoStream, Pollable } from "./into_stream.ts";
export type { PipeOptions } from "./consumers/web.ts";
export type { Unfolded } from "./sources/unfold.ts";
export type { Thunk, Work } from "./work.ts";
