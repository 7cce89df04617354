/**
 * `examples/demo.ts`, and what it counts and draws with.
 *
 * @module
 */

import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { bar, histograms, median, type Result, table, time } from "../../examples/demo/chart.ts";
import { Histogram } from "../../examples/demo/histogram.ts";
import { parseList } from "../../examples/demo/processors.ts";
import { Program } from "./program.ts";

/** A histogram of these values, each as often as it says. */
function histogramOf(...values: [nanoseconds: number, count: number][]): Histogram {
  const histogram = new Histogram();
  for (const [nanoseconds, count] of values) {
    for (let i = 0; i < count; i++) histogram.record(nanoseconds);
  }
  return histogram;
}

function resultOf(name: string, rates: number[], latencies: Histogram): Result {
  return { name, rates, latencies, processorNs: 4_500 };
}

Deno.test("demo compares the servers and tells messages, latencies and processor time", async () => {
  await using demo = new Program("demo.ts", ["--seconds", "2", "--connections", "5"]);
  const lines = await demo.out.rest();
  assertEquals(await demo.err.rest(), []);
  assertEquals(await demo.code(), 0);
  assertEquals(lines.filter((line) => /^round \d of 6: .*: \d+ msg\/s$/.test(line)).length, 18);
  const head = lines.findIndex((line) => line.includes("× Deno.listen"));
  assertMatch(lines[head + 1]!, /^Deno\.listen +[\d,]+ +1\.00 .* [µm]s/);
  assertMatch(lines[head + 2]!, /^edo, await +[\d,]+ +\d+\.\d\d .* [µm]s/);
  assertMatch(lines[head + 3]!, /^edo, yield\* +[\d,]+ +\d+\.\d\d .* [µm]s/);
  assertMatch(lines[head + 4]!, /^A server in C is missing: /);
  assert(lines.some((line) => /edo, yield\* +Deno\.listen/.test(line)));
  assert(lines.some((line) => line.includes("█")));
});

Deno.test("Histogram.quantile() is right within its buckets", () => {
  const histogram = new Histogram();
  for (let i = 1; i <= 100_000; i++) histogram.record(i * 10);
  for (const share of [0.01, 0.5, 0.9, 0.999, 1]) {
    const exact = share * 1_000_000;
    assertAlmostEquals(histogram.quantile(share) / exact, 1, 0.01);
  }
  assertEquals(histogramOf([7, 10], [63, 1]).quantile(0.5), 7);
  assertEquals(new Histogram().quantile(0.5), 0);
});

Deno.test("Histogram.record() takes what is out of range as the nearest that is in it", () => {
  const histogram = histogramOf([-5, 1], [1e12, 1]);
  assertEquals(histogram.quantile(0.5), 0);
  assertAlmostEquals(histogram.quantile(1) / 2 ** 31, 1, 0.01);
});

Deno.test("Histogram.toJSON() carries everything to Histogram.fromJSON()", () => {
  const histogram = histogramOf([50, 3], [70_000, 2], [1_000_000, 1]);
  const copy = Histogram.fromJSON(JSON.parse(JSON.stringify(histogram)));
  assertEquals(copy.toJSON(), histogram.toJSON());
  assertEquals(copy.total, 6);
});

Deno.test("Histogram.add() counts both, and between() counts a part", () => {
  const histogram = histogramOf([50, 3], [1_000, 2]);
  histogram.add(histogramOf([1_000, 4], [9_000, 1]));
  assertEquals(histogram.total, 10);
  assertEquals(histogram.between(0, 500), 3);
  assertEquals(histogram.between(500, 2_000), 6);
  assertEquals(histogram.between(2_000, Infinity), 1);
});

Deno.test("table() gives each rate in proportion to the one of the same round", () => {
  const latencies = histogramOf([100_000, 99], [3_000_000, 1]);
  const slow = resultOf("slow", [100, 200, 300], latencies);
  const fast = resultOf("fast", [200, 300, 900], latencies);
  const [head, first, second] = table([slow, fast], slow).split("\n");
  assertMatch(head!, /^ +msg\/s +× slow +p50 +p99 +p99\.9 +CPU\/msg$/);
  assertMatch(first!, /^slow +200 +1\.00 +99\.\d µs +99\.\d µs +3\.\d\d ms +4\.50 µs$/);
  assertMatch(second!, /^fast +300 +2\.00 /);
});

Deno.test("table() says where processor time was not measured", () => {
  const result = { ...resultOf("one", [100], histogramOf([100_000, 1])), processorNs: undefined };
  assertMatch(table([result], result).split("\n")[1]!, / µs +not measured$/);
});

Deno.test("table() leaves out rounds in which the baseline did nothing", () => {
  const latencies = histogramOf([100_000, 10]);
  const slow = resultOf("slow", [0, 100, 200], latencies);
  const fast = resultOf("fast", [10, 200, 600], latencies);
  const [, first, second] = table([slow, fast], slow).split("\n");
  assertMatch(first!, /^slow +100 +1\.00 /);
  assertMatch(second!, /^fast +200 +2\.50 /);
});

Deno.test("histograms() puts every message of both into one row of the same list", () => {
  const left = resultOf("left", [1], histogramOf([100_000, 750], [200_000, 250]));
  const right = resultOf("right", [1], histogramOf([200_000, 600], [900_000, 400]));
  const [head, ...rows] = histograms(left, right).split("\n");
  assertMatch(head!, /^ +left +right$/);
  const percents = rows.map((row) => [...row.matchAll(/([\d.]+)%/g)].map((match) => match[1]));
  assertEquals(percents.filter((found) => found.length > 0), [
    ["75.00"],
    ["25.00", "60.00"],
    ["40.00"],
  ]);
  assertMatch(rows[0]!, /^ +up to [\d.]+ µs +█{24} +75\.00%$/);
});

Deno.test("bar() shows that there is something, in eighths of a character", () => {
  assertEquals([bar(0), bar(1e-9), bar(0.5), bar(1)], ["", "▏", "█".repeat(12), "█".repeat(24)]);
  assertEquals(bar(1.5 / 24), "█▌");
});

Deno.test("time() has three digits and the unit that suits", () => {
  const times = [450, 4_512, 87_100, 870_400, 1_254_000, 47_400_000].map(time);
  assertEquals(times, ["0.450 µs", "4.51 µs", "87.1 µs", "870 µs", "1.25 ms", "47.4 ms"]);
});

Deno.test("median() is the middle, or the mean of the two in the middle", () => {
  assertEquals([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5]);
});

Deno.test("parseList() reads the processors that taskset tells", () => {
  assertEquals(parseList("pid 7's current affinity list: 0-2,5\n"), [0, 1, 2, 5]);
  assertEquals(parseList("pid 7's current affinity list: 3"), [3]);
  assertEquals(parseList(""), []);
});
