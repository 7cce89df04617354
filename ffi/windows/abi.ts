/**
 * The numbers of Windows: constants, struct layouts and status codes, the same on x86-64 and arm64.
 * `tests/ffi/windows_layout_test.ts` compares those that headers have with the C compiler.
 *
 * @module
 */

/** Constants of `<winsock2.h>`, `<ws2tcpip.h>`, `<mswsock.h>`, `<mstcpip.h>`, `<winternl.h>`. */
export const CONSTANTS = {
  AF_UNSPEC: 0,
  AF_INET: 2,
  AF_INET6: 23,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  FROM_PROTOCOL_INFO: -1,
  WSA_FLAG_OVERLAPPED: 0x1,
  WSA_FLAG_NO_HANDLE_INHERIT: 0x80,
  MSG_PEEK: 0x2,
  SD_RECEIVE: 0,
  SD_SEND: 1,
  SD_BOTH: 2,
  SOL_SOCKET: 0xffff,
  SO_ACCEPTCONN: 0x2,
  SO_REUSEADDR: 0x4,
  SO_EXCLUSIVEADDRUSE: -5,
  SO_KEEPALIVE: 0x8,
  SO_BROADCAST: 0x20,
  SO_LINGER: 0x80,
  SO_SNDBUF: 0x1001,
  SO_RCVBUF: 0x1002,
  SO_ERROR: 0x1007,
  SO_TYPE: 0x1008,
  SO_PROTOCOL_INFOW: 0x2005,
  IPPROTO_IP: 0,
  IPPROTO_TCP: 6,
  IPPROTO_UDP: 17,
  IPPROTO_IPV6: 41,
  IP_TOS: 3,
  IP_TTL: 4,
  IPV6_UNICAST_HOPS: 4,
  IPV6_V6ONLY: 27,
  TCP_NODELAY: 1,
  FILE_OPEN: 1,
  FILE_SHARE_READ: 1,
  FILE_SHARE_WRITE: 2,
  SYNCHRONIZE: 0x100000,
  HANDLE_FLAG_INHERIT: 1,
  HEAP_ZERO_MEMORY: 8,
  PAGE_READWRITE: 4,
  FILE_MAP_WRITE: 2,
} as const;

/** Constants that not every header has: newer than it, or of no public one. */
export const NEWER = {
  FIONBIO: 0x8004667e | 0,
  SIO_UDP_CONNRESET: 0x9800000c | 0,
  SIO_BASE_HANDLE: 0x48000022,
  SIO_BSP_HANDLE: 0x4800001b,
  SIO_BSP_HANDLE_SELECT: 0x4800001c,
  SIO_BSP_HANDLE_POLL: 0x4800001d,
  TCP_KEEPIDLE: 3,
  TCP_KEEPCNT: 16,
  TCP_KEEPINTVL: 17,
  IPV6_TCLASS: 39,
  /** Of SetFileCompletionNotificationModes: nobody waits on the handle itself. */
  FILE_SKIP_SET_EVENT_ON_HANDLE: 2,
  IOCTL_AFD_POLL: 0x12024,
} as const;

/** What a poll of `\Device\Afd` waits for and reports. */
export const AFD = {
  RECEIVE: 0x1,
  RECEIVE_EXPEDITED: 0x2,
  SEND: 0x4,
  DISCONNECT: 0x8,
  ABORT: 0x10,
  LOCAL_CLOSE: 0x20,
  ACCEPT: 0x80,
  CONNECT_FAIL: 0x100,
} as const;

/** Results of the functions of ntdll, as signed numbers. */
export const STATUS = {
  SUCCESS: 0,
  TIMEOUT: 0x102,
  PENDING: 0x103,
  CANCELLED: 0xc0000120 | 0,
} as const;

/** Sizes and offsets of structs, in bytes. */
export const LAYOUTS = {
  sockaddr_in: { size: 16, sin_family: 0, sin_port: 2, sin_addr: 4 },
  sockaddr_in6: {
    size: 28,
    sin6_family: 0,
    sin6_port: 2,
    sin6_flowinfo: 4,
    sin6_addr: 8,
    sin6_scope_id: 24,
  },
  ADDRINFOW: {
    size: 48,
    ai_flags: 0,
    ai_family: 4,
    ai_socktype: 8,
    ai_addrlen: 16,
    ai_addr: 32,
    ai_next: 40,
  },
  LINGER: { size: 4, l_onoff: 0, l_linger: 2 },
  WSABUF: { size: 16, len: 0, buf: 8 },
  WSADATA: { size: 408 },
  WSAPROTOCOL_INFOW: { size: 628, iAddressFamily: 76, iSocketType: 88 },
  OVERLAPPED: { size: 32, Internal: 0, InternalHigh: 8, Offset: 16, OffsetHigh: 20, hEvent: 24 },
  OVERLAPPED_ENTRY: {
    size: 32,
    lpCompletionKey: 0,
    lpOverlapped: 8,
    Internal: 16,
    dwNumberOfBytesTransferred: 24,
  },
  IO_STATUS_BLOCK: { size: 16, Status: 0, Information: 8 },
  UNICODE_STRING: { size: 16, Length: 0, MaximumLength: 2, Buffer: 8 },
  OBJECT_ATTRIBUTES: { size: 48, Length: 0, RootDirectory: 8, ObjectName: 16, Attributes: 24 },
} as const;

/** What addresses need of it. */
export const ABI = { constants: CONSTANTS, layouts: LAYOUTS } as const;

/** Structs of no public header. */
export const PRIVATE_LAYOUTS = {
  AFD_POLL_INFO: {
    size: 32,
    Timeout: 0,
    NumberOfHandles: 8,
    Exclusive: 12,
    Handle: 16,
    Events: 24,
    Status: 28,
  },
  THREAD_BASIC_INFORMATION: { size: 48, TebBaseAddress: 8 },
  TEB: { LastErrorValue: 0x68 },
} as const;
