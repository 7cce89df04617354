/**
 * Windows on x86-64, and on arm64 by the same tables.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { monotonicClock, threadClock } from "./clock.ts";
import { WindowsResolver } from "./resolver.ts";
import { WindowsSelector } from "./selector.ts";
import { WindowsSockets } from "./sockets.ts";
import { System } from "./system.ts";
import { Wakers } from "./waker.ts";

/**
 * Opens the backend.
 *
 * @throws {FfiUnavailableError} When a library or a symbol is missing; it names both.
 */
export function windows(): Backend {
  const system = new System();
  const sockets = new WindowsSockets(system);
  const wakers = new Wakers(system);
  return {
    os: "windows",
    sockets,
    resolver: new WindowsResolver(system),
    monotonic: monotonicClock(system),
    threadTime: threadClock(system),
    createSelector: () =>
      new WindowsSelector(
        system,
        wakers,
        (fd) => sockets.baseHandle(fd),
        () => sockets.lastFailure(),
      ),
    wake: (waker) => wakers.wake(waker),
  };
}
