/**
 * Windows on x86-64, and on arm64 by the same tables.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { monotonicClock, threadClock } from "./clock.ts";
import { openLibrary } from "../library.ts";
import { PIPE_CALLS } from "./pipe_calls.ts";
import { WindowsNamedPipes } from "./pipes.ts";
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
  const pipeCalls = openLibrary(["kernel32.dll"], PIPE_CALLS);
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
    namedPipes: (selector) =>
      new WindowsNamedPipes(system, pipeCalls, (selector as WindowsSelector).operations),
    wake: (waker) => wakers.wake(waker),
  };
}
