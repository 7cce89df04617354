/**
 * Random numbers that a seed repeats.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertGreater,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { race } from "../../future/race.ts";
import { Random, randomBelow, seedRandom, swapRandom } from "../../future/random.ts";
import { ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertReady } from "../helpers/wakes.ts";

const many = (random: Random, count = 1000) =>
  Array.from({ length: 100 }, () => random.below(count));

test("Random gives the same numbers for the same seed, and others for another", () => {
  assertEquals(many(new Random(7)), many(new Random(7)));
  const seeds = [0, 1, 2, 7, -1, -7, 2 ** 32, 2 ** 52, Number.MAX_SAFE_INTEGER];
  const sequences = seeds.map((seed) => many(new Random(seed)).join());
  assertEquals(new Set(sequences).size, seeds.length);
  assertNotEquals(many(new Random()), many(new Random()));
});

test("Random.below() gives integers from 0 up to the count, all of them about as often", () => {
  for (const seed of [0, 1, 12345]) {
    const random = new Random(seed);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) counts[random.below(10)]! += 1;
    // Each is due 1000, with a deviation of 30.
    for (const count of counts) assert(Math.abs(count - 1000) < 180, `${seed}: ${counts}`);
  }
});

test("Random.below() takes counts from 1 to 2**32", () => {
  const random = new Random(3);
  let high = 0;
  for (let i = 0; i < 1000; i++) {
    assertEquals(random.below(1), 0);
    const wide = random.below(2 ** 32);
    assert(Number.isInteger(wide) && wide >= 0 && wide < 2 ** 32);
    high = Math.max(high, wide);
  }
  assertGreater(high, 2 ** 31);
});

test("Random throws a RangeError for a seed that is no safe integer", () => {
  for (const seed of [0.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(() => new Random(seed), RangeError, "use a safe integer");
    assertThrows(() => seedRandom(seed), RangeError, "use a safe integer");
  }
});

test("seedRandom() makes the choices of select() and race() repeatable", () => {
  const ten = Array.from({ length: 10 }, (_, i) => i);
  const choices = () => [
    ...ten.map(() => assertReady(select(ten.map((value) => ready(value)))).value),
    ...ten.map(() => assertReady(race(...ten.map((value) => ready(value))))),
  ];
  seedRandom(42);
  const first = choices();
  const second = choices();
  seedRandom(42);
  assertEquals(choices(), first);
  assertEquals(choices(), second);
  assertGreater(new Set(first).size, 4);
  seedRandom();
});

test("seedRandom() makes the choices of a select() in tasks repeatable", async () => {
  const ten = Array.from({ length: 10 }, (_, i) => i);
  const choices = () =>
    spawn(function* () {
      const values: number[] = [];
      for (let i = 0; i < 5; i++) {
        values.push((yield* select(ten.map((value) => ready(value)))).value);
      }
      return values;
    });
  seedRandom(42);
  const first = await choices();
  seedRandom(42);
  assertEquals(await choices(), first);
  seedRandom();
});

test("swapRandom() puts a generator in the place of another, which goes on where it was", () => {
  const outer = swapRandom(new Random(1));
  const expected = many(new Random(1), 50);
  const got = [randomBelow(50), randomBelow(50)];
  const inner = swapRandom(new Random(2));
  const other = new Random(2);
  assertEquals([randomBelow(9), randomBelow(9)], [other.below(9), other.below(9)]);
  swapRandom(inner);
  while (got.length < 100) got.push(randomBelow(50));
  assertEquals(got, expected);
  assertStrictEquals(swapRandom(outer), inner);
});
