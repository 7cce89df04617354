/**
 * The functions of libc that only macOS has, or that it declares in its own way.
 *
 * @module
 */

import { KQUEUE } from "../kqueue/libc.ts";
import type { SymbolTable } from "../native.ts";
import { LIBC } from "../unix/libc.ts";
import { RECVMSG } from "../unix/whole_datagrams.ts";

/** Every symbol but `fcntl`, with its prototype, failure, thread and the lifetime of buffers. */
export const DARWIN = {
  ...LIBC,
  ...KQUEUE,
  ...RECVMSG,

  // FFI: int *__error(void)
  // Fails: never. The cell belongs to the calling thread and lives as long as it. No buffer.
  errno_cell: { name: "__error", parameters: [], result: "pointer" },

  // FFI: int accept(int fd, struct sockaddr *addr, socklen_t *len)
  // Fails with -1 and errno. Any thread. The buffers are written before it returns.
  accept: { parameters: ["i32", "pointer", "pointer"], result: "i32" },
} as const satisfies SymbolTable;

/** On x86-64 a variadic argument is passed like any other. */
export const FCNTL = {
  // FFI: int fcntl(int fd, int cmd, int arg)
  // Fails with -1 and errno. Any thread. No buffer.
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
} as const satisfies SymbolTable;

/**
 * On arm64 variadic arguments are passed on the stack, whatever registers are free. Six arguments
 * that nobody reads fill the registers x2 to x7, so that the ninth is the first on the stack.
 */
export const FCNTL_ON_STACK = {
  // FFI: int fcntl(int fd, int cmd, int x2, int x3, int x4, int x5, int x6, int x7, long arg)
  // Fails with -1 and errno. Any thread. No buffer.
  fcntl: {
    parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i64"],
    result: "i32",
  },
} as const satisfies SymbolTable;
