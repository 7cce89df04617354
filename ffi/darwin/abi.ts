/**
 * The numbers of macOS: constants, struct layouts and error codes, for x86-64 and arm64.
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

/** Where libc is found. Neither is a file on newer systems: the loader has them in its cache. */
const LIBRARIES = ["libSystem.B.dylib", "/usr/lib/libSystem.B.dylib"];

/** Constants of `<sys/socket.h>`, `<netinet/*.h>`, `<fcntl.h>`, `<time.h>`, `<netdb.h>`. */
export const CONSTANTS = {
  ...BSD_CONSTANTS,
  AF_INET6: 30,
  SO_NOSIGPIPE: 0x1022,
  SO_LINGER_SEC: 0x1080,
  IPV6_TCLASS: 36,
  TCP_KEEPALIVE: 0x10,
  TCP_KEEPINTVL: 0x101,
  TCP_KEEPCNT: 0x102,
  TCP_CONNECTION_INFO: 0x106,
  TCPS_LISTEN: 1,
  F_SETFD: 2,
  F_DUPFD_CLOEXEC: 67,
  FD_CLOEXEC: 1,
  CLOCK_MONOTONIC: 6,
  CLOCK_UPTIME_RAW: 8,
  CLOCK_THREAD_CPUTIME_ID: 16,
} as const;

/** Error numbers by name. */
export const ERRNO = {
  ...BSD_ERRNO,
  ENOTSUP: 45,
  EOPNOTSUPP: 102,
} as const;

/** The records of kqueue. `EVFILT_EXCEPT` tells of urgent data. */
export const KQUEUE = {
  kevent: { size: 32, ident: 0, filter: 8, flags: 10, fflags: 12, data: 16, udata: 24 },
  EVFILT_USER: -10,
  urgent: { filter: -15, fflags: 2 },
} as const satisfies KqueueAbi;

const C = CONSTANTS;

/** Everything that the shared half of the backend has to know. */
export const DARWIN_ABI: UnixAbi & { readonly constants: typeof CONSTANTS } = {
  os: "darwin",
  libraries: LIBRARIES,
  constants: CONSTANTS,
  layouts: LAYOUTS,
  errno: ERRNO,
  options: options({
    reusePort: [C.SOL_SOCKET, C.SO_REUSEPORT],
    keepAliveIdle: [C.IPPROTO_TCP, C.TCP_KEEPALIVE],
    keepAliveInterval: [C.IPPROTO_TCP, C.TCP_KEEPINTVL],
    keepAliveCount: [C.IPPROTO_TCP, C.TCP_KEEPCNT],
    trafficClass: [C.IPPROTO_IPV6, C.IPV6_TCLASS],
  }),
  // SO_LINGER counts in ticks of the kernel's clock here.
  linger: [C.SOL_SOCKET, C.SO_LINGER_SEC],
  // SO_ACCEPTCONN can only be asked for elsewhere; here the first byte tells the state of TCP.
  listening: {
    option: [C.IPPROTO_TCP, C.TCP_CONNECTION_INFO],
    isOn: (value) => value >= 0 && (value & 0xff) === C.TCPS_LISTEN,
  },
  // Every socket has SO_NOSIGPIPE instead.
  sendFlags: 0,
  wholeLengthFlags: 0,
  // A write to a socket that is being torn down; made again it fails with EPIPE.
  retryErrno: ERRNO.EPROTOTYPE,
  resolverCodes: RESOLVER_CODES,
};
