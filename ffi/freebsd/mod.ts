/**
 * FreeBSD 12 and later on x86-64 and arm64.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { kqueueBackend } from "../kqueue/backend.ts";
import { descriptorsByFlags } from "../unix/descriptors.ts";
import { openLibc, System } from "../unix/system.ts";
import { WholeDatagrams } from "../unix/whole_datagrams.ts";
import { LAYOUTS } from "../bsd/abi.ts";
import { CONSTANTS, FREEBSD_ABI, KQUEUE } from "./abi.ts";
import { FREEBSD } from "./libc.ts";

const C = CONSTANTS;

/** Opens the backend. */
export function freebsd(): Backend {
  const libc = openLibc(FREEBSD_ABI, FREEBSD);
  const system = new System(libc, FREEBSD_ABI);
  return kqueueBackend({
    system,
    abi: FREEBSD_ABI,
    descriptors: descriptorsByFlags(libc, C),
    whole: new WholeDatagrams(system, libc, LAYOUTS),
    clocks: { monotonic: C.CLOCK_MONOTONIC, threadTime: C.CLOCK_THREAD_CPUTIME_ID },
    kqueue: { libc, abi: KQUEUE, probe: (fd) => libc.fcntl(fd, C.F_GETFD, 0) },
  });
}
