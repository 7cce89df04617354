import { assertEquals, assertThrows } from "@std/assert";
import { parseOptions, UsageError } from "../../bench/options.ts";

const QUICK = { rounds: 3, seconds: 0.2, warmupSeconds: 0.1 };

function times(args: string[], own?: typeof QUICK) {
  const { options: { rounds, seconds, warmupSeconds } } = parseOptions(args, () => own);
  return { rounds, seconds, warmupSeconds };
}

Deno.test("parseOptions() takes the defaults of the benchmark that is named", () => {
  const ask = (name: string) => name === "quick" ? QUICK : undefined;
  assertEquals(parseOptions(["quick"], ask).options.seconds, 0.2);
  assertEquals(parseOptions(["other"], ask).options.seconds, 2);
  assertEquals(times(["quick"], QUICK), QUICK);
});

Deno.test("parseOptions() prefers what the command line says", () => {
  const args = ["quick", "--rounds", "7", "--seconds", "4", "--warmup", "1"];
  assertEquals(times(args, QUICK), { rounds: 7, seconds: 4, warmupSeconds: 1 });
});

Deno.test("parseOptions() makes a short run of one round, and never longer than the usual one", () => {
  assertEquals(times(["any", "--short"]), { rounds: 1, seconds: 1, warmupSeconds: 0.5 });
  assertEquals(times(["quick", "--short"], QUICK), { ...QUICK, rounds: 1 });
});

Deno.test("parseOptions() writes nothing after a short run, unless told where", () => {
  assertEquals(parseOptions(["any", "--short"]).options.out, undefined);
  assertEquals(parseOptions(["any", "--short", "--out", "/tmp/x"]).options.out, "/tmp/x");
});

Deno.test("parseOptions() refuses what it does not know", () => {
  assertThrows(() => parseOptions([]), UsageError, "name exactly one");
  assertThrows(() => parseOptions(["any", "--fast"]), UsageError, 'Cannot use "--fast"');
  assertThrows(() => parseOptions(["any", "--rounds", "0"]), UsageError, "a positive number");
});
