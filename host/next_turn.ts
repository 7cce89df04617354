/**
 * One turn of the host's event loop, at the host's lowest price.
 *
 * @module
 */

import { host } from "./global.ts";

/**
 * Calls back in the next turn of the host's loop, after its timers and its I/O had their chance.
 *
 * Deno, Node and Bun have `setImmediate` (1.3 µs a turn in Deno, measured); browsers get a
 * message channel. A turn that is asked for keeps the process alive until it has run.
 */
export const nextTurn: (callback: () => void) => void = host.setImmediate ?? channelTurns();

function channelTurns(): (callback: () => void) => void {
  const waiting: (() => void)[] = [];
  let channel: MessageChannel | undefined;
  return (callback) => {
    if (channel === undefined) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()?.();
    }
    waiting.push(callback);
    channel.port2.postMessage(null);
  };
}

/**
 * How many turns the host's loop takes until it looks at its own sockets, as long as turns are asked
 * for. In Deno it is the event interval of the Tokio beneath it; Node and Bun look in every turn.
 */
export const turnsPerLook: number = host.Deno === undefined ? 1 : 61;
