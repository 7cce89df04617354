/**
 * The description of the macOS backend.
 *
 * @module
 */

import type { Platform } from "../platform.ts";

/** See {@linkcode Platform}. */
export const DARWIN_PLATFORM: Platform = {
  os: "darwin",
  name: "macOS",
  versions: "12 and later",
  architectures: ["x86_64", "aarch64"],
  selector: "kqueue, one-shot filters and a user event",
  tier: 3,
  tested: [
    "The numbers and prototypes against the headers of macOS, where a compiler has them.",
    "Addresses, records and the steps that make a socket non-blocking, as pure functions, on every " +
    "machine.",
    "The selector and the steps on Linux, with libkqueue and Linux's sockets, where `EDO_LIBKQUEUE` " +
    "names the library: the conformance suite and the suites of `net/` and `reactor/`.",
    "The whole suite on x86-64 and arm64 in the workflow, which does not block.",
    "Nowhere but there: the variadic argument of `fcntl` on arm64, and what only macOS answers.",
  ],
  differences: [
    "A socket is made non-blocking and closed in child processes by calls after it was opened, " +
    "because no flags do it. A process that another thread starts in between inherits it.",
    "`reusePort` lets sockets share an address, but connections are not spread: one of them gets all.",
    "`setQuickack` and `quickack` fail with `ENOPROTOOPT`.",
    "Options of a connection that the peer has reset fail with `EINVAL`.",
    "A write to a connection that was reset fails with `EPIPE`, on Linux at first with `ECONNRESET`.",
    "A send of a datagram may fail with `ENOBUFS` where Linux waits.",
    "Sizes of socket buffers are reported as they were set.",
    "`ready(Interest.ERROR)` also ends with the next data. That a peer has ended both directions is " +
    "told to who reads or writes, and not to who only asks whether it can be written.",
    "The clock does not count while the machine sleeps.",
  ],
};
