import { assertEquals } from "@std/assert";
import { measureRounds, type Plan } from "../../bench/rounds.ts";

/** Two implementations whose measurement is their own number. */
function plan(more: Partial<Plan<number>> = {}): Plan<number> {
  return {
    cases: ["small", "large"],
    peers: new Map([["one", 1], ["two", 2]]),
    rounds: 3,
    seed: 1,
    measure: (peer) => Promise.resolve({ "ms": peer }),
    progress: () => "done",
    ...more,
  };
}

Deno.test("measureRounds() returns the samples by case, then implementation, then round", async () => {
  const { samples, failed } = await measureRounds(plan({ rounds: 2 }));

  assertEquals(samples.map((sample) => `${sample.case} ${sample.impl} ${sample.round}`), [
    "small one 1",
    "small one 2",
    "small two 1",
    "small two 2",
    "large one 1",
    "large one 2",
    "large two 1",
    "large two 2",
  ]);
  assertEquals(failed, []);
});

Deno.test("measureRounds() lets everybody have a turn before anybody has the next", async () => {
  const turns: number[] = [];
  const measure = (peer: number) => {
    turns.push(peer);
    return Promise.resolve({});
  };

  await measureRounds(plan({ cases: ["small"], rounds: 8, measure }));

  const rounds = Array.from({ length: 8 }, (_, i) => turns.slice(i * 2, i * 2 + 2));
  assertEquals(rounds.map((round) => round.toSorted()), Array(8).fill([1, 2]));
  assertEquals(new Set(rounds.map((round) => round[0])).size, 2, "the order changes");
});

Deno.test("measureRounds() leaves out who failed once, and says why", async () => {
  let turns = 0;
  const measure = (peer: number, name: string) => {
    if (peer === 1) return Promise.resolve({ "ms": 1 });
    turns += 1;
    return Promise.reject(new Error(`Cannot measure ${name}: it is gone\nand more`));
  };

  const { samples, failed } = await measureRounds(plan({ measure }));

  assertEquals(turns, 1);
  assertEquals(samples.length, 6);
  assertEquals(failed, [{ impl: "two", why: "small: Cannot measure small: it is gone" }]);
});

Deno.test("measureRounds() leaves out by case, if asked to", async () => {
  let turns = 0;
  const measure = (peer: number, name: string) => {
    turns += 1;
    if (peer === 1 || name === "large") return Promise.resolve({ "ms": 1 });
    return Promise.reject(new Error(`Cannot measure ${name}`));
  };

  const { samples, failed } = await measureRounds(plan({ measure, failsByCase: true }));

  assertEquals(turns, 10, "three turns each in two cases, but for the two after the failure");
  assertEquals(samples.filter(({ impl }) => impl === "two").map((sample) => sample.case), [
    "large",
    "large",
    "large",
  ]);
  assertEquals(failed, [{ impl: "two", why: "small: Cannot measure small" }]);
});

Deno.test("measureRounds() asks who takes part in a case", async () => {
  const takesPart = (impl: string, name: string) => impl === "one" || name === "large";

  const { samples } = await measureRounds(plan({ rounds: 1, takesPart }));

  assertEquals(samples.map((sample) => `${sample.case} ${sample.impl}`), [
    "small one",
    "large one",
    "large two",
  ]);
});
