/**
 * What the tests of channels share.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { mpsc } from "../../sync/mod.ts";

/** Takes one value that has to be there. */
export function recvNow<T>(rx: mpsc.AnyReceiver<T>): T {
  return rx.tryRecv();
}

/** Requires that there is nothing to take, and says why. */
export function assertNothing(rx: mpsc.AnyReceiver<unknown>, kind: mpsc.TryRecvError["kind"]) {
  assertEquals(assertThrows(() => rx.tryRecv(), mpsc.TryRecvError).kind, kind);
}

/** Requires that `send` finds the channel full or closed, and answers with the error. */
export function assertNotSent(
  send: () => unknown,
  kind: mpsc.TrySendError["kind"],
): mpsc.TrySendError {
  const error = assertThrows(send, mpsc.TrySendError);
  assertEquals(error.kind, kind);
  return error;
}

/**
 * Whether `target` can be reached from `root` by its properties: what an object is kept alive by is
 * not to be seen without asking for a garbage collection.
 */
export function reaches(root: unknown, target: object): boolean {
  const seen = new Set<unknown>();
  const visit = (value: unknown): boolean => {
    if (value === target) return true;
    if (typeof value !== "object" || value === null || seen.has(value)) return false;
    seen.add(value);
    return Object.values(value).some(visit);
  };
  return visit(root);
}
