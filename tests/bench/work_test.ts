import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  CONTENDED_PERMITS,
  deadline,
  hasSettled,
  Holders,
  sleepTime,
} from "../../bench/peers/js/work.mjs";

Deno.test("hasSettled() is false while the batches get faster", () => {
  assert(!hasSettled([90, 80, 70, 60, 50, 40]));
});

Deno.test("hasSettled() is true once they do not", () => {
  assert(hasSettled([90, 80, 40, 41, 40, 40]));
  assert(hasSettled([40, 40, 40, 45, 47, 44]));
});

Deno.test("hasSettled() takes no notice of a batch that was disturbed", () => {
  assert(hasSettled([40, 40, 40, 400, 40, 40, 40, 40, 40]));
});

Deno.test("hasSettled() does not judge by fewer than three batches", () => {
  assert(!hasSettled([]));
  assert(!hasSettled([40, 40]));
});

Deno.test("Holders refuse one more than there are permits", () => {
  const holders = new Holders();
  for (let i = 0; i < CONTENDED_PERMITS; i++) holders.enter();
  holders.leave();
  holders.enter();
  assertEquals(holders.count, 1);
  assertThrows(() => holders.enter(), Error, "hold a permit at once");
});

Deno.test("sleepTime() takes every whole number from 1 to 100", () => {
  const times = Array.from({ length: 100 }, (_, i) => sleepTime(i));
  assertEquals(times.toSorted((a, b) => a - b), Array.from({ length: 100 }, (_, i) => i + 1));
});

Deno.test("deadline() is a minute off at least, and two at most", () => {
  const deadlines = Array.from({ length: 100_000 }, (_, i) => deadline(i));
  assert(deadlines.every((ms) => ms >= 60_000 && ms < 120_000));
  assertEquals(new Set(deadlines).size, 60_000);
});
