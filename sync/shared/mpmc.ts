/**
 * Channels with many senders and many receivers, which may be in different isolates.
 *
 * @module
 */

import { channelAt, makeChannel } from "./mpmc_channel.ts";
import { Receiver } from "./mpmc_receiver.ts";
import { Sender } from "./mpmc_sender.ts";
import { checkCapacity } from "./payload.ts";

export { SendError, SendTimeoutError, TryRecvError, TrySendError } from "../mpsc/errors.ts";
export { Receiver, Sender };

/**
 * Makes a channel with room for `capacity` values, each of which one of the receivers gets. The ends
 * may be in different isolates, and each isolate may have as many of both as it likes. Values travel
 * as arguments of portable tasks do: as copies, and handles as themselves.
 *
 * It spreads work over threads: who has time takes the next piece. Tokio has no counterpart; the
 * names are those of `mpsc`.
 *
 * @param capacity For how many values there is room, from 1 to 65,536.
 * @returns A sender and a receiver, both of which may be cloned.
 * @throws {RangeError} When the capacity is another number, or there is no memory left.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = shared.mpmc.channel<string>(10);
 * const other = rx.clone();
 * await tx.send("first");
 * await tx.send("second");
 * tx.close();
 * assertEquals([await rx.recv(), await other.recv()], ["first", "second"]);
 * assertEquals([await rx.recv(), await other.recv()], [undefined, undefined]);
 * rx[Symbol.dispose]();
 * other[Symbol.dispose]();
 * ```
 */
export function channel<T>(capacity: number): [Sender<T>, Receiver<T>] {
  checkCapacity(capacity);
  const made = makeChannel<T>(capacity);
  return [new Sender(made), new Receiver(channelAt(made.cell.at))];
}
