/**
 * Durations and instants.
 *
 * @module
 */

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type Duration, toMilliseconds } from "../../time/duration.ts";
import { Instant } from "../../time/instant.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";

const FAR_MS = 86_400_000 * 365 * 30;

test("toMilliseconds() takes numbers as they are", () => {
  for (const ms of [0, 1, 0.25, 1e9]) assertEquals(toMilliseconds(ms), ms);
  assertEquals(toMilliseconds(-0), -0);
});

test("toMilliseconds() adds up the units of an object", () => {
  const table: [Duration, number][] = [
    [{}, 0],
    [{ hours: 1 }, 3_600_000],
    [{ minutes: 1 }, 60_000],
    [{ seconds: 1 }, 1000],
    [{ milliseconds: 1 }, 1],
    [{ microseconds: 1 }, 0.001],
    [{ nanoseconds: 1 }, 0.000001],
    [{ hours: 1, minutes: 2, seconds: 3, milliseconds: 4, microseconds: 5 }, 3_723_004.005],
    [{ seconds: 1.5 }, 1500],
    [{ seconds: 2, milliseconds: -500 }, 1500],
  ];
  for (const [duration, ms] of table) assertAlmostEquals(toMilliseconds(duration), ms, 1e-9);
});

test("toMilliseconds() cuts what is too long for a timer to about thirty years", () => {
  for (const long of [Infinity, Number.MAX_VALUE, FAR_MS + 1, { hours: Infinity }]) {
    assertEquals(toMilliseconds(long), FAR_MS);
  }
  assertEquals(toMilliseconds(FAR_MS), FAR_MS);
});

test("toMilliseconds() throws a RangeError for what is negative or not a number", () => {
  const wrong: Duration[] = [-1, -0.001, NaN, -Infinity, { seconds: -1 }, { hours: NaN }];
  for (const duration of wrong) {
    assertThrows(() => toMilliseconds(duration), RangeError, "it must be 0 or more");
  }
});

test("toMilliseconds() throws a TypeError for what is neither number nor object", () => {
  for (const wrong of ["5", undefined, null, true, 5n, () => 5]) {
    assertThrows(
      () => toMilliseconds(wrong as unknown as Duration),
      TypeError,
      "give milliseconds or an object",
    );
  }
});

test("toMilliseconds() throws a TypeError for units that it does not know or that are no numbers", () => {
  for (const wrong of [{ second: 1 }, { seconds: "1" }, { hours: null }, { toString: 1 }]) {
    assertThrows(
      () => toMilliseconds(wrong as unknown as Duration),
      TypeError,
      "give numbers of hours, minutes, seconds, milliseconds, microseconds, nanoseconds",
    );
  }
  assertEquals(toMilliseconds({ seconds: 1, hours: undefined } as unknown as Duration), 1000);
});

test("Instant.now() grows, and elapsed() with it", async () => {
  const start = Instant.now();
  await sleep(2);
  const end = Instant.now();
  assert(end.compare(start) > 0 && start.compare(end) < 0);
  assertEquals(start.compare(start), 0);
  assert(start.elapsed() >= 2);
  assert(end.durationSince(start) >= 2);
});

test("Instant.add() and sub() take durations and leave the instant alone", () => {
  const start = new Instant(1000);
  assertEquals(start.add(5).ms, 1005);
  assertEquals(start.add({ seconds: 1 }).ms, 2000);
  assertEquals(start.sub({ milliseconds: 250 }).ms, 750);
  assertEquals(start.sub(2000).ms, -1000);
  assertEquals(start.ms, 1000);
  assertEquals(start.add(0).compare(start), 0);
});

test("Instant.add() and sub() throw for a wrong duration", () => {
  const start = Instant.now();
  assertThrows(() => start.add(-1), RangeError);
  assertThrows(() => start.sub(NaN), RangeError);
  assertThrows(() => start.add("1" as unknown as Duration), TypeError);
});

test("Instant.durationSince() and elapsed() are 0 for what lies ahead", () => {
  const start = Instant.now();
  assertEquals(start.durationSince(start.add(5)), 0);
  assertEquals(start.add(5).durationSince(start), 5);
  assertEquals(start.add(60_000).elapsed(), 0);
});

test("Instant.checkedAdd() and checkedSub() answer undefined beyond what numbers hold", () => {
  const start = new Instant(1000);
  assertEquals(start.checkedAdd(500)?.ms, 1500);
  assertEquals(start.checkedSub({ seconds: 2 })?.ms, -1000);
  const years = 86_400_000 * 365 * 40;
  assertEquals(start.checkedAdd(years)?.ms, 1000 + years);
  for (const far of [Infinity, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER]) {
    assertEquals(start.checkedAdd(far), undefined);
    assertEquals(new Instant(-1000).checkedSub(far), undefined);
  }
  assertThrows(() => start.checkedAdd(-1), RangeError);
  assertThrows(() => start.checkedSub(NaN), RangeError);
});

test("Instant.checkedDurationSince() answers undefined for what lies ahead", () => {
  const start = new Instant(1000);
  assertEquals(start.add(5).checkedDurationSince(start), 5);
  assertEquals(start.checkedDurationSince(start), 0);
  assertEquals(start.checkedDurationSince(start.add(5)), undefined);
});

test("Instant.saturatingDurationSince() answers 0 for what lies ahead", () => {
  const start = new Instant(1000);
  assertEquals(start.add(5).saturatingDurationSince(start), 5);
  assertEquals(start.saturatingDurationSince(start.add(5)), 0);
});

test("Instant.equals() compares points in time, and toString() shows one", () => {
  assert(new Instant(1.5).equals(new Instant(1.5)));
  assert(!new Instant(1.5).equals(new Instant(1)));
  assertEquals(`${new Instant(1500.25)}`, "Instant(1500.25 ms)");
});
