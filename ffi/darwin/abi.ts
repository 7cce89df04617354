/**
 * The numbers of macOS: constants, struct layouts and error codes, for x86-64 and arm64.
 *
 * @module
 */

import type { KqueueAbi } from "../kqueue/abi.ts";
import type { UnixAbi } from "../unix/abi.ts";

/** Where libc is found. Neither is a file on newer systems: the loader has them in its cache. */
const LIBRARIES = ["libSystem.B.dylib", "/usr/lib/libSystem.B.dylib"];

/** Constants of `<sys/socket.h>`, `<netinet/*.h>`, `<fcntl.h>`, `<time.h>`, `<netdb.h>`. */
export const CONSTANTS = {
  AF_UNSPEC: 0,
  AF_INET: 2,
  AF_INET6: 30,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  MSG_PEEK: 0x2,
  SHUT_RD: 0,
  SHUT_WR: 1,
  SHUT_RDWR: 2,
  SOL_SOCKET: 0xffff,
  SO_REUSEADDR: 0x4,
  SO_KEEPALIVE: 0x8,
  SO_BROADCAST: 0x20,
  SO_REUSEPORT: 0x200,
  SO_SNDBUF: 0x1001,
  SO_RCVBUF: 0x1002,
  SO_ERROR: 0x1007,
  SO_TYPE: 0x1008,
  SO_NOSIGPIPE: 0x1022,
  SO_LINGER_SEC: 0x1080,
  IPPROTO_IP: 0,
  IPPROTO_TCP: 6,
  IPPROTO_IPV6: 41,
  IP_TOS: 3,
  IP_TTL: 4,
  IPV6_UNICAST_HOPS: 4,
  IPV6_V6ONLY: 27,
  IPV6_TCLASS: 36,
  TCP_NODELAY: 1,
  TCP_KEEPALIVE: 0x10,
  TCP_KEEPINTVL: 0x101,
  TCP_KEEPCNT: 0x102,
  TCP_CONNECTION_INFO: 0x106,
  TCPS_LISTEN: 1,
  F_GETFD: 1,
  F_SETFD: 2,
  F_GETFL: 3,
  F_SETFL: 4,
  F_DUPFD_CLOEXEC: 67,
  FD_CLOEXEC: 1,
  O_NONBLOCK: 0x4,
  CLOCK_MONOTONIC: 6,
  CLOCK_UPTIME_RAW: 8,
  CLOCK_THREAD_CPUTIME_ID: 16,
  EAI_AGAIN: 2,
  EAI_BADFLAGS: 3,
  EAI_FAIL: 4,
  EAI_FAMILY: 5,
  EAI_MEMORY: 6,
  EAI_NODATA: 7,
  EAI_NONAME: 8,
  EAI_SERVICE: 9,
  EAI_SYSTEM: 11,
} as const;

/** Sizes and offsets of structs, in bytes. */
export const LAYOUTS = {
  sockaddr_in: { size: 16, sin_len: 0, sin_family: 1, sin_port: 2, sin_addr: 4 },
  sockaddr_in6: {
    size: 28,
    sin6_len: 0,
    sin6_family: 1,
    sin6_port: 2,
    sin6_flowinfo: 4,
    sin6_addr: 8,
    sin6_scope_id: 24,
  },
  addrinfo: {
    size: 48,
    ai_flags: 0,
    ai_family: 4,
    ai_socktype: 8,
    ai_addrlen: 16,
    ai_addr: 32,
    ai_next: 40,
  },
  iovec: { size: 16, iov_base: 0, iov_len: 8 },
  linger: { size: 8, l_onoff: 0, l_linger: 4 },
  msghdr: {
    size: 48,
    msg_name: 0,
    msg_namelen: 8,
    msg_iov: 16,
    msg_iovlen: 24,
    msg_control: 32,
    msg_controllen: 40,
    msg_flags: 44,
  },
  cmsghdr: { size: 12, cmsg_len: 0, cmsg_level: 4, cmsg_type: 8 },
} as const;

/** Error numbers by name. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EBADF: 9,
  ENOMEM: 12,
  EACCES: 13,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOSPC: 28,
  EPIPE: 32,
  EAGAIN: 35,
  EINPROGRESS: 36,
  EALREADY: 37,
  ENOTSOCK: 38,
  EDESTADDRREQ: 39,
  EMSGSIZE: 40,
  EPROTOTYPE: 41,
  ENOPROTOOPT: 42,
  EPROTONOSUPPORT: 43,
  ENOTSUP: 45,
  EAFNOSUPPORT: 47,
  EADDRINUSE: 48,
  EADDRNOTAVAIL: 49,
  ENETDOWN: 50,
  ENETUNREACH: 51,
  ENETRESET: 52,
  ECONNABORTED: 53,
  ECONNRESET: 54,
  ENOBUFS: 55,
  EISCONN: 56,
  ENOTCONN: 57,
  ETIMEDOUT: 60,
  ECONNREFUSED: 61,
  EHOSTUNREACH: 65,
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
  options: {
    reuseAddress: [C.SOL_SOCKET, C.SO_REUSEADDR],
    reusePort: [C.SOL_SOCKET, C.SO_REUSEPORT],
    broadcast: [C.SOL_SOCKET, C.SO_BROADCAST],
    keepAlive: [C.SOL_SOCKET, C.SO_KEEPALIVE],
    keepAliveIdle: [C.IPPROTO_TCP, C.TCP_KEEPALIVE],
    keepAliveInterval: [C.IPPROTO_TCP, C.TCP_KEEPINTVL],
    keepAliveCount: [C.IPPROTO_TCP, C.TCP_KEEPCNT],
    noDelay: [C.IPPROTO_TCP, C.TCP_NODELAY],
    quickAck: undefined,
    sendBufferSize: [C.SOL_SOCKET, C.SO_SNDBUF],
    receiveBufferSize: [C.SOL_SOCKET, C.SO_RCVBUF],
    ttl: [C.IPPROTO_IP, C.IP_TTL],
    hopLimit: [C.IPPROTO_IPV6, C.IPV6_UNICAST_HOPS],
    typeOfService: [C.IPPROTO_IP, C.IP_TOS],
    trafficClass: [C.IPPROTO_IPV6, C.IPV6_TCLASS],
    v6Only: [C.IPPROTO_IPV6, C.IPV6_V6ONLY],
  },
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
  resolverCodes: {
    [C.EAI_NONAME]: "ENOTFOUND",
    [C.EAI_NODATA]: "ENOTFOUND",
    [C.EAI_AGAIN]: "EAI_AGAIN",
    [C.EAI_FAIL]: "EAI_FAIL",
    [C.EAI_MEMORY]: "ENOMEM",
    [C.EAI_SYSTEM]: "EAI_SYSTEM",
  },
};
