/**
 * The functions of libc that only FreeBSD has, or that it declares in its own way.
 *
 * @module
 */

import { KQUEUE } from "../kqueue/libc.ts";
import type { SymbolTable } from "../native.ts";
import { LIBC } from "../unix/libc.ts";
import { RECVMSG } from "../unix/whole_datagrams.ts";

/** Every symbol with its prototype, its failure, its thread and how long buffers must live. */
export const FREEBSD = {
  ...LIBC,
  ...KQUEUE,
  ...RECVMSG,

  // FFI: int *__error(void)
  // Fails: never. The cell belongs to the calling thread and lives as long as it. No buffer.
  errno_cell: { name: "__error", parameters: [], result: "pointer" },

  // FFI: int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
  // Fails with -1 and errno. Any thread. The buffers are written before it returns.
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" },

  // FFI: int fcntl(int fd, int cmd, int arg)
  // Fails with -1 and errno. Any thread. No buffer. Variadic, which its ABIs pass alike.
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
} as const satisfies SymbolTable;
