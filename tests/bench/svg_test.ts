import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { groupedBars, type Panel } from "../../bench/svg.ts";

function panel(limit: number): Panel {
  const bars = [{ label: "one", value: 1 }, { label: "slow", value: 80 }];
  return { title: "ratios", groups: [{ label: "row", bars }], limit };
}

function heights(svg: string): number[] {
  return [
    ...svg.matchAll(
      /<rect x="[\d.]+" y="[\d.]+" width="[\d.]+" height="([\d.]+)" fill="[^"]*"><title>/g,
    ),
  ]
    .map(([, height]) => Number(height));
}

Deno.test("groupedBars() draws bars in proportion", () => {
  const [one, slow] = heights(groupedBars("chart", [panel(Infinity)]));
  assert(Math.abs(slow! / one! - 80) < 5, `${slow} over ${one}`);
});

Deno.test("groupedBars() cuts bars off at the limit, and tells their number all the same", () => {
  const svg = groupedBars("chart", [panel(10)]);
  const [one, slow] = heights(svg);
  assert(Math.abs(slow! / one! - 10) < 0.5, `${slow} over ${one}`);
  assertStringIncludes(svg, "slow: 80.00");
});

Deno.test("groupedBars() escapes what is markup", () => {
  const svg = groupedBars("a < b & c", []);
  assertEquals(svg.includes("<title>a &lt; b &amp; c</title>"), true);
});
