/**
 * The functions of libc that edo calls on every Unix.
 *
 * `size_t` and `socklen_t` arguments are declared 32 bits wide: the ABIs pass them in a register
 * whose upper half a 32-bit move clears, no length of edo's exceeds 2³¹, and a 64-bit parameter
 * costs 80 ns more per call. Scratch memory that lives as long as the isolate goes by `pointer`,
 * a user's memory by `buffer`.
 *
 * @module
 */

import type { Bound, SymbolTable } from "../native.ts";

/** Every symbol with its prototype, its failure, its thread and how long buffers must live. */
export const LIBC = {
  // FFI: void *malloc(size_t size)
  // Fails with NULL. Any thread. The buffer it makes lives until free().
  malloc: { parameters: ["u32"], result: "pointer" },

  // FFI: void free(void *ptr)
  // Fails: never. Any thread. The buffer must not be in use by the kernel or another thread.
  free: { parameters: ["pointer"], result: "void" },

  // FFI: int socket(int domain, int type, int protocol)
  // Fails with -1 and errno. Any thread. No buffer.
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },

  // FFI: int close(int fd)
  // Fails with -1 and errno; the descriptor is gone all the same. Any thread. No buffer.
  close: { parameters: ["i32"], result: "i32" },

  // FFI: int bind(int fd, const struct sockaddr *addr, socklen_t len)
  // Fails with -1 and errno. Any thread. The buffer is read before it returns.
  bind: { parameters: ["i32", "pointer", "u32"], result: "i32" },

  // FFI: int listen(int fd, int backlog)
  // Fails with -1 and errno. Any thread. No buffer.
  listen: { parameters: ["i32", "i32"], result: "i32" },

  // FFI: int connect(int fd, const struct sockaddr *addr, socklen_t len)
  // Fails with -1 and errno; EINPROGRESS goes on. Any thread. The buffer is read before it returns.
  connect: { parameters: ["i32", "pointer", "u32"], result: "i32" },

  // FFI: ssize_t recv(int fd, void *buf, size_t len, int flags)
  // Fails with -1 and errno. Any thread. The buffer is written before it returns.
  recv: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },

  // FFI: ssize_t send(int fd, const void *buf, size_t len, int flags)
  // Fails with -1 and errno. Any thread. The buffer is read before it returns.
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },

  // FFI: ssize_t recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *, socklen_t *)
  // Fails with -1 and errno. Any thread. The buffers are written before it returns.
  recvfrom: { parameters: ["i32", "buffer", "u32", "i32", "pointer", "pointer"], result: "i32" },

  // FFI: ssize_t sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *, socklen_t)
  // Fails with -1 and errno. Any thread. The buffers are read before it returns.
  sendto: { parameters: ["i32", "buffer", "u32", "i32", "pointer", "u32"], result: "i32" },

  // FFI: ssize_t readv(int fd, const struct iovec *iov, int iovcnt)
  // Fails with -1 and errno. Any thread. The buffers named by iov are written before it returns.
  readv: { parameters: ["i32", "pointer", "i32"], result: "i32" },

  // FFI: ssize_t writev(int fd, const struct iovec *iov, int iovcnt)
  // Fails with -1 and errno (SIGPIPE is ignored by the host). Any thread. The buffers named by
  // iov are read before it returns.
  writev: { parameters: ["i32", "pointer", "i32"], result: "i32" },

  // FFI: int shutdown(int fd, int how)
  // Fails with -1 and errno. Any thread. No buffer.
  shutdown: { parameters: ["i32", "i32"], result: "i32" },

  // FFI: int getsockname(int fd, struct sockaddr *addr, socklen_t *len)
  // Fails with -1 and errno. Any thread. The buffers are written before it returns.
  getsockname: { parameters: ["i32", "pointer", "pointer"], result: "i32" },

  // FFI: int getpeername(int fd, struct sockaddr *addr, socklen_t *len)
  // Fails with -1 and errno. Any thread. The buffers are written before it returns.
  getpeername: { parameters: ["i32", "pointer", "pointer"], result: "i32" },

  // FFI: int getsockopt(int fd, int level, int name, void *value, socklen_t *len)
  // Fails with -1 and errno. Any thread. The buffers are written before it returns.
  getsockopt: { parameters: ["i32", "i32", "i32", "pointer", "pointer"], result: "i32" },

  // FFI: int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
  // Fails with -1 and errno. Any thread. The buffer is read before it returns.
  setsockopt: { parameters: ["i32", "i32", "i32", "pointer", "u32"], result: "i32" },

  // FFI: int clock_gettime(clockid_t clock, struct timespec *time)
  // Fails with -1 and errno. Any thread. The buffer is written before it returns.
  clock_gettime: { parameters: ["i32", "pointer"], result: "i32" },

  // FFI: int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res)
  // Fails with an EAI_ code as its result. Runs on a thread of the host's pool. The buffers are
  // native memory that must live until the promise has settled.
  getaddrinfo: {
    parameters: ["pointer", "pointer", "pointer", "pointer"],
    result: "i32",
    nonblocking: true,
  },

  // FFI: void freeaddrinfo(struct addrinfo *res)
  // Fails: never. Any thread. The buffer is the list that getaddrinfo made, once.
  freeaddrinfo: { parameters: ["pointer"], result: "void" },
} as const satisfies SymbolTable;

/** The bound functions. */
export type Libc = Bound<typeof LIBC>;
