/**
 * How a socket becomes non-blocking and closed in child processes: by flags of the call that makes
 * it, or where there are none by calls that follow.
 *
 * @see socket(2), accept(2), fcntl(2)
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import type { UnixConstants } from "./abi.ts";

/** Calls that make descriptors or change how they behave; each answers -1 with errno on failure. */
export interface Descriptors {
  /** Opens a socket. */
  socket(domain: number, type: number): number;
  /** Takes a connection and writes the address of its other end. */
  accept(fd: number, address: Pointer, length: Pointer): number;
  /** Makes another descriptor of the same thing. */
  duplicate(fd: number): number;
  /** Makes a descriptor non-blocking. */
  makeNonBlocking(fd: number): number;
}

/** `fcntl` with a number, as every system has it once its variadic argument is dealt with. */
type Fcntl = (fd: number, command: number, argument: number) => number;

/** The calls of systems whose flags do it: Linux and FreeBSD. */
export function descriptorsByFlags(
  libc: {
    socket(domain: number, type: number, protocol: number): number;
    accept4(fd: number, address: Pointer, length: Pointer, flags: number): number;
    fcntl: Fcntl;
  },
  constants: UnixConstants & { readonly SOCK_NONBLOCK: number; readonly SOCK_CLOEXEC: number },
): Descriptors {
  const flags = constants.SOCK_NONBLOCK | constants.SOCK_CLOEXEC;
  return {
    socket: (domain, type) => libc.socket(domain, type | flags, 0),
    accept: (fd, address, length) => libc.accept4(fd, address, length, flags),
    ...descriptorsByFcntl(libc.fcntl, constants),
  };
}

/**
 * The calls of systems that have no such flags: macOS. A child process that another thread starts
 * between two of the calls inherits the descriptor, which nothing can prevent there.
 *
 * @param libc The calls of the system.
 * @param constants Its numbers.
 * @param prepare What else a new socket needs; it answers -1 with errno on failure.
 */
export function descriptorsBySteps(
  libc: {
    socket(domain: number, type: number, protocol: number): number;
    accept(fd: number, address: Pointer, length: Pointer): number;
    close(fd: number): number;
    fcntl: Fcntl;
  },
  constants: UnixConstants & { readonly F_SETFD: number; readonly FD_CLOEXEC: number },
  prepare: (fd: number) => number,
): Descriptors {
  const byFcntl = descriptorsByFcntl(libc.fcntl, constants);
  const { F_SETFD, FD_CLOEXEC } = constants;
  const afterwards = (fd: number, finish: (fd: number) => boolean): number => {
    if (fd < 0) return fd;
    const isSet = libc.fcntl(fd, F_SETFD, FD_CLOEXEC) >= 0 && byFcntl.makeNonBlocking(fd) >= 0;
    if (isSet && finish(fd)) return fd;
    libc.close(fd);
    return -1;
  };
  const isPrepared = (fd: number) => prepare(fd) >= 0;
  // One that the other end has reset already takes no options any more, and is accepted all the same.
  const mayBeReset = (fd: number) => {
    prepare(fd);
    return true;
  };
  return {
    socket: (domain, type) => afterwards(libc.socket(domain, type, 0), isPrepared),
    accept: (fd, address, length) => afterwards(libc.accept(fd, address, length), mayBeReset),
    ...byFcntl,
  };
}

function descriptorsByFcntl(
  fcntl: Fcntl,
  constants: UnixConstants,
): Pick<Descriptors, "duplicate" | "makeNonBlocking"> {
  const { F_DUPFD_CLOEXEC, F_GETFL, F_SETFL, O_NONBLOCK } = constants;
  return {
    duplicate: (fd) => fcntl(fd, F_DUPFD_CLOEXEC, 0),
    makeNonBlocking(fd) {
      const flags = fcntl(fd, F_GETFL, 0);
      return flags < 0 ? flags : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    },
  };
}
