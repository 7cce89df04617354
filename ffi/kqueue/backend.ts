/**
 * A Unix backend whose selector is kqueue, made of its parts.
 *
 * macOS and FreeBSD hand in what is theirs. Whoever has kqueue on another system, in the system or
 * as a library, can hand in that system's libc and tables with the calls of that kqueue: the
 * conformance suite runs that way on Linux.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import type { UnixAbi } from "../unix/abi.ts";
import { clock } from "../unix/clock.ts";
import type { Descriptors } from "../unix/descriptors.ts";
import { UnixResolver } from "../unix/resolver.ts";
import { UnixSockets } from "../unix/sockets.ts";
import type { System } from "../unix/system.ts";
import type { WholeDatagrams } from "../unix/whole_datagrams.ts";
import { CONSTANTS } from "./abi.ts";
import { KeventList } from "./events.ts";
import { type KqueueParts, KqueueSelector } from "./selector.ts";

/** What such a backend is made of. */
export interface KqueueBackendParts {
  /** libc, errno and memory. */
  readonly system: System;
  /** The table of the system. */
  readonly abi: UnixAbi;
  /** How sockets become non-blocking. */
  readonly descriptors: Descriptors;
  /** How to learn the length of a datagram, where no flag tells it. */
  readonly whole?: WholeDatagrams;
  /** The numbers of the clocks. */
  readonly clocks: { readonly monotonic: number; readonly threadTime: number };
  /** The calls and numbers of kqueue. */
  readonly kqueue: KqueueParts;
}

/** Makes the backend. */
export function kqueueBackend(parts: KqueueBackendParts): Backend {
  const { system, abi, descriptors, whole, clocks, kqueue } = parts;
  return {
    os: abi.os,
    sockets: new UnixSockets(system, abi, descriptors, whole),
    resolver: new UnixResolver(system, abi),
    monotonic: clock(system, clocks.monotonic),
    threadTime: clock(system, clocks.threadTime),
    createSelector: () => new KqueueSelector(system, kqueue),
    wake: waking(system, kqueue),
  };
}

/** A function that raises the user event of any kqueue of the process. */
function waking(system: System, { libc, abi }: KqueueParts): (kqueue: number) => void {
  const memory = system.allocate(abi.kevent.size);
  new KeventList(memory.buffer, abi).set(0, {
    ident: 0,
    filter: abi.EVFILT_USER,
    flags: 0,
    fflags: CONSTANTS.NOTE_TRIGGER,
    index: -1,
    generation: 0,
  });
  return (kqueue) => void libc.kevent(kqueue, memory.pointer, 1, null, 0, null);
}
