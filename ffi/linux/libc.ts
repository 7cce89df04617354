/**
 * The functions of libc that only Linux has, or that it declares in its own way, as glibc and musl
 * both have them.
 *
 * @module
 */

import type { Bound, SymbolTable } from "../native.ts";
import { LIBC } from "../unix/libc.ts";

/** Every symbol with its prototype, its failure, its thread and how long buffers must live. */
export const LINUX = {
  ...LIBC,

  // FFI: int *__errno_location(void)
  // Fails: never. The cell belongs to the calling thread and lives as long as it. No buffer.
  errno_cell: { name: "__errno_location", parameters: [], result: "pointer" },

  // FFI: int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
  // Fails with -1 and errno. Any thread. The buffers are written before it returns.
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" },

  // FFI: long syscall(long number, int fd, void *buf, size_t len, int flags, size_t address, size_t length)
  // Fails with -1 and errno. Any thread. The buffer is read or written before it returns. Variadic,
  // which Linux's ABIs pass alike; there is no address (0), and numbers fill whole registers.
  syscall: { parameters: ["u32", "i32", "buffer", "u32", "i32", "u32", "u32"], result: "i32" },

  // FFI: int fcntl(int fd, int cmd, int arg)
  // Fails with -1 and errno. Any thread. No buffer. Variadic, which Linux's ABIs pass alike.
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },

  // FFI: int dup3(int oldfd, int newfd, int flags)
  // Fails with -1 and errno. Any thread. No buffer.
  dup3: { parameters: ["i32", "i32", "i32"], result: "i32" },

  // FFI: int epoll_create1(int flags)
  // Fails with -1 and errno. Any thread. No buffer.
  epoll_create1: { parameters: ["i32"], result: "i32" },

  // FFI: int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
  // Fails with -1 and errno. Any thread. The buffer is read before it returns.
  epoll_ctl: { parameters: ["i32", "i32", "i32", "pointer"], result: "i32" },

  // FFI: int epoll_wait(int epfd, struct epoll_event *events, int max, int timeout)
  // Fails with -1 and errno. Any thread. The buffer is written before it returns.
  epoll_wait: { parameters: ["i32", "pointer", "i32", "i32"], result: "i32" },

  // FFI: int epoll_wait(int epfd, struct epoll_event *events, int max, int timeout)
  // Fails with -1; errno is out of reach. Runs on a thread of the host's pool. The buffer is
  // native memory that must live until the promise has settled.
  epoll_wait_elsewhere: {
    name: "epoll_wait",
    parameters: ["i32", "pointer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },

  // FFI: int eventfd(unsigned int initval, int flags)
  // Fails with -1 and errno. Any thread. No buffer.
  eventfd: { parameters: ["u32", "i32"], result: "i32" },

  // FFI: ssize_t write(int fd, const void *buf, size_t count)
  // Fails with -1 and errno. Any thread. The buffer is read before it returns.
  write: { parameters: ["i32", "pointer", "u32"], result: "i32" },

  // FFI: ssize_t read(int fd, void *buf, size_t count)
  // Fails with -1 and errno. Any thread. The buffer is written before it returns.
  read: { parameters: ["i32", "pointer", "u32"], result: "i32" },
} as const satisfies SymbolTable;

/** The bound functions. */
export type LinuxLibc = Bound<typeof LINUX>;
