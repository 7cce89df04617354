/**
 * The end of the process.
 *
 * @module
 */

import { nodeProcess } from "./kind.ts";

/**
 * Calls back when Node's process ends, which waits for its threads to end first: one of edo's that
 * waits for the system has to be woken. Other hosts end without.
 *
 * @param callback Must not wait for anything.
 */
export function atProcessExit(callback: () => void): void {
  nodeProcess()?.on?.("exit", callback);
}
