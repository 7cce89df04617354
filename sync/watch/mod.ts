/**
 * Channels that keep the newest value for everybody to see.
 *
 * @module
 */

export { channel } from "./channel.ts";
export { Receiver } from "./receiver.ts";
export { Sender, type Slot } from "./sender.ts";
export { RecvError, SendError } from "./errors.ts";
