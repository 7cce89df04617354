/**
 * Wakers that outlive their selectors.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { backend } from "../../ffi/mod.ts";
import { needs } from "../helpers/needs.ts";

// A waker is never closed.
const options = { ...needs("sockets"), sanitizeResources: false };

/** Whether a poll of up to five seconds was ended. */
function wakes(selector: ReturnType<ReturnType<typeof backend>["createSelector"]>): boolean {
  const start = performance.now();
  selector.poll(5000);
  return performance.now() - start < 2500;
}

Deno.test("a waker wakes the selector that watches it now", options, () => {
  const first = backend().createSelector();
  const waker = first.watchWaker(-1);
  backend().wake(waker);
  assert(wakes(first));
  first.close();
  for (let i = 0; i < 3; i++) {
    const next = backend().createSelector();
    assertEquals(next.watchWaker(waker), waker);
    next.poll(0);
    backend().wake(waker);
    assert(wakes(next));
    next.close();
  }
});

Deno.test("a wake between two selectors reaches the successor", options, () => {
  const first = backend().createSelector();
  const waker = first.watchWaker(-1);
  first.close();
  backend().wake(waker);
  backend().wake(waker);
  const second = backend().createSelector();
  second.watchWaker(waker);
  assert(wakes(second));
  second.close();
});

Deno.test("wakers of two selectors wake each its own", options, () => {
  const selectors = [backend().createSelector(), backend().createSelector()];
  const wakers = selectors.map((selector) => selector.watchWaker(-1));
  backend().wake(wakers[1]!);
  assert(wakes(selectors[1]!));
  const start = performance.now();
  selectors[0]!.poll(20);
  assert(performance.now() - start >= 15, "it was woken by the other's waker");
  for (const selector of selectors) selector.close();
});
