/**
 * The numbers of kqueue: those that all systems share, and the shape of what differs.
 *
 * @module
 */

import type { Layout } from "../unix/abi.ts";

/** Constants of `<sys/event.h>` that are the same everywhere. */
export const CONSTANTS = {
  EVFILT_READ: -1,
  EVFILT_WRITE: -2,
  EV_ADD: 0x1,
  EV_DELETE: 0x2,
  EV_ONESHOT: 0x10,
  EV_CLEAR: 0x20,
  EV_RECEIPT: 0x40,
  EV_ERROR: 0x4000,
  EV_EOF: 0x8000,
  NOTE_TRIGGER: 0x01000000,
} as const;

/** In what the kqueues of two systems differ. */
export interface KqueueAbi {
  /** `struct kevent`: FreeBSD's has 32 bytes of extensions at its end, which stay zero. */
  readonly kevent: Layout<"ident" | "filter" | "flags" | "fflags" | "data" | "udata">;
  /** The filter whose events programs raise themselves. */
  readonly EVFILT_USER: number;
  /** The filter that tells of urgent data, and its flags, where there is one. */
  readonly urgent: { readonly filter: number; readonly fflags: number } | undefined;
}
