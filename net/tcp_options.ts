/**
 * Options of TCP sockets that are more than one number.
 *
 * @module
 */

import { FAILED, type SocketOption } from "../ffi/backend.ts";
import { osError } from "../ffi/os_error.ts";
import { type Duration, toMilliseconds } from "../time/duration.ts";
import type { Socket } from "./socket.ts";

/** How often and for how long a quiet connection is probed. */
export interface KeepAlive {
  /** How long the connection is quiet before the first probe; rounded up to whole seconds. */
  readonly idle?: Duration;
  /** The time between probes; rounded up to whole seconds. */
  readonly interval?: Duration;
  /** How many unanswered probes end the connection, 1 to 127. */
  readonly count?: number;
}

/** What options need of a socket; one that is not yet registered has them too. */
export type OptionSocket = Pick<
  Socket,
  "fd" | "calls" | "kind" | "check" | "getOption" | "setOption"
>;

/** Seconds to linger, `undefined` if off. */
export function getLinger(socket: OptionSocket): number | undefined {
  socket.check();
  const seconds = socket.calls.getLinger(socket.fd);
  if (seconds !== FAILED) return seconds;
  throw osError(`Cannot get option "linger" of ${socket.kind}`, socket.calls.lastFailure());
}

/** Sets the time to linger. */
export function setLinger(socket: OptionSocket, duration: Duration | undefined): void {
  const seconds = duration === undefined ? undefined : wholeSeconds("linger", duration, 0);
  socket.check();
  if (socket.calls.setLinger(socket.fd, seconds) !== FAILED) return;
  throw osError(`Cannot set option "linger" of ${socket.kind}`, socket.calls.lastFailure());
}

/** The settings of keep-alive in milliseconds, `undefined` if off. */
export function getKeepalive(
  socket: OptionSocket,
): { idle: number; interval: number; count: number } | undefined {
  if (socket.getOption("keepAlive") === 0) return undefined;
  return {
    idle: socket.getOption("keepAliveIdle") * 1000,
    interval: socket.getOption("keepAliveInterval") * 1000,
    count: socket.getOption("keepAliveCount"),
  };
}

/** Sets keep-alive; all values are checked before the first one is set. */
export function setKeepalive(socket: OptionSocket, keepalive: boolean | KeepAlive): void {
  const times = typeof keepalive === "boolean" ? {} : keepalive;
  const { idle, interval, count } = times;
  const settings: [SocketOption, number][] = [];
  if (idle !== undefined) settings.push(["keepAliveIdle", wholeSeconds("idle time", idle, 1)]);
  if (interval !== undefined) {
    settings.push(["keepAliveInterval", wholeSeconds("interval", interval, 1)]);
  }
  if (count !== undefined) {
    checkRange("keep-alive count", count, 1, 127);
    settings.push(["keepAliveCount", count]);
  }
  socket.setOption("keepAlive", keepalive === false ? 0 : 1);
  for (const [option, value] of settings) socket.setOption(option, value);
}

/** The option for the number of hops, which IPv4 and IPv6 call by different names. */
export function hopOption(socket: OptionSocket): SocketOption {
  return socket.calls.describe(socket.fd)?.family === 6 ? "hopLimit" : "ttl";
}

/** @throws {RangeError} When `value` is no integer from `least` to `most`. */
export function checkRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `Cannot set the ${name} to ${value}: it must be an integer from ${least} to ${most}`,
  );
}

/** Timers of the kernel's TCP take at most 32767 seconds. */
function wholeSeconds(name: string, duration: Duration, least: number): number {
  const seconds = Math.ceil(toMilliseconds(duration) / 1000);
  checkRange(`${name} in seconds`, seconds, least, 32767);
  return seconds;
}
