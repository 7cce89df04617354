/**
 * The rules K1 to K6 of the kqueue selector, on a kernel that does as it is told.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR, PRIORITY, READABLE, WRITABLE } from "../../../ffi/backend.ts";
import { KQUEUE as DARWIN } from "../../../ffi/darwin/abi.ts";
import { KQUEUE as FREEBSD } from "../../../ffi/freebsd/abi.ts";
import { CONSTANTS as C } from "../../../ffi/kqueue/abi.ts";
import type { Kevent } from "../../../ffi/kqueue/events.ts";
import type { KqueueSelector } from "../../../ffi/kqueue/selector.ts";
import { ScriptedKernel } from "./_kernel.ts";

const { EVFILT_READ, EVFILT_WRITE } = C;
const BOTH = READABLE | WRITABLE;

/** A selector that watches descriptor 5 as index 0 of generation 3. */
function watching(abi = DARWIN as typeof DARWIN | typeof FREEBSD): {
  kernel: ScriptedKernel;
  selector: KqueueSelector;
} {
  const kernel = new ScriptedKernel(abi);
  kernel.open.add(5);
  const selector = kernel.selector();
  assertEquals(selector.add(5, 0, 3), 0);
  return { kernel, selector };
}

/** An added filter, and the event that it gives. */
function added(filter: number): Kevent {
  const flags = C.EV_ADD | C.EV_ONESHOT;
  return { ident: 5, filter, flags, fflags: 0, index: 0, generation: 3 };
}

function bitsOf(selector: KqueueSelector, count: number): [number, number, number][] {
  return Array.from({ length: count }, (_, i) => [
    selector.index(i),
    selector.generation(i),
    selector.readiness(i),
  ]);
}

Deno.test("K1 arm() adds a one-shot filter for each direction that somebody waits for", () => {
  for (const [interest, ...filters] of [[READABLE, EVFILT_READ], [WRITABLE, EVFILT_WRITE]]) {
    const { kernel, selector } = watching();
    selector.arm(5, 0, 3, interest!);
    selector.poll(0);
    assertEquals(kernel.take(), [filters.map(added)]);
  }
});

Deno.test("K2 poll() hands over the filters and collects events by one call", () => {
  const { kernel, selector } = watching(FREEBSD);
  selector.arm(5, 0, 3, BOTH);
  assertEquals(kernel.take(), []);
  kernel.events = [added(EVFILT_WRITE)];
  assertEquals(bitsOf(selector, selector.poll(0)), [[0, 3, WRITABLE]]);
  assertEquals(kernel.take(), [[added(EVFILT_READ), added(EVFILT_WRITE)]]);
});

Deno.test("K2 arm() while a park is outstanding hands the filter over at once", async () => {
  const { kernel, selector } = watching();
  const parked = new Promise<number>((resolve) => selector.park(-1, resolve));
  selector.arm(5, 0, 3, READABLE);
  const [[change]] = kernel.take() as [[Kevent]];
  assertEquals(change, { ...added(EVFILT_READ), flags: added(EVFILT_READ).flags | C.EV_RECEIPT });
  kernel.events = [added(EVFILT_READ)];
  kernel.endPark();
  assertEquals(bitsOf(selector, await parked), [[0, 3, READABLE]]);
});

Deno.test("K2 more filters than fit into one call are handed over by several", () => {
  const { kernel, selector } = watching();
  for (let index = 1; index <= 300; index++) {
    kernel.open.add(1000 + index);
    selector.add(1000 + index, index, 0);
    selector.arm(1000 + index, index, 0, READABLE);
  }
  selector.poll(0);
  assertEquals(kernel.take().map((changes) => changes.length), [256, 44]);
});

Deno.test("K3 arm() does not add a filter again before its event was collected", () => {
  const { kernel, selector } = watching();
  selector.arm(5, 0, 3, READABLE);
  selector.arm(5, 0, 3, READABLE);
  selector.poll(0);
  selector.arm(5, 0, 3, BOTH);
  kernel.events = [added(EVFILT_READ)];
  selector.poll(0);
  selector.arm(5, 0, 3, BOTH);
  selector.poll(0);
  assertEquals(kernel.take(), [
    [added(EVFILT_READ)],
    [added(EVFILT_WRITE)],
    [added(EVFILT_READ)],
  ]);
});

Deno.test("K4 remove() deletes the filters that are there, and no others", () => {
  const { kernel, selector } = watching();
  selector.arm(5, 0, 3, BOTH);
  kernel.events = [added(EVFILT_READ)];
  selector.poll(0);
  kernel.take();
  selector.remove(5, 0);
  const [[change], ...others] = kernel.take() as [[Kevent]];
  assertEquals([change.ident, change.filter, change.flags], [5, EVFILT_WRITE, C.EV_DELETE]);
  assertEquals(others, []);
});

Deno.test("K4 remove() of a source that nobody waits for asks nothing of the kernel", () => {
  const { kernel, selector } = watching();
  selector.remove(5, 0);
  assertEquals(kernel.take(), []);
});

Deno.test("K4 remove() hands over what was collected for others first", () => {
  const { kernel, selector } = watching();
  kernel.open.add(6);
  selector.add(6, 1, 0);
  selector.arm(6, 1, 0, READABLE);
  selector.arm(5, 0, 3, READABLE);
  selector.remove(5, 0);
  const [handed, deleted] = kernel.take();
  assertEquals(handed!.map(({ ident }) => ident), [6, 5]);
  assertEquals(deleted!.map(({ ident, flags }) => [ident, flags]), [[5, C.EV_DELETE]]);
  selector.poll(0);
  assertEquals(kernel.take(), [[]]);
});

Deno.test("K5 a poll that takes the wake of a park raises it again", async () => {
  const { kernel, selector } = watching();
  const parked = new Promise<number>((resolve) => selector.park(-1, resolve));
  selector.wake();
  const [[wake]] = kernel.take() as [[Kevent]];
  assertEquals([wake.filter, wake.fflags], [DARWIN.EVFILT_USER, C.NOTE_TRIGGER]);
  kernel.events = [wake];
  assertEquals(selector.index(selector.poll(0) - 1), -1);
  const [, [again]] = kernel.take() as [[], [Kevent]];
  assertEquals(again, wake);
  kernel.events = [wake];
  kernel.endPark();
  await parked;
  assertEquals(kernel.take(), [[]]);
  // The park has taken it: the next wake is a new one.
  selector.wake();
  assertEquals(kernel.take(), [[wake]]);
});

Deno.test("K6 a filter that is refused is reported, and can be added again", () => {
  const { kernel, selector } = watching(FREEBSD);
  kernel.refusals.set(5, 9);
  selector.arm(5, 0, 3, READABLE);
  kernel.open.add(6);
  selector.add(6, 1, 0);
  selector.arm(6, 1, 0, READABLE);
  selector.remove(6, 1); // hands over both
  kernel.take();
  assertEquals(bitsOf(selector, selector.poll(5)), [[0, 3, ERROR | BOTH]]);
  assertEquals(selector.poll(0), 0);
  selector.arm(5, 0, 3, READABLE);
  kernel.take();
  selector.poll(0);
  assertEquals(kernel.take(), [[added(EVFILT_READ)]]);
});

Deno.test("K6 a refusal while a park is outstanding ends it", async () => {
  const { kernel, selector } = watching();
  kernel.refusals.set(5, 9);
  const parked = new Promise<number>((resolve) => selector.park(-1, resolve));
  selector.arm(5, 0, 3, READABLE);
  const [, [wake]] = kernel.take() as [[], [Kevent]];
  assertEquals(wake.fflags, C.NOTE_TRIGGER);
  kernel.endPark();
  assertEquals(bitsOf(selector, await parked), [[0, 3, ERROR | BOTH]]);
});

Deno.test("an event of a predecessor does not disarm the successor", () => {
  const { kernel, selector } = watching();
  selector.arm(5, 0, 3, READABLE);
  selector.poll(0);
  selector.remove(5, 0);
  selector.add(5, 0, 4);
  selector.arm(5, 0, 4, READABLE);
  kernel.events = [added(EVFILT_READ)];
  assertEquals(bitsOf(selector, selector.poll(0)), [[0, 3, READABLE]]);
  kernel.take();
  selector.remove(5, 0);
  assertEquals(kernel.take().flat().map(({ flags }) => flags), [C.EV_DELETE]);
});

Deno.test("arm() for urgent data adds the filter of macOS, and FreeBSD's reader stands for it", () => {
  const urgent = { ...added(DARWIN.urgent.filter), fflags: DARWIN.urgent.fflags };
  const mac = watching();
  mac.selector.arm(5, 0, 3, PRIORITY);
  mac.kernel.events = [urgent];
  assertEquals(bitsOf(mac.selector, mac.selector.poll(0)), [[0, 3, PRIORITY | READABLE]]);
  assertEquals(mac.kernel.take(), [[urgent]]);
  const bsd = watching(FREEBSD);
  bsd.selector.arm(5, 0, 3, PRIORITY);
  bsd.kernel.events = [added(EVFILT_READ)];
  assertEquals(bitsOf(bsd.selector, bsd.selector.poll(0)), [[0, 3, PRIORITY | READABLE]]);
  assertEquals(bsd.kernel.take(), [[added(EVFILT_READ)]]);
});

Deno.test("arm() for errors alone is answered by the reader's next event, once", () => {
  const { kernel, selector } = watching();
  selector.arm(5, 0, 3, ERROR);
  kernel.events = [added(EVFILT_READ)];
  assertEquals(bitsOf(selector, selector.poll(0)), [[0, 3, ERROR | READABLE]]);
  kernel.events = [added(EVFILT_READ)];
  assertEquals(bitsOf(selector, selector.poll(0)), [[0, 3, READABLE]]);
});

Deno.test("watchWaker() gives the kqueue itself, which outlives the selector", () => {
  const { kernel, selector } = watching();
  const waker = selector.watchWaker(-1);
  assert(kernel.open.has(waker));
  selector.arm(5, 0, 3, READABLE);
  selector.poll(0);
  kernel.take();
  selector.close();
  assert(kernel.open.has(waker));
  assertEquals(kernel.take().flat().map(({ flags }) => flags), [C.EV_DELETE]);
  assertEquals(kernel.blocks, 0);
});

Deno.test("close() closes a kqueue that is no waker, and frees its memory", () => {
  const { kernel, selector } = watching();
  kernel.open.delete(5);
  selector.close();
  assertEquals([kernel.open.size, kernel.blocks], [0, 0]);
});

Deno.test("watchWaker() of a number takes that kqueue over, with the filters there are", () => {
  const { kernel, selector } = watching();
  selector.arm(5, 0, 3, READABLE);
  selector.poll(0);
  const own = kernel.calls[0]!.kq;
  kernel.take();
  kernel.open.add(77);
  assertEquals(selector.watchWaker(77), 77);
  assert(!kernel.open.has(own));
  selector.poll(0);
  assertEquals(kernel.calls.map(({ kq, changes }) => [kq, changes]), [[77, [added(EVFILT_READ)]]]);
});

Deno.test("watchWaker() of a number is refused while a park is outstanding", async () => {
  const { kernel, selector } = watching();
  const parked = new Promise<number>((resolve) => selector.park(-1, resolve));
  assertThrows(() => selector.watchWaker(77), Error, "a park is outstanding");
  kernel.endPark();
  await parked;
});

Deno.test("park() has a time limit unless it is told to have none", async () => {
  const { kernel, selector } = watching();
  for (const [timeout, limited] of [[-1, false], [5, true]] as const) {
    kernel.calls = [];
    const parked = new Promise<number>((resolve) => selector.park(timeout, resolve));
    kernel.endPark();
    await parked;
    assertEquals(kernel.calls.map((call) => call.limited), [limited]);
  }
});
