/**
 * The description of the FreeBSD backend.
 *
 * @module
 */

import type { Platform } from "../platform.ts";

/** See {@linkcode Platform}. */
export const FREEBSD_PLATFORM: Platform = {
  os: "freebsd",
  name: "FreeBSD",
  versions: "12 and later",
  architectures: ["x86_64", "aarch64"],
  selector: "kqueue, one-shot filters and a user event",
  tier: 3,
  tested: [
    "The numbers and prototypes against the headers of FreeBSD, where a compiler has them.",
    "Addresses and records, as pure functions, on every machine.",
    "The selector on Linux, as for macOS.",
    "The whole suite on x86-64 in the workflow, in a virtual machine, which does not block.",
    "Nowhere but there: what only FreeBSD answers.",
  ],
  differences: [
    "An IPv6 socket takes IPv6 peers only, unless `setOnlyV6(false)` is called before it is bound.",
    "`reusePort` is FreeBSD's `SO_REUSEPORT_LB`, which spreads connections as Linux does.",
    "`setQuickack` and `quickack` fail with `ENOPROTOOPT`.",
    "A write to a connection that was reset fails with `EPIPE`, on Linux at first with `ECONNRESET`.",
    "A send of a datagram may fail with `ENOBUFS` where Linux waits.",
    "Sizes of socket buffers are reported as they were set.",
    "Urgent data alone wake nobody: `ready(Interest.PRIORITY)` and `ready(Interest.ERROR)` end with " +
    "the next data. That a peer has ended both directions is told to who reads or writes, and not " +
    "to who only asks whether it can be written.",
  ],
};
