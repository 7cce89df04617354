/**
 * The scheduler of this isolate. An isolate has one event loop, so it has one scheduler, which all
 * runtimes of the isolate share.
 *
 * @module
 */

import { backend, preload } from "../ffi/choose.ts";
import { installExecutor } from "../future/executor.ts";
import { monotonic } from "../time/clock.ts";
import { CurrentThread } from "./current_thread.ts";

preload();

/** This isolate's scheduler. */
export const isolate: CurrentThread = new CurrentThread({
  selector: () => backend().createSelector(),
  clock: monotonic,
});

installExecutor(isolate);
