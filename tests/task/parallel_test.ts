/**
 * Parallel loops.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { test } from "../helpers/leak_guard.ts";
import { Runtime } from "../../scheduler/mod.ts";
import {
  JoinError,
  parallelFor,
  parallelMap,
  parallelReduce,
  spawn,
  yieldNow,
} from "../../task/mod.ts";
import { breaks, dawdle, half, increment, later, measure } from "./fixtures/loops.ts";
import { nested, scale, sign, spell, waits } from "./fixtures/loops.ts";
import { withWorkers } from "../helpers/workers.ts";

function ints(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(length * 4));
}

/** Declares a test that runs on workers and without them. */
function both(name: string, main: () => Promise<void>): void {
  for (const workers of [0, 3]) {
    test(`${name}, with ${workers} workers`, async () => {
      const builder = Runtime.builder();
      if (workers > 0) builder.multiThread().workerThreads(workers);
      await using runtime = builder.build();
      await runtime.run(main);
    });
  }
}

both("parallelFor() visits each number of the range once", async () => {
  for (const length of [0, 1, 2, 7, 1000, 100_003]) {
    const array = ints(length);
    await parallelFor(increment, { array });
    assertEquals(array.every((value) => value === 1), true);
    await parallelFor(increment, { array, length: Math.floor(length / 2) });
    assertEquals(array.reduce((sum, value) => sum + value, 0), length + Math.floor(length / 2));
  }
});

both("parallelFor() gives the body parts that have at least the size it is told", async () => {
  const array = ints(1000);
  await parallelFor(measure, { array, chunk: 90 });
  const sizes = array.filter((size) => size > 0);
  assertEquals(sizes.reduce((sum, size) => sum + size, 0), 1000);
  // The last part is what is left.
  assert(sizes.slice(0, -1).every((size) => size >= 90));
  assert(sizes.length > 1);
});

both("parallelMap() gives the values that a loop gives", async () => {
  const input = new Float64Array(new SharedArrayBuffer(8 * 5001)).map(Math.random);
  const shared = new Float64Array(new SharedArrayBuffer(8 * 5001));
  shared.set(input);
  const output = new Float64Array(new SharedArrayBuffer(8 * 5001));
  await parallelMap(scale, shared, output, { context: { factor: 3 } });
  assertEquals([...output], [...input].map((value, i) => value * 3 + i));
  await parallelMap(half, shared, shared);
  assertEquals([...shared], [...input].map((value) => value / 2));
});

both("parallelMap() converts between kinds of numbers as arrays do", async () => {
  const input = ints(100).map((_, i) => i * 10);
  const shared = ints(100);
  shared.set(input);
  const output = new Uint8ClampedArray(new SharedArrayBuffer(100));
  await parallelMap(half, shared, output);
  assertEquals([...output], [...Uint8ClampedArray.from(input, (value) => value / 2)]);
});

both("parallelReduce() combines the parts in order", async () => {
  const options = { length: 1234, context: "." };
  const text = await parallelReduce(spell, options, "", (a, b) => a + b);
  assertEquals(text, Array.from({ length: 1234 }, (_, i) => `.${i}`).join(""));
  assertEquals(
    await parallelReduce(spell, { length: 0, context: "." }, "none", (a, b) => a + b),
    "none",
  );
});

both("parallelFor() fails with what the body throws, and stops", async () => {
  const counts = ints(1);
  const length = 100_000;
  const loop = parallelFor(breaks, { array: counts, length, chunk: 1, context: length });
  await assertRejects(async () => await loop, RangeError, "500");
  assert(counts[0]! < length - 1);
});

test("parallelFor() fails when its context cannot travel", async () => {
  await withWorkers(async () => {
    const loop = parallelFor(spell as never, { length: 3, context: (() => {}) as never });
    const error = await assertRejects(async () => await loop);
    assertEquals((error as Error).name, "DataCloneError");
  });
});

both("parallelFor() refuses a body that is async", async () => {
  const loop = parallelFor(later as never, { length: 3 });
  await assertRejects(async () => await loop, TypeError, "the body is async");
});

test("parallelFor() has several workers take part", async () => {
  await withWorkers(async () => {
    const array = ints(200);
    // The second worker may begin late.
    do await parallelFor(sign, { array, chunk: 1 }); while (new Set(array).size < 2);
    assert(!array.includes(0));
  });
});

test("parallelFor() begins nothing before it is awaited", async () => {
  await withWorkers(async () => {
    const array = ints(10);
    const loop = parallelFor(increment, { array });
    await spawn(async () => await yieldNow());
    assertEquals(array[0], 0);
    await loop;
    assertEquals(array[0], 1);
  });
});

test("parallelFor() whose task is aborted takes no more parts, and waits for those taken", async () => {
  await withWorkers(async () => {
    const counts = ints(3);
    const loop = spawn(parallelFor(waits, { length: 1000, chunk: 10, context: counts }));
    while (Atomics.load(counts, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    loop.abort();
    await yieldNow();
    assertEquals(loop.isFinished(), false);
    Atomics.store(counts, 1, 1);
    Atomics.notify(counts, 1);
    const error = await assertRejects(() => Promise.resolve(loop), JoinError);
    assert(error.isCancelled());
    const done = Atomics.load(counts, 2);
    assert(done > 0 && done < 1000, `${done}`);
    await parallelFor(increment, { array: ints(10) });
    assertEquals(Atomics.load(counts, 2), done);
  });
});

test("parallelFor() that is dropped takes no more parts", async () => {
  await withWorkers(async () => {
    const counts = ints(3);
    const loop = parallelFor(waits, { length: 1000, chunk: 10, context: counts });
    do {
      loop.poll({ waker: { wake() {} } });
      await new Promise((resolve) => setTimeout(resolve, 1));
    } while (Atomics.load(counts, 0) === 0);
    loop[Symbol.dispose]();
    Atomics.store(counts, 1, 1);
    Atomics.notify(counts, 1);
    await parallelFor(increment, { array: ints(10) });
    assert(Atomics.load(counts, 2) < 1000);
  });
});

test("parallelFor() without workers lets other tasks run in between", async () => {
  await using runtime = Runtime.builder().build();
  await runtime.run(async () => {
    let turns = 0;
    const other = spawn(async () => {
      for (;;) {
        await yieldNow();
        turns += 1;
      }
    });
    await parallelFor(dawdle, { array: ints(200), chunk: 1 });
    other.abort();
    assert(turns > 2, `${turns}`);
  });
});

test("a portable task loops in parallel over the workers of its runtime", async () => {
  await withWorkers(async () => {
    assertEquals(await spawn(nested, 5), "01234");
  });
});

test("parallel loops refuse what they cannot go over", () => {
  const array = new Int32Array(4) as never;
  assertThrows(() => parallelFor(increment, { array }), TypeError, "not a SharedArrayBuffer");
  assertThrows(() => parallelMap(half, ints(4), array), TypeError, "not a SharedArrayBuffer");
  assertThrows(() => parallelMap(half, ints(4), ints(5)), RangeError, "Cannot map 4 values to 5");
  assertThrows(() => parallelFor(spell as never, {}), TypeError, "an array or a length");
  assertThrows(() => parallelFor((() => {}) as never, { length: 1 }), TypeError, "by task()");
  for (const length of [-1, 1.5, NaN, 2 ** 31]) {
    assertThrows(() => parallelFor(spell as never, { length }), RangeError, "Cannot loop over");
  }
  for (const chunk of [0, 1.5, NaN]) {
    assertThrows(() => parallelFor(spell as never, { length: 1, chunk }), RangeError, "parts of");
  }
});
