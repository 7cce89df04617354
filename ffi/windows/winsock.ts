/**
 * The functions of Winsock that edo calls.
 *
 * A SOCKET is a handle, of which only the lower 32 bits count: see `kernel.ts`. An invalid one has
 * all bits set, which is -1 as `i32`.
 *
 * @module
 */

import type { SymbolTable } from "../native.ts";

/** ws2_32.dll. All of these leave their error to the thread, unless it says otherwise. */
export const WINSOCK = {
  // FFI: int WSAStartup(WORD wVersionRequested, LPWSADATA lpWSAData)
  // Fails with the error as its result. Any thread. The buffer is written before it returns.
  WSAStartup: { parameters: ["u32", "pointer"], result: "i32" },

  // FFI: SOCKET WSASocketW(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo, GROUP g, DWORD dwFlags)
  // Fails with -1 and the last error. Any thread. The buffer is read before it returns.
  WSASocketW: { parameters: ["i32", "i32", "i32", "pointer", "u32", "u32"], result: "i32" },

  // FFI: int WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo)
  // Fails with -1 and the last error. Any thread. The buffer is written before it returns.
  WSADuplicateSocketW: { parameters: ["u32", "u32", "pointer"], result: "i32" },

  // FFI: int closesocket(SOCKET s)
  // Fails with -1 and the last error. Any thread. No buffer.
  closesocket: { parameters: ["u32"], result: "i32" },

  // FFI: int ioctlsocket(SOCKET s, long cmd, u_long *argp)
  // Fails with -1 and the last error. Any thread. The buffer is written before it returns.
  ioctlsocket: { parameters: ["u32", "i32", "pointer"], result: "i32" },

  // FFI: int WSAIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer, LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned, LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
  // Fails with -1 and the last error. Any thread. The buffers are written before it returns.
  // deno-fmt-ignore
  WSAIoctl: {
    parameters: ["u32", "i32", "pointer", "u32", "pointer", "u32", "pointer", "pointer", "pointer"],
    result: "i32",
  },

  // FFI: int bind(SOCKET s, const struct sockaddr *name, int namelen)
  // Fails with -1 and the last error. Any thread. The buffer is read before it returns.
  bind: { parameters: ["u32", "pointer", "i32"], result: "i32" },

  // FFI: int listen(SOCKET s, int backlog)
  // Fails with -1 and the last error. Any thread. No buffer.
  listen: { parameters: ["u32", "i32"], result: "i32" },

  // FFI: int connect(SOCKET s, const struct sockaddr *name, int namelen)
  // Fails with -1 and the last error; WSAEWOULDBLOCK goes on. Any thread. The buffer is read before
  // it returns.
  connect: { parameters: ["u32", "pointer", "i32"], result: "i32" },

  // FFI: SOCKET accept(SOCKET s, struct sockaddr *addr, int *addrlen)
  // Fails with -1 and the last error. Any thread. The buffers are written before it returns.
  accept: { parameters: ["u32", "pointer", "pointer"], result: "i32" },

  // FFI: int recv(SOCKET s, char *buf, int len, int flags)
  // Fails with -1 and the last error. Any thread. The buffer is written before it returns.
  recv: { parameters: ["u32", "buffer", "i32", "i32"], result: "i32" },

  // FFI: int send(SOCKET s, const char *buf, int len, int flags)
  // Fails with -1 and the last error. Any thread. The buffer is read before it returns.
  send: { parameters: ["u32", "buffer", "i32", "i32"], result: "i32" },

  // FFI: int sendto(SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to, int tolen)
  // Fails with -1 and the last error. Any thread. The buffers are read before it returns.
  sendto: { parameters: ["u32", "buffer", "i32", "i32", "pointer", "i32"], result: "i32" },

  // FFI: int WSARecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags, struct sockaddr *lpFrom, LPINT lpFromlen, LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
  // Fails with -1 and the last error. Any thread. Without an OVERLAPPED the buffers, and those that
  // they name, are written before it returns.
  // deno-fmt-ignore
  WSARecvFrom: {
    parameters: [
      "u32", "pointer", "u32", "pointer", "pointer", "pointer", "pointer", "pointer", "pointer",
    ],
    result: "i32",
  },

  // FFI: int WSARecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
  // Fails with -1 and the last error. Any thread. Without an OVERLAPPED the buffers, and those that
  // they name, are written before it returns.
  WSARecv: {
    parameters: ["u32", "pointer", "u32", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },

  // FFI: int WSASend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent, DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
  // Fails with -1 and the last error. Any thread. Without an OVERLAPPED the buffers, and those that
  // they name, are read before it returns.
  WSASend: {
    parameters: ["u32", "pointer", "u32", "pointer", "u32", "pointer", "pointer"],
    result: "i32",
  },

  // FFI: int shutdown(SOCKET s, int how)
  // Fails with -1 and the last error. Any thread. No buffer.
  shutdown: { parameters: ["u32", "i32"], result: "i32" },

  // FFI: int getsockname(SOCKET s, struct sockaddr *name, int *namelen)
  // Fails with -1 and the last error. Any thread. The buffers are written before it returns.
  getsockname: { parameters: ["u32", "pointer", "pointer"], result: "i32" },

  // FFI: int getpeername(SOCKET s, struct sockaddr *name, int *namelen)
  // Fails with -1 and the last error. Any thread. The buffers are written before it returns.
  getpeername: { parameters: ["u32", "pointer", "pointer"], result: "i32" },

  // FFI: int getsockopt(SOCKET s, int level, int optname, char *optval, int *optlen)
  // Fails with -1 and the last error. Any thread. The buffers are written before it returns.
  getsockopt: { parameters: ["u32", "i32", "i32", "pointer", "pointer"], result: "i32" },

  // FFI: int setsockopt(SOCKET s, int level, int optname, const char *optval, int optlen)
  // Fails with -1 and the last error. Any thread. The buffer is read before it returns.
  setsockopt: { parameters: ["u32", "i32", "i32", "pointer", "i32"], result: "i32" },

  // FFI: INT GetAddrInfoW(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints, PADDRINFOW *ppResult)
  // Fails with the error as its result. Runs on a thread of the host's pool. The buffers are native
  // memory that must live until the promise has settled.
  GetAddrInfoW: {
    parameters: ["pointer", "pointer", "pointer", "pointer"],
    result: "i32",
    nonblocking: true,
  },

  // FFI: void FreeAddrInfoW(PADDRINFOW pAddrInfo)
  // Fails: never. Any thread. The buffer is the list that GetAddrInfoW made, once.
  FreeAddrInfoW: { parameters: ["pointer"], result: "void" },
} as const satisfies SymbolTable;
