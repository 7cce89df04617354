/**
 * macOS on x86-64 and arm64.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { kqueueBackend } from "../kqueue/backend.ts";
import { descriptorsBySteps } from "../unix/descriptors.ts";
import { openLibc, System } from "../unix/system.ts";
import { WholeDatagrams } from "../unix/whole_datagrams.ts";
import { LAYOUTS } from "../bsd/abi.ts";
import { CONSTANTS, DARWIN_ABI, KQUEUE } from "./abi.ts";
import { DARWIN, FCNTL, FCNTL_ON_STACK } from "./libc.ts";

const C = CONSTANTS;

/** Opens the backend for a processor architecture, as `"aarch64"`. */
export function darwin(arch: string): Backend {
  const libc = openLibc(DARWIN_ABI, DARWIN);
  const fcntl = FCNTL_OF.get(arch)!();
  const system = new System(libc, DARWIN_ABI);
  const one = system.allocate(4);
  new Int32Array(one.buffer)[0] = 1;
  const quiet = (fd: number) => libc.setsockopt(fd, C.SOL_SOCKET, C.SO_NOSIGPIPE, one.pointer, 4);
  return kqueueBackend({
    system,
    abi: DARWIN_ABI,
    descriptors: descriptorsBySteps({ ...libc, fcntl }, C, quiet),
    whole: new WholeDatagrams(system, libc, LAYOUTS),
    // CLOCK_MONOTONIC follows corrections of the time of day and has microseconds only.
    clocks: { monotonic: C.CLOCK_UPTIME_RAW, threadTime: C.CLOCK_THREAD_CPUTIME_ID },
    kqueue: { libc, abi: KQUEUE, probe: (fd) => fcntl(fd, C.F_GETFD, 0) },
  });
}

type Fcntl = (fd: number, command: number, argument: number) => number;

/** `fcntl` by processor: they pass a variadic argument in different ways. */
const FCNTL_OF: ReadonlyMap<string, () => Fcntl> = new Map([
  ["x86_64", () => openLibc(DARWIN_ABI, FCNTL).fcntl],
  ["aarch64", () => {
    const { fcntl } = openLibc(DARWIN_ABI, FCNTL_ON_STACK);
    return (fd, command, argument) => fcntl(fd, command, 0, 0, 0, 0, 0, 0, BigInt(argument));
  }],
]);
