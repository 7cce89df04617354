/**
 * The clock of `@std/testing/time`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { FakeTime, TimeError } from "@std/testing/time";

Deno.test("FakeTime starts where it is told to", () => {
  const starts: [number | string | Date, number][] = [
    [1000, 1000],
    ["2000-01-01T00:00:00Z", 946684800000],
    [new Date(2000), 2000],
  ];
  for (const [start, expected] of starts) {
    using time = new FakeTime(start);
    assertEquals([time.start, time.now], [expected, expected]);
  }
  assertThrows(() => new FakeTime("no date"), TypeError, "invalid start time");
});

Deno.test("FakeTime starts now unless told otherwise", () => {
  const before = Date.now();
  using time = new FakeTime();
  assert(time.start >= before && time.start < before + 1000);
});

Deno.test("FakeTime stands still until it is moved", async () => {
  using time = new FakeTime(1000);
  await time.delay(5);
  assertEquals(Date.now(), 1000);
  time.tick(500);
  time.tick();
  assertEquals([Date.now(), time.now, time.start], [1500, 1500, 1000]);
  assertEquals(new Date().getTime(), 1500);
});

Deno.test("FakeTime replaces Date and leaves its other uses alone", () => {
  const real = Date;
  using _time = new FakeTime(0);
  assert(Date !== real);
  assert(new Date() instanceof Date);
  assert(new Date() instanceof real);
  assert(new real() instanceof Date);
  assertEquals(new Date(5).getTime(), 5);
  assertEquals(new Date(2000, 0, 2).getFullYear(), 2000);
  assertEquals(Date.UTC(1970, 0, 1), 0);
  assertEquals(Date(), new real(0).toString());
});

Deno.test("FakeTime runs a timeout once, when it is due", () => {
  using time = new FakeTime();
  const calls: unknown[][] = [];
  setTimeout((...args: unknown[]) => calls.push(args), 100, 1, 2);
  time.tick(99);
  assertEquals(calls, []);
  time.tick(1);
  time.tick(1000);
  assertEquals(calls, [[1, 2]]);
});

Deno.test("FakeTime runs an interval until it is cleared", () => {
  using time = new FakeTime();
  let calls = 0;
  const interval = setInterval(() => calls++, 100);
  time.tick(350);
  assertEquals(calls, 3);
  clearInterval(interval);
  time.tick(1000);
  assertEquals(calls, 3);
});

Deno.test("FakeTime runs timers in the order of their times, each at its own", () => {
  using time = new FakeTime(0);
  const order: [string, number][] = [];
  const note = (name: string) => order.push([name, Date.now()]);
  setTimeout(note, 300, "c");
  setTimeout(note, 100, "a");
  setTimeout(note, 300, "d");
  setTimeout(() => {
    note("b");
    setTimeout(note, 50, "nested");
  }, 200);
  const late = setTimeout(note, 150, "cleared");
  clearTimeout(late);
  time.tick(1000);
  assertEquals(order, [["a", 100], ["b", 200], ["nested", 250], ["c", 300], ["d", 300]]);
  assertEquals(time.now, 1000);
});

Deno.test("FakeTime does not run timers that are cleared by others", () => {
  using time = new FakeTime();
  let called = false;
  setTimeout(() => clearTimeout(second), 100);
  const second = setTimeout(() => called = true, 100);
  time.tick(100);
  assertFalse(called);
});

Deno.test("FakeTime.next() moves to the next timer", () => {
  using time = new FakeTime(0);
  setTimeout(() => {}, 500);
  clearTimeout(setTimeout(() => {}, 100));
  assert(time.next());
  assertEquals(time.now, 500);
  assertFalse(time.next());
  assertEquals(time.now, 500);
});

Deno.test("FakeTime.runAll() moves on until no timer is left", () => {
  using time = new FakeTime(0);
  let calls = 0;
  const again = () => ++calls < 5 && setTimeout(again, 100);
  again();
  time.runAll();
  assertEquals([calls, time.now], [5, 400]);
});

Deno.test("FakeTime.now can be set, but not back", () => {
  using time = new FakeTime(1000);
  let called = false;
  setTimeout(() => called = true, 100);
  time.now = 1100;
  assert(called);
  assertThrows(() => time.now = 1099, RangeError, "in the past");
});

Deno.test("FakeTime.tickAsync() lets promises settle first", async () => {
  using time = new FakeTime();
  let called = false;
  Promise.resolve().then(() => Promise.resolve()).then(() => setTimeout(() => called = true, 100));
  await time.tickAsync(100);
  assert(called);
});

Deno.test("FakeTime.nextAsync() and runAllAsync() let promises settle first", async () => {
  using time = new FakeTime(0);
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const order: number[] = [];
  const task = (async () => {
    for (const ms of [100, 200, 300]) {
      await sleep(ms);
      order.push(Date.now());
    }
  })();
  assert(await time.nextAsync());
  assertEquals(time.now, 100);
  await time.runMicrotasks();
  await time.runAllAsync();
  await task;
  assertEquals(order, [100, 300, 600]);
  assertFalse(await time.nextAsync());
});

Deno.test("FakeTime passes on what a timer throws, and stops there", () => {
  using time = new FakeTime(0);
  setTimeout(() => {
    throw new Error("Stop");
  }, 100);
  assertThrows(() => time.tick(500), Error, "Stop");
  assertEquals(time.now, 100);
});

Deno.test("FakeTime moves the clock of AbortSignal.timeout()", () => {
  using time = new FakeTime();
  const signal = AbortSignal.timeout(100);
  time.tick(99);
  assertFalse(signal.aborted);
  time.tick(1);
  assert(signal.aborted);
  assertEquals(signal.reason.name, "TimeoutError");
});

Deno.test("FakeTime brings the real clock back", () => {
  const real = { Date, setTimeout, setInterval, timeout: AbortSignal.timeout };
  const time = new FakeTime(0);
  assert(setTimeout !== real.setTimeout);
  FakeTime.restore();
  assert(Date === real.Date && setTimeout === real.setTimeout);
  assert(setInterval === real.setInterval && AbortSignal.timeout === real.timeout);
  assertThrows(() => time.restore(), TimeError, "already restored");
  assertThrows(() => FakeTime.restore(), TimeError, "already restored");
});

Deno.test("FakeTime refuses a second clock", () => {
  const first = new FakeTime();
  assertThrows(() => new FakeTime(), TimeError, "already faked");
  first.restore();
  using _second = new FakeTime();
});

Deno.test("FakeTime.restoreFor() lends out the real clock", async () => {
  using _time = new FakeTime(0);
  assert(await FakeTime.restoreFor(() => Date.now()) > 0);
  const later = FakeTime.restoreFor(async (ms: number) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return Date.now();
  }, 1);
  assert(await later > 0);
  assertEquals(Date.now(), 0);
  await assertRejects(() => FakeTime.restoreFor(() => Promise.reject(new Error("Stop"))), Error);
  assertEquals(Date.now(), 0);
});

Deno.test("FakeTime.delay() waits by the real clock and heeds its signal", async () => {
  using time = new FakeTime(0);
  const aborted = { signal: AbortSignal.abort() };
  await assertRejects(() => time.delay(100_000, aborted), DOMException, "aborted");
  await time.delay(1);
});

Deno.test("FakeTime can move by itself", async () => {
  using time = new FakeTime(0, { advanceRate: 1000, advanceFrequency: 1 });
  while (time.now === 0) await time.delay(1);
  assertEquals(time.now % 1000, 0);
});
