/**
 * Linux on x86-64 and arm64, with glibc or musl.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { isFfiQuick } from "../library.ts";
import { clock } from "../unix/clock.ts";
import { descriptorsByFlags } from "../unix/descriptors.ts";
import { UnixResolver } from "../unix/resolver.ts";
import { UnixSockets } from "../unix/sockets.ts";
import { openLibc, System } from "../unix/system.ts";
import { CONSTANTS, layouts, linuxAbi } from "./abi.ts";
import { EpollSelector } from "./epoll.ts";
import { LINUX } from "./libc.ts";
import { transfers } from "./transfers.ts";

/** Opens the backend for a processor architecture, as `"x86_64"`. */
export function linux(arch: string): Backend {
  const abi = linuxAbi(arch);
  const libc = openLibc(abi, LINUX);
  const system = new System(libc, abi);
  const one = system.allocate(8);
  new BigUint64Array(one.buffer)[0] = 1n;
  return {
    os: abi.os,
    sockets: new UnixSockets(
      system,
      abi,
      descriptorsByFlags(libc, CONSTANTS),
      undefined,
      isFfiQuick() ? transfers(libc, arch) : undefined,
    ),
    resolver: new UnixResolver(system, abi),
    monotonic: clock(system, CONSTANTS.CLOCK_MONOTONIC),
    threadTime: clock(system, CONSTANTS.CLOCK_THREAD_CPUTIME_ID),
    createSelector: () => new EpollSelector(system, layouts(arch)),
    wake: (waker) => void libc.write(waker, one.pointer, 8),
  };
}
