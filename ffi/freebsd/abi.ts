/**
 * The numbers of FreeBSD 12 and later: constants, struct layouts and error codes, for x86-64 and
 * arm64.
 *
 * @module
 */

import {
  CONSTANTS as BSD_CONSTANTS,
  ERRNO as BSD_ERRNO,
  LAYOUTS,
  options,
  RESOLVER_CODES,
} from "../bsd/abi.ts";
import type { KqueueAbi } from "../kqueue/abi.ts";
import type { UnixAbi } from "../unix/abi.ts";

/** Where libc is found. */
const LIBRARIES = ["libc.so.7", "/lib/libc.so.7"];

/** Constants of `<sys/socket.h>`, `<netinet/*.h>`, `<fcntl.h>`, `<time.h>`, `<netdb.h>`. */
export const CONSTANTS = {
  ...BSD_CONSTANTS,
  AF_INET6: 28,
  SOCK_CLOEXEC: 0x10000000,
  SOCK_NONBLOCK: 0x20000000,
  MSG_NOSIGNAL: 0x20000,
  SO_ACCEPTCONN: 0x2,
  SO_LINGER: 0x80,
  SO_REUSEPORT_LB: 0x10000,
  IPV6_TCLASS: 61,
  TCP_KEEPIDLE: 256,
  TCP_KEEPINTVL: 512,
  TCP_KEEPCNT: 1024,
  F_DUPFD_CLOEXEC: 17,
  CLOCK_MONOTONIC: 4,
  CLOCK_THREAD_CPUTIME_ID: 14,
} as const;

/** Error numbers by name. */
export const ERRNO = {
  ...BSD_ERRNO,
  EOPNOTSUPP: 45,
} as const;

/** The records of kqueue, with the extension of FreeBSD 12. No filter tells of urgent data. */
export const KQUEUE = {
  kevent: { size: 64, ident: 0, filter: 8, flags: 10, fflags: 12, data: 16, udata: 24 },
  EVFILT_USER: -11,
  urgent: undefined,
} as const satisfies KqueueAbi;

const C = CONSTANTS;

/** Everything that the shared half of the backend has to know. */
export const FREEBSD_ABI: UnixAbi & { readonly constants: typeof CONSTANTS } = {
  os: "freebsd",
  libraries: LIBRARIES,
  constants: CONSTANTS,
  layouts: LAYOUTS,
  errno: ERRNO,
  options: options({
    // SO_REUSEPORT alone gives all connections to the socket that was bound last.
    reusePort: [C.SOL_SOCKET, C.SO_REUSEPORT_LB],
    keepAliveIdle: [C.IPPROTO_TCP, C.TCP_KEEPIDLE],
    keepAliveInterval: [C.IPPROTO_TCP, C.TCP_KEEPINTVL],
    keepAliveCount: [C.IPPROTO_TCP, C.TCP_KEEPCNT],
    trafficClass: [C.IPPROTO_IPV6, C.IPV6_TCLASS],
  }),
  linger: [C.SOL_SOCKET, C.SO_LINGER],
  listening: { option: [C.SOL_SOCKET, C.SO_ACCEPTCONN], isOn: (value) => value > 0 },
  sendFlags: C.MSG_NOSIGNAL,
  wholeLengthFlags: 0,
  retryErrno: -1,
  resolverCodes: RESOLVER_CODES,
};
