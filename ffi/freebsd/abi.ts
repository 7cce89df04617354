/**
 * The numbers of FreeBSD 12 and later: constants, struct layouts and error codes, for x86-64 and
 * arm64.
 *
 * @module
 */

import type { KqueueAbi } from "../kqueue/abi.ts";
import type { UnixAbi } from "../unix/abi.ts";

/** Where libc is found. */
const LIBRARIES = ["libc.so.7", "/lib/libc.so.7"];

/** Constants of `<sys/socket.h>`, `<netinet/*.h>`, `<fcntl.h>`, `<time.h>`, `<netdb.h>`. */
export const CONSTANTS = {
  AF_UNSPEC: 0,
  AF_INET: 2,
  AF_INET6: 28,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_CLOEXEC: 0x10000000,
  SOCK_NONBLOCK: 0x20000000,
  MSG_PEEK: 0x2,
  MSG_NOSIGNAL: 0x20000,
  SHUT_RD: 0,
  SHUT_WR: 1,
  SHUT_RDWR: 2,
  SOL_SOCKET: 0xffff,
  SO_ACCEPTCONN: 0x2,
  SO_REUSEADDR: 0x4,
  SO_KEEPALIVE: 0x8,
  SO_BROADCAST: 0x20,
  SO_LINGER: 0x80,
  SO_REUSEPORT: 0x200,
  SO_REUSEPORT_LB: 0x10000,
  SO_SNDBUF: 0x1001,
  SO_RCVBUF: 0x1002,
  SO_ERROR: 0x1007,
  SO_TYPE: 0x1008,
  IPPROTO_IP: 0,
  IPPROTO_TCP: 6,
  IPPROTO_IPV6: 41,
  IP_TOS: 3,
  IP_TTL: 4,
  IPV6_UNICAST_HOPS: 4,
  IPV6_V6ONLY: 27,
  IPV6_TCLASS: 61,
  TCP_NODELAY: 1,
  TCP_KEEPIDLE: 256,
  TCP_KEEPINTVL: 512,
  TCP_KEEPCNT: 1024,
  F_GETFD: 1,
  F_GETFL: 3,
  F_SETFL: 4,
  F_DUPFD_CLOEXEC: 17,
  O_NONBLOCK: 0x4,
  CLOCK_MONOTONIC: 4,
  CLOCK_THREAD_CPUTIME_ID: 14,
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
  EOPNOTSUPP: 45,
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
  options: {
    reuseAddress: [C.SOL_SOCKET, C.SO_REUSEADDR],
    // SO_REUSEPORT alone gives all connections to the socket that was bound last.
    reusePort: [C.SOL_SOCKET, C.SO_REUSEPORT_LB],
    broadcast: [C.SOL_SOCKET, C.SO_BROADCAST],
    keepAlive: [C.SOL_SOCKET, C.SO_KEEPALIVE],
    keepAliveIdle: [C.IPPROTO_TCP, C.TCP_KEEPIDLE],
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
  linger: [C.SOL_SOCKET, C.SO_LINGER],
  listening: { option: [C.SOL_SOCKET, C.SO_ACCEPTCONN], isOn: (value) => value > 0 },
  sendFlags: C.MSG_NOSIGNAL,
  wholeLengthFlags: 0,
  retryErrno: -1,
  resolverCodes: {
    [C.EAI_NONAME]: "ENOTFOUND",
    [C.EAI_NODATA]: "ENOTFOUND",
    [C.EAI_AGAIN]: "EAI_AGAIN",
    [C.EAI_FAIL]: "EAI_FAIL",
    [C.EAI_MEMORY]: "ENOMEM",
    [C.EAI_SYSTEM]: "EAI_SYSTEM",
  },
};
