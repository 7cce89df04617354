/**
 * The numbers of Linux: constants, struct layouts and error codes, for x86-64 and arm64, glibc and
 * musl. `tests/ffi/layout_test.ts` compares every one of them with the C compiler.
 *
 * @module
 */

import type { UnixAbi } from "../unix/abi.ts";

/** Where libc is found: glibc by its soname, then musl, then absolute paths for narrow grants. */
export function libcCandidates(arch: string): readonly string[] {
  return [
    "libc.so.6",
    `libc.musl-${arch}.so.1`,
    `/lib/${arch}-linux-gnu/libc.so.6`,
    `/usr/lib/${arch}-linux-gnu/libc.so.6`,
    "/lib64/libc.so.6",
    "/usr/lib64/libc.so.6",
    "/lib/libc.so.6",
    "/usr/lib/libc.so.6",
    `/lib/libc.musl-${arch}.so.1`,
    `/lib/ld-musl-${arch}.so.1`,
  ];
}

/** Constants of `<sys/socket.h>`, `<netinet/*.h>`, `<sys/epoll.h>`, `<sys/eventfd.h>`, `<netdb.h>`. */
export const CONSTANTS = {
  AF_UNSPEC: 0,
  AF_INET: 2,
  AF_INET6: 10,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_NONBLOCK: 0x800,
  SOCK_CLOEXEC: 0x80000,
  MSG_PEEK: 0x2,
  MSG_TRUNC: 0x20,
  MSG_NOSIGNAL: 0x4000,
  SHUT_RD: 0,
  SHUT_WR: 1,
  SHUT_RDWR: 2,
  SOL_SOCKET: 1,
  SO_REUSEADDR: 2,
  SO_TYPE: 3,
  SO_ERROR: 4,
  SO_BROADCAST: 6,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_KEEPALIVE: 9,
  SO_LINGER: 13,
  SO_REUSEPORT: 15,
  SO_ACCEPTCONN: 30,
  IPPROTO_IP: 0,
  IPPROTO_TCP: 6,
  IPPROTO_IPV6: 41,
  IP_TOS: 1,
  IP_TTL: 2,
  IPV6_UNICAST_HOPS: 16,
  IPV6_V6ONLY: 26,
  IPV6_TCLASS: 67,
  TCP_NODELAY: 1,
  TCP_KEEPIDLE: 4,
  TCP_KEEPINTVL: 5,
  TCP_KEEPCNT: 6,
  TCP_QUICKACK: 12,
  F_GETFL: 3,
  F_SETFL: 4,
  F_DUPFD_CLOEXEC: 1030,
  O_NONBLOCK: 0x800,
  O_CLOEXEC: 0x80000,
  EPOLL_CLOEXEC: 0x80000,
  EPOLL_CTL_ADD: 1,
  EPOLL_CTL_DEL: 2,
  EPOLLIN: 0x1,
  EPOLLPRI: 0x2,
  EPOLLOUT: 0x4,
  EPOLLERR: 0x8,
  EPOLLHUP: 0x10,
  EPOLLRDHUP: 0x2000,
  EFD_CLOEXEC: 0x80000,
  EFD_NONBLOCK: 0x800,
  CLOCK_MONOTONIC: 1,
  CLOCK_THREAD_CPUTIME_ID: 3,
  EAI_BADFLAGS: -1,
  EAI_NONAME: -2,
  EAI_AGAIN: -3,
  EAI_FAIL: -4,
  EAI_NODATA: -5,
  EAI_FAMILY: -6,
  EAI_SERVICE: -8,
  EAI_MEMORY: -10,
  EAI_SYSTEM: -11,
} as const;

/** The numbers of system calls, of `<sys/syscall.h>`, by processor. */
export const SYSCALLS: Readonly<
  Record<string, { readonly SYS_recvfrom: number; readonly SYS_sendto: number }>
> = {
  "x86_64": { SYS_recvfrom: 45, SYS_sendto: 44 },
  "aarch64": { SYS_recvfrom: 207, SYS_sendto: 206 },
};

/** Sizes and offsets of structs, in bytes. The epoll event is packed on x86-64 only. */
export function layouts(arch: string) {
  const packed = arch === "x86_64";
  return {
    epoll_event: packed ? { size: 12, events: 0, data: 4 } : { size: 16, events: 0, data: 8 },
    sockaddr_in: { size: 16, sin_family: 0, sin_port: 2, sin_addr: 4 },
    sockaddr_in6: {
      size: 28,
      sin6_family: 0,
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
      ai_addr: 24,
      ai_next: 40,
    },
    iovec: { size: 16, iov_base: 0, iov_len: 8 },
    linger: { size: 8, l_onoff: 0, l_linger: 4 },
  };
}

/** The layouts that edo reads or writes. */
export type Layouts = ReturnType<typeof layouts>;

/** Error numbers by name. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOSPC: 28,
  EPIPE: 32,
  ENOTSOCK: 88,
  EDESTADDRREQ: 89,
  EMSGSIZE: 90,
  EPROTOTYPE: 91,
  ENOPROTOOPT: 92,
  EPROTONOSUPPORT: 93,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ENETRESET: 102,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOBUFS: 105,
  EISCONN: 106,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EALREADY: 114,
  EINPROGRESS: 115,
} as const;

const C = CONSTANTS;

/** Everything that the shared half of the backend has to know, for a processor. */
export function linuxAbi(arch: string): UnixAbi & { readonly constants: typeof CONSTANTS } {
  return {
    os: "linux",
    libraries: libcCandidates(arch),
    constants: CONSTANTS,
    layouts: layouts(arch),
    errno: ERRNO,
    options: {
      reuseAddress: [C.SOL_SOCKET, C.SO_REUSEADDR],
      reusePort: [C.SOL_SOCKET, C.SO_REUSEPORT],
      broadcast: [C.SOL_SOCKET, C.SO_BROADCAST],
      keepAlive: [C.SOL_SOCKET, C.SO_KEEPALIVE],
      keepAliveIdle: [C.IPPROTO_TCP, C.TCP_KEEPIDLE],
      keepAliveInterval: [C.IPPROTO_TCP, C.TCP_KEEPINTVL],
      keepAliveCount: [C.IPPROTO_TCP, C.TCP_KEEPCNT],
      noDelay: [C.IPPROTO_TCP, C.TCP_NODELAY],
      quickAck: [C.IPPROTO_TCP, C.TCP_QUICKACK],
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
    wholeLengthFlags: C.MSG_TRUNC,
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
}
