/**
 * Channels for a single value, from one task to another.
 *
 * @module
 */

export { channel } from "./channel.ts";
export { Receiver } from "./receiver.ts";
export { Sender } from "./sender.ts";
export { RecvError, SendError, TryRecvError } from "./errors.ts";
