/**
 * The numbers that macOS and FreeBSD have in common, from 4.4BSD on.
 *
 * @module
 */

import type { OptionName, UnixAbi } from "../unix/abi.ts";

/** Constants of `<sys/socket.h>`, `<netinet/*.h>`, `<fcntl.h>`, `<netdb.h>`. */
export const CONSTANTS = {
  AF_UNSPEC: 0,
  AF_INET: 2,
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
  IPPROTO_IP: 0,
  IPPROTO_TCP: 6,
  IPPROTO_IPV6: 41,
  IP_TOS: 3,
  IP_TTL: 4,
  IPV6_UNICAST_HOPS: 4,
  IPV6_V6ONLY: 27,
  TCP_NODELAY: 1,
  F_GETFD: 1,
  F_GETFL: 3,
  F_SETFL: 4,
  O_NONBLOCK: 0x4,
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

const C = CONSTANTS;

/** The options of sockets, but for those whose numbers differ. */
export function options(
  own: Readonly<
    Record<
      "reusePort" | "keepAliveIdle" | "keepAliveInterval" | "keepAliveCount" | "trafficClass",
      OptionName
    >
  >,
): UnixAbi["options"] {
  return {
    ...own,
    reuseAddress: [C.SOL_SOCKET, C.SO_REUSEADDR],
    broadcast: [C.SOL_SOCKET, C.SO_BROADCAST],
    keepAlive: [C.SOL_SOCKET, C.SO_KEEPALIVE],
    noDelay: [C.IPPROTO_TCP, C.TCP_NODELAY],
    quickAck: undefined,
    sendBufferSize: [C.SOL_SOCKET, C.SO_SNDBUF],
    receiveBufferSize: [C.SOL_SOCKET, C.SO_RCVBUF],
    ttl: [C.IPPROTO_IP, C.IP_TTL],
    hopLimit: [C.IPPROTO_IPV6, C.IPV6_UNICAST_HOPS],
    typeOfService: [C.IPPROTO_IP, C.IP_TOS],
    v6Only: [C.IPPROTO_IPV6, C.IPV6_V6ONLY],
  };
}

/** What the answers of the resolver are called. */
export const RESOLVER_CODES: UnixAbi["resolverCodes"] = {
  [C.EAI_NONAME]: "ENOTFOUND",
  [C.EAI_NODATA]: "ENOTFOUND",
  [C.EAI_AGAIN]: "EAI_AGAIN",
  [C.EAI_FAIL]: "EAI_FAIL",
  [C.EAI_MEMORY]: "ENOMEM",
  [C.EAI_SYSTEM]: "EAI_SYSTEM",
};
