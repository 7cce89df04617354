/**
 * Linux on x86-64 and arm64, with glibc or musl.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { CONSTANTS, layouts } from "./abi.ts";
import { EpollSelector } from "./epoll.ts";
import { System } from "./libc.ts";
import { LinuxResolver } from "./resolver.ts";
import { LinuxSockets } from "./sockets.ts";

/** Reads a clock; the monotonic one takes a fifth of the time of `performance.now()`. */
function clock(system: System, id: number): () => number {
  const time = system.allocate(16);
  // Two 64-bit numbers, of which the lower words are enough for 68 years of uptime.
  const words = new Uint32Array(time.buffer);
  return () => {
    system.libc.clock_gettime(id, time.pointer);
    return words[0]! * 1000 + words[2]! / 1e6;
  };
}

/** Opens the backend for a processor architecture, as `"x86_64"`. */
export function linux(arch: string): Backend {
  const system = new System(arch);
  const abi = layouts(arch);
  const one = system.allocate(8);
  new BigUint64Array(one.buffer)[0] = 1n;
  return {
    os: "linux",
    sockets: new LinuxSockets(system, abi),
    resolver: new LinuxResolver(system, abi),
    monotonic: clock(system, CONSTANTS.CLOCK_MONOTONIC),
    threadTime: clock(system, CONSTANTS.CLOCK_THREAD_CPUTIME_ID),
    createSelector: () => new EpollSelector(system, abi),
    wake: (waker) => void system.libc.write(waker, one.pointer, 8),
  };
}
