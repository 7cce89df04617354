/**
 * The description of the Linux backend.
 *
 * @module
 */

import type { Platform } from "../platform.ts";

/** See {@linkcode Platform}. */
export const LINUX_PLATFORM: Platform = {
  os: "linux",
  name: "Linux",
  versions: "glibc or musl",
  architectures: ["x86_64", "aarch64"],
  selector: "epoll, edge-triggered, and eventfd",
  tier: 1,
  tested: [
    "The whole suite on x86-64 with glibc, with every change.",
    "The numbers of x86-64 against the C compiler; those of arm64 and of musl where such a compiler " +
    "is installed.",
    "arm64 and musl in the workflow.",
  ],
  differences: [
    "Sizes of socket buffers are reported twice as large as they were set.",
    "`setQuickack` is there, and nowhere else.",
  ],
};
