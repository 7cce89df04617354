/**
 * The scheduler of this isolate. An isolate has one event loop, so it has one scheduler, which all
 * runtimes of the isolate share.
 *
 * @module
 */

import { backend, openedBackend } from "../ffi/choose.ts";
import { installExecutor } from "../future/executor.ts";
import { type Clock, monotonic } from "../time/clock.ts";
import { CurrentThread } from "./current_thread.ts";

/**
 * The host's monotonic clock, which is read through the system's once that is open: in a fifth of
 * the time. Both tick alike; the offset is taken so that the change never puts the clock forward.
 */
const clock: Clock = {
  now() {
    const system = openedBackend();
    if (system === undefined) return monotonic.now();
    offset ??= monotonic.now() - system.monotonic();
    return system.monotonic() + offset;
  },
};

let offset: number | undefined;

/** This isolate's scheduler. */
export const isolate: CurrentThread = new CurrentThread({
  selector: () => backend().createSelector(),
  clock,
});

installExecutor(isolate);
