/**
 * Linux on x86-64 and arm64, with glibc or musl.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { layouts } from "./abi.ts";
import { EpollSelector } from "./epoll.ts";
import { System } from "./libc.ts";
import { LinuxResolver } from "./resolver.ts";
import { LinuxSockets } from "./sockets.ts";

/** Opens the backend for a processor architecture, as `"x86_64"`. */
export function linux(arch: string): Backend {
  const system = new System(arch);
  const abi = layouts(arch);
  return {
    os: "linux",
    sockets: new LinuxSockets(system, abi),
    resolver: new LinuxResolver(system, abi),
    createSelector: () => new EpollSelector(system, abi),
  };
}
