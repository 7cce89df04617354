/**
 * What the shared half of the Unix backends has to know of a system: the shape of its table.
 *
 * The three systems agree about C's names and disagree about nearly every number. Each table is
 * plain data, so that all of them can be tested on every machine.
 *
 * @module
 */

import type { SocketOption } from "../backend.ts";

/** Constants that all systems have under the same name. */
export interface UnixConstants {
  readonly AF_UNSPEC: number;
  readonly AF_INET: number;
  readonly AF_INET6: number;
  readonly SOCK_STREAM: number;
  readonly SOCK_DGRAM: number;
  readonly MSG_PEEK: number;
  readonly SHUT_RD: number;
  readonly SHUT_WR: number;
  readonly SHUT_RDWR: number;
  readonly SOL_SOCKET: number;
  readonly SO_TYPE: number;
  readonly SO_ERROR: number;
  readonly F_GETFL: number;
  readonly F_SETFL: number;
  readonly F_DUPFD_CLOEXEC: number;
  readonly O_NONBLOCK: number;
}

/** The size of a struct and the offsets of its fields, in bytes. */
export type Layout<Field extends string> = Readonly<Record<"size" | Field, number>>;

/**
 * The structs that all systems have. `sin_len` and `sin6_len`, the lengths at the head of an
 * address, are not there on Linux.
 */
export type UnixLayouts = Readonly<
  & Record<
    "sockaddr_in",
    Layout<"sin_family" | "sin_port" | "sin_addr"> & Partial<Layout<"sin_len">>
  >
  & Record<
    "sockaddr_in6",
    & Layout<"sin6_family" | "sin6_port" | "sin6_flowinfo" | "sin6_addr" | "sin6_scope_id">
    & Partial<Layout<"sin6_len">>
  >
  & Record<
    "addrinfo",
    Layout<"ai_flags" | "ai_family" | "ai_socktype" | "ai_addrlen" | "ai_addr" | "ai_next">
  >
  & Record<"iovec", Layout<"iov_base" | "iov_len">>
  & Record<"linger", Layout<"l_onoff" | "l_linger">>
>;

/** `struct msghdr`, for systems that need it to tell how long a datagram was. */
export type MessageLayout = Layout<
  | "msg_name"
  | "msg_namelen"
  | "msg_iov"
  | "msg_iovlen"
  | "msg_control"
  | "msg_controllen"
  | "msg_flags"
>;

/** Error numbers by name, among them those that calls are sorted by. */
export type UnixErrno =
  & Readonly<Record<"EINTR" | "EAGAIN" | "EINPROGRESS" | "ENOPROTOOPT" | "ECONNABORTED", number>>
  & Readonly<Record<string, number>>;

/** Level and name of a socket option. */
export type OptionName = readonly [level: number, name: number];

/** Everything in which one Unix differs from another, as far as sockets and names go. */
export interface UnixAbi {
  /** The name of the system, as `"linux"`. */
  readonly os: string;
  /** Sonames and absolute paths of its libc, best first. */
  readonly libraries: readonly string[];
  /** See {@linkcode UnixConstants}. */
  readonly constants: UnixConstants;
  /** See {@linkcode UnixLayouts}. */
  readonly layouts: UnixLayouts;
  /** See {@linkcode UnixErrno}. */
  readonly errno: UnixErrno;
  /** The options that it has. */
  readonly options: Readonly<Record<SocketOption, OptionName | undefined>>;
  /** The option whose value is a `struct linger` with a time in seconds. */
  readonly linger: OptionName;
  /** The option that tells whether a socket listens, and what its value or a failure means. */
  readonly listening: { readonly option: OptionName; isOn(value: number): boolean };
  /** Flags that keep a write to a closed peer from raising SIGPIPE; 0 where a socket option does. */
  readonly sendFlags: number;
  /** Flags that make `recv` answer with the whole length of a datagram; 0 where none do. */
  readonly wholeLengthFlags: number;
  /** An error that only asks to make the call again, as EINTR does; -1 where there is none. */
  readonly retryErrno: number;
  /** For the resolver's failures the codes that Node has for them. */
  readonly resolverCodes: Readonly<Record<number, string>>;
}
