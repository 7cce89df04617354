/**
 * The description of the Windows backend.
 *
 * @module
 */

import type { Platform } from "../platform.ts";

/** See {@linkcode Platform}. */
export const WINDOWS_PLATFORM: Platform = {
  os: "windows",
  name: "Windows",
  versions: "10 and later",
  architectures: ["x86_64", "aarch64"],
  selector: "a completion port, with polls of `\\Device\\Afd`",
  tier: 2,
  tested: [
    "The whole suite on x86-64 with Deno for Windows under Wine, with every change.",
    "The whole suite on Windows itself, on x86-64, in the workflow, which does not block.",
    "arm64 has the same tables and has been run nowhere.",
  ],
  differences: [
    "A listener's address is its own without an option; `reuseAddress` lets another socket take it.",
    "There is no `reusePort`: `bind` fails with `ENOPROTOOPT`.",
    "`setQuickack` and `quickack` fail with `ENOPROTOOPT`.",
    "A connected UDP socket is not told that its datagram was refused.",
    "A connection that was reset before it was accepted is not accepted.",
    "That a peer has ended both directions is told to who reads or writes, and not to who only asks " +
    "whether it can be written.",
    "The times of keep-alive need Windows 10 of 2017 (1709); before it, setting or reading them fails.",
    "`setTos` is remembered; packets are marked by the policies of the system.",
    "Named pipes are there, and nowhere else.",
  ],
};
