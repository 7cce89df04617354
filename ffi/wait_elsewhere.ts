/**
 * Waiting for events on another thread, and what is done where that thread cannot be started.
 *
 * @module
 */

import { host } from "../host/global.ts";
import { threadModule } from "../host/thread.ts";
import { FfiUnavailableError } from "./unavailable.ts";

/** In milliseconds: how often is looked for events that no thread can wait for. */
const LOOK_MS = 10;

/** The module that no thread could run, of the last failure. */
let failed: { readonly module: string | undefined } | undefined;

/**
 * Waits on another thread. Where none can be started, as in a program whose bundler has moved the
 * module that it would run, it says so once and looks by the clock, until another module is named.
 *
 * @param wait Makes the call on another thread.
 * @param timeoutMs How long the call would wait at most; -1 is no limit.
 * @param look Makes the call here, without waiting.
 */
export async function waitElsewhere<T>(
  wait: () => Promise<T>,
  timeoutMs: number,
  look: () => T,
): Promise<T> {
  const module = threadModule();
  if (failed === undefined || failed.module !== module) {
    try {
      return await wait();
    } catch (error) {
      if (!(error instanceof FfiUnavailableError)) throw error;
      failed = { module };
      host.process?.emitWarning?.(
        `edo looks for events every ${LOOK_MS} ms, as no thread can wait for them: ${error.message}`,
      );
    }
  }
  const patience = timeoutMs < 0 ? LOOK_MS : Math.min(timeoutMs, LOOK_MS);
  await new Promise((resolve) => setTimeout(resolve, patience));
  return look();
}
