/**
 * Channels with many senders and one receiver.
 *
 * @module
 */

import { type Bounded, Channel } from "./channel.ts";
import { Receiver, UnboundedReceiver } from "./receiver.ts";
import { Sender } from "./sender.ts";
import { UnboundedSender } from "./unbounded.ts";

export { SendError, SendTimeoutError, TryRecvError, TrySendError } from "./errors.ts";
export { AnySender, AnyWeakSender } from "./handles.ts";
export { OwnedPermit, Permit, PermitIterator } from "./permit.ts";
export { AnyReceiver } from "./receiver.ts";
export { WeakSender } from "./sender.ts";
export { WeakUnboundedSender } from "./unbounded.ts";
export { Receiver, Sender, UnboundedReceiver, UnboundedSender };

/**
 * Makes a channel with room for `capacity` values. Who sends more has to wait until some were
 * received.
 *
 * Follows Tokio's `mpsc::channel`.
 *
 * @param capacity For how many values there is room, at least 1.
 * @returns The sender, which may be cloned, and the receiver.
 * @throws {RangeError} When the capacity is no whole number or less than 1.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.channel<string>(10);
 * await tx.send("hello");
 * assertEquals(await rx.recv(), "hello");
 * ```
 */
export function channel<T>(capacity: number): [Sender<T>, Receiver<T>] {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(
      `Cannot make a channel with room for ${capacity}: a whole number from 1 is wanted`,
    );
  }
  const channel = new Channel<T>(capacity) as Bounded<T>;
  return [new Sender(channel), new Receiver(channel)];
}

/**
 * Makes a channel that takes everything that is sent, at once, as long as there is memory.
 *
 * Follows Tokio's `mpsc::unbounded_channel`.
 *
 * @returns The sender, which may be cloned, and the receiver.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.unboundedChannel<number>();
 * tx.send(1);
 * tx.send(2);
 * tx.close();
 * assertEquals(await Array.fromAsync(rx), [1, 2]);
 * ```
 */
export function unboundedChannel<T>(): [UnboundedSender<T>, UnboundedReceiver<T>] {
  const channel = new Channel<T>(undefined);
  return [new UnboundedSender(channel), new UnboundedReceiver(channel)];
}
