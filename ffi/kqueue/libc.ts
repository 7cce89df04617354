/**
 * The functions of kqueue.
 *
 * @module
 */

import type { Bound, SymbolTable } from "../native.ts";

/** Every symbol with its prototype, its failure, its thread and how long buffers must live. */
export const KQUEUE = {
  // FFI: int kqueue(void)
  // Fails with -1 and errno. Any thread. No buffer.
  kqueue: { parameters: [], result: "i32" },

  // FFI: int kevent(int kq, const struct kevent *changes, int nchanges, struct kevent *events, int nevents, const struct timespec *timeout)
  // Fails with -1 and errno. Any thread. The buffers are read and written before it returns.
  kevent: { parameters: ["i32", "pointer", "i32", "pointer", "i32", "pointer"], result: "i32" },

  // FFI: int kevent(int kq, const struct kevent *changes, int nchanges, struct kevent *events, int nevents, const struct timespec *timeout)
  // Fails with -1; errno is out of reach. Runs on a thread of the host's pool. The buffers are
  // native memory that must live until the promise has settled.
  kevent_elsewhere: {
    name: "kevent",
    parameters: ["i32", "pointer", "i32", "pointer", "i32", "pointer"],
    result: "i32",
    nonblocking: true,
  },
} as const satisfies SymbolTable;

/** The bound functions. */
export type KqueueLibc = Bound<typeof KQUEUE>;
