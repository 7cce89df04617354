import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  bestRatios,
  markdownTable,
  median,
  quantile,
  readable,
  type Sample,
  shuffled,
  summarize,
  withBestRatio,
  withRatios,
} from "../../bench/stats.ts";

function sample(round: number, impl: string, rate: number): Sample {
  return { round, case: "split/1x64", impl, values: { "msg/s": rate } };
}

const RATIO = [{ unit: "msg/s", name: "rate_vs_c" }];

Deno.test("median() is the middle value, whatever the order", () => {
  assertEquals(median([3, 100, 1]), 3);
});

Deno.test("median() of an even count is the mean of the two middle values", () => {
  assertEquals(median([4, 1, 3, 2]), 2.5);
});

Deno.test("median() leaves its argument as it was", () => {
  const values = [3, 1, 2];
  median(values);
  assertEquals(values, [3, 1, 2]);
});

Deno.test("quantile() reaches from the least to the greatest value", () => {
  assertEquals([0, 0.25, 1].map((share) => quantile([10, 20, 30, 40, 50], share)), [10, 20, 50]);
});

Deno.test("quantile() lies between neighbours in proportion", () => {
  assertEquals(quantile([0, 10], 0.9), 9);
});

Deno.test("quantile() refuses an empty list", () => {
  assertThrows(() => quantile([], 0.5), RangeError, "Cannot take a quantile: there are no values");
});

Deno.test("withRatios() compares to the baseline of the same round", () => {
  const samples = [
    sample(1, "c", 100),
    sample(1, "edo", 90),
    sample(2, "edo", 60),
    sample(2, "c", 50),
  ];
  const ratios = withRatios(samples, "c", RATIO).map(({ values }) => values["rate_vs_c"]);
  assertEquals(ratios, [1, 0.9, 1.2, 1]);
});

Deno.test("withRatios() adds nothing where the round has no baseline", () => {
  const samples = [sample(1, "c", 100), sample(2, "edo", 60)];
  assertEquals(withRatios(samples, "c", RATIO)[1], sample(2, "edo", 60));
});

Deno.test("withRatios() adds nothing where the baseline measured zero", () => {
  const samples = [sample(1, "c", 0), sample(1, "edo", 60)];
  assertEquals(withRatios(samples, "c", RATIO)[1], sample(1, "edo", 60));
});

Deno.test("withBestRatio() compares to the rival with the least median, round by round", () => {
  const samples = [
    ...[sample(1, "edo", 60), sample(1, "slow", 90), sample(1, "quick", 30)],
    ...[sample(2, "edo", 60), sample(2, "slow", 90), sample(2, "quick", 120)],
    ...[sample(3, "edo", 60), sample(3, "slow", 90), sample(3, "quick", 20)],
  ];
  const ratio = { unit: "msg/s", name: "vs_best" };
  const compared = withBestRatio(samples, ["slow", "quick"], ratio);
  const own = compared.filter(({ impl }) => impl === "edo").map(({ values }) => values["vs_best"]);
  assertEquals(own, [2, 0.5, 3]);
});

Deno.test("withBestRatio() chooses in each case for itself", () => {
  const other = { ...sample(1, "slow", 10), case: "split/50x64" };
  const samples = [sample(1, "slow", 90), sample(1, "quick", 30), other];
  const compared = withBestRatio(samples, ["slow", "quick"], { unit: "msg/s", name: "vs_best" });
  assertEquals(compared.map(({ values }) => values["vs_best"]), [3, 1, 1]);
});

Deno.test("withBestRatio() adds nothing where no rival was measured", () => {
  const samples = [sample(1, "edo", 60)];
  assertEquals(withBestRatio(samples, ["quick"], { unit: "msg/s", name: "vs_best" }), samples);
});

Deno.test("summarize() takes the median of the ratios, not the ratio of the medians", () => {
  const samples = [
    ...[sample(1, "c", 100), sample(1, "edo", 100)],
    ...[sample(2, "c", 200), sample(2, "edo", 100)],
    ...[sample(3, "c", 300), sample(3, "edo", 360)],
  ];
  const figures = summarize("echo", withRatios(samples, "c", RATIO));
  const ratio = figures.find((figure) => figure.impl === "edo" && figure.unit === "rate_vs_c");
  assertEquals(ratio, {
    bench: "echo",
    case: "split/1x64",
    impl: "edo",
    unit: "rate_vs_c",
    median: 1,
    min: 0.5,
    max: 1.2,
    samples: 3,
  });
});

Deno.test("summarize() keeps the order of first appearance", () => {
  const figures = summarize("echo", [sample(1, "go", 1), sample(1, "c", 2), sample(2, "c", 3)]);
  assertEquals(figures.map(({ impl, samples }) => [impl, samples]), [["go", 1], ["c", 2]]);
});

Deno.test("bestRatios() compares the best rounds, whichever they were", () => {
  const samples = [
    ...[sample(1, "c", 100), sample(1, "edo", 50)],
    ...[sample(2, "c", 80), sample(2, "edo", 90)],
  ];
  const most = { unit: "msg/s", best: "max", name: "best_rate_vs_c" } as const;
  const figures = bestRatios(summarize("echo", samples), "c", [most]);
  assertEquals(figures.map(({ impl, unit, median }) => [impl, unit, median]), [
    ["c", "best_rate_vs_c", 1],
    ["edo", "best_rate_vs_c", 0.9],
  ]);
});

Deno.test("bestRatios() is empty without a baseline", () => {
  const most = { unit: "msg/s", best: "max", name: "best_rate_vs_c" } as const;
  assertEquals(bestRatios(summarize("echo", [sample(1, "edo", 50)]), "c", [most]), []);
});

Deno.test("readable() keeps three or four digits", () => {
  const numbers = [0, 0.984, 4.5678, 45.67, 456.7, 4567, 45678, 4567890];
  const texts = ["0.00", "0.98", "4.57", "45.7", "457", "4567", "45.7k", "4.57M"];
  assertEquals(numbers.map(readable), texts);
});

Deno.test("readable() shows a dash for what was not measured", () => {
  assertEquals([undefined, NaN].map(readable), ["–", "–"]);
});

Deno.test("markdownTable() aligns every column but the first to the right", () => {
  const table = markdownTable(["impl", "msg/s"], [["c", "100"], ["edo", "99"]]);
  assertEquals(table, "| impl | msg/s |\n| --- | ---: |\n| c | 100 |\n| edo | 99 |");
});

Deno.test("shuffled() depends on the seed alone and loses nothing", () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  assertEquals(shuffled(names, 7), shuffled(names, 7));
  assertNotEquals(shuffled(names, 7), shuffled(names, 8));
  assertEquals(shuffled(names, 7).toSorted(), names);
});

Deno.test("shuffled() gives every item the first place about equally often", () => {
  const firsts = Array.from({ length: 3000 }, (_, seed) => shuffled(["a", "b", "c"], seed)[0]);
  for (const name of ["a", "b", "c"]) {
    const share = firsts.filter((first) => first === name).length / firsts.length;
    assert(share > 0.28 && share < 0.39, `${name} comes first in ${share} of all orders`);
  }
});
