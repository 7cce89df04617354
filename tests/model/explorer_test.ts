/**
 * The explorer itself.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Random } from "../../future/random.ts";
import {
  add,
  compareExchange,
  load,
  notify,
  store,
  wait,
} from "../../scheduler/multi_thread/atomics.ts";

import { explore, replay } from "./explorer.ts";
import type { Scenario } from "./scenario.ts";
import { declare } from "./model.ts";

const names = [{ 0: "x", 1: "y", 2: "z" }];

function addTwice(words: Int32Array): void {
  for (let i = 0; i < 2; i++) store(words, 0, load(words, 0) + 1);
}

const racy = scenario("racy", {
  threads: [addTwice, addTwice],
  check: (_, words) => assertEquals(words[0], 4),
});

const harmless = scenario("racy, unchecked", { threads: [addTwice, addTwice] });

const apart = scenario("apart", {
  threads: [(words) => void store(words, 0, 1), (words) => void store(words, 1, 1)],
});

const atomic = scenario("atomic", {
  threads: [(words) => void add(words, 0, 1), (words) => void add(words, 0, 1)],
  check: (_, words) => assertEquals(words[0], 2),
});

const forgotten = scenario("forgotten", {
  threads: [
    (words) => {
      if (load(words, 0) === 0) wait(words, 1, 0);
    },
    (words) => {
      store(words, 0, 1);
      notify(words, 1);
    },
  ],
});

const spinner = scenario("spinner", {
  threads: [
    (words) => {
      while (load(words, 0) === 0);
      return load(words, 1);
    },
    (words) => {
      store(words, 1, 7);
      store(words, 0, 1);
    },
  ],
  check: ([seen]) => assertEquals(seen, [7]),
});

const stuck = scenario("stuck", {
  threads: [(words) => {
    while (load(words, 0) === 0);
  }],
});

const endless = scenario("endless", {
  threads: [(words) => {
    while (true) add(words, 0, 1);
  }],
});

const timed = scenario("timed", {
  threads: [(words) => wait(words, 0, 0, 5)],
});

const thrower = scenario("thrower", {
  threads: [
    (words) => {
      if (load(words, 0) === 1) throw new RangeError("Cannot bear 1");
    },
    (words) => {
      store(words, 0, 1);
      store(words, 0, 2);
    },
  ],
});

const published = scenario("published", {
  plainSteps: true,
  threads: [
    (words) => {
      words[0] = 5;
      store(words, 1, 1);
    },
    (words) => load(words, 1) === 1 ? words[0]! : 5,
  ],
  check: ([, seen]) => assertEquals(seen, [5]),
});

const unpublished = scenario("unpublished", {
  plainSteps: true,
  threads: [
    (words) => {
      store(words, 1, 1);
      words[0] = 5;
    },
    (words) => load(words, 1) === 1 ? words[0]! : 5,
  ],
});

/** Two or three threads that do what the second memory says, six steps in all. */
const programs = [2, 3].map((threads) =>
  scenario(`program of ${threads} threads`, {
    memories: [3, 6 * 3],
    names: [],
    threads: Array.from({ length: threads }, (_, thread) => (words, program) =>
      interpret(words, program!, thread * 6 / threads, (thread + 1) * 6 / threads)),
  })
);

function interpret(words: Int32Array, program: Int32Array, from: number, to: number): number[] {
  const seen: number[] = [];
  for (let at = from * 3; at < to * 3; at += 3) {
    const [operation, word, value] = program.subarray(at, at + 3) as unknown as [
      number,
      number,
      number,
    ];
    if (operation === 0) seen.push(load(words, word));
    else if (operation === 1) store(words, word, value);
    else if (operation === 2) seen.push(add(words, word, value));
    else if (operation === 3) seen.push(compareExchange(words, word, value & 1, value));
    else if (operation === 4) wait(words, word, 0, 1);
    else notify(words, word, 1);
  }
  return seen;
}

Deno.test("explore() without a bound comes to the same ends as all orders together", () => {
  const random = new Random(11);
  for (let round = 0; round < 24; round++) {
    const program = Array.from({ length: 6 }, () => [
      random.below(6),
      random.below(2),
      1 + random.below(3),
    ]).flat();
    for (const { module, scenario } of programs) {
      const endsOf = (preemptions?: number) => {
        const ends = new Set<string>();
        const check: Scenario["check"] = (results, words) =>
          void ends.add(JSON.stringify([results, [...words!]]));
        const setup: Scenario["setup"] = (_, memory) => memory!.set(program);
        const { failure } = explore({ module, scenario: { ...scenario, setup, check } }, {
          preemptions,
        });
        assertEquals(failure, undefined);
        return [...ends].toSorted();
      };
      assertEquals(endsOf(), endsOf(6), JSON.stringify(program));
    }
  }
});

Deno.test("explore() runs every order of the steps of two threads", () => {
  // Two threads of 4 steps each: 8! / (4! × 4!).
  assertEquals(explore(harmless, { preemptions: 8 }).schedules, 70);
});

Deno.test("explore() counts the schedules by their preemptions", () => {
  const counts = [0, 1, 2, 3].map((preemptions) => explore(harmless, { preemptions }).schedules);
  // One thread after the other; then one is taken off in one of three places; and so on.
  assertEquals(counts.slice(0, 2), [2, 8]);
  assertEquals(counts, counts.toSorted((a, b) => a - b));
});

Deno.test("explore() without a bound leaves out orders of steps that commute", () => {
  assertEquals(explore(apart).schedules, 1);
  assertEquals(explore(atomic).schedules, 2);
  const reduced = explore(harmless).schedules;
  // Neither order of two loads matters.
  assertEquals(reduced < 70 && reduced > 20, true, String(reduced));
});

Deno.test("explore() without a bound comes to every final state", () => {
  for (const preemptions of [undefined, 3]) {
    assertEquals(explore(racy, { preemptions }).failure?.outcome, "check");
  }
});

Deno.test("explore() tells the steps of a schedule that fails, and replay() repeats it", () => {
  const { failure } = explore(racy, { preemptions: 3 });
  assertMatch(failure!.steps, /^ {3}1 {2}0 {7}load {12}x {2}is 0$/m);
  assertMatch(failure!.steps, /^ {3}8 {2}0 {7}store {11}x {2}:= 2$/m);
  assertEquals(replay(racy, failure!.choices), failure);
  assertEquals(replay(racy, [0, 0, 0, 0, 1, 1, 1, 1]), undefined);
});

Deno.test("explore() finds a thread that nobody wakes", () => {
  for (const preemptions of [undefined, 1]) {
    const { failure } = explore(forgotten, { preemptions });
    assertEquals(failure?.outcome, "deadlock");
    assertStringIncludes(failure!.steps, "sleeps while it is 0");
  }
});

Deno.test("explore() lets a thread spin until the word changes", () => {
  for (const preemptions of [undefined, 2]) {
    assertEquals(explore(spinner, { preemptions }).failure, undefined);
  }
  assertEquals(explore(stuck).failure?.outcome, "deadlock");
  assertEquals(explore(endless).failure?.outcome, "endless");
});

Deno.test("explore() lets a wait with a limit end by itself", () => {
  assertEquals(explore(timed).failure, undefined);
});

Deno.test("explore() finds an exception that is thrown in one order only", () => {
  const { failure, schedules } = explore(thrower);
  assertEquals(failure?.outcome, "exception");
  assertStringIncludes(failure!.message, "Cannot bear 1");
  assertEquals(schedules > 1, true);
});

Deno.test("explore() finds a plain write that comes after what publishes it", () => {
  assertEquals(explore(published).failure, undefined);
  assertEquals(explore(unpublished).failure?.outcome, "race");
});

function scenario(
  title: string,
  rest: Pick<Scenario, "threads"> & Partial<Scenario>,
) {
  return declare(import.meta, { title, rules: "", memories: [3], names, ...rest });
}
