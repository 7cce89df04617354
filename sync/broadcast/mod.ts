/**
 * Channels whose every value goes to every receiver.
 *
 * @module
 */

import type { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";

export { ClosedError, LaggedError, SendError, TryRecvError } from "./errors.ts";
export { Receiver } from "./receiver.ts";
export { WeakSender } from "./sender.ts";
export { Sender };

/**
 * Makes a channel that keeps the last values for each of its receivers.
 *
 * Follows Tokio's `broadcast::channel`.
 *
 * @param capacity How many values are kept, from 1 to 2 ** 30; it is rounded up to a power of two.
 * @returns The sender, which may be cloned, and a receiver; `Sender.subscribe` makes more.
 * @throws {RangeError} When the capacity is no whole number in its range.
 *
 * @example
 * ```ts
 * import { broadcast } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = broadcast.channel<string>(16);
 * using late = tx.subscribe();
 * tx.send("hello");
 * tx.close();
 * assertEquals(await Array.fromAsync(rx), ["hello"]);
 * assertEquals(await Array.fromAsync(late), ["hello"]);
 * ```
 */
export function channel<T>(capacity: number): [Sender<T>, Receiver<T>] {
  const tx = new Sender<T>(capacity);
  return [tx, tx.subscribe()];
}
