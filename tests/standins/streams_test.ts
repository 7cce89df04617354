/**
 * The tools of `@std/async` for items that come one after the other.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MuxAsyncIterator, pooledMap, tee } from "@std/async";

async function* items<T>(...values: T[]): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

Deno.test("pooledMap() yields results in the order of the items", async () => {
  const turns = (n: number) => Array.from({ length: 10 - n }, () => Promise.resolve());
  const results = pooledMap(3, items(1, 5, 9, 2), async (n) => {
    for (const turn of turns(n)) await turn;
    return n * n;
  });
  assertEquals(await Array.fromAsync(results), [1, 25, 81, 4]);
});

Deno.test("pooledMap() keeps to its limit", async () => {
  let running = 0;
  let most = 0;
  const results = pooledMap(2, [1, 2, 3, 4, 5], async (n) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    return n;
  });
  assertEquals((await Array.fromAsync(results)).length, 5);
  assertEquals(most, 2);
});

Deno.test("pooledMap() collects failures", async () => {
  const results = pooledMap(2, [1, 2, 3], (n) => Promise.reject(new Error(`Item ${n}`)));
  const error = await assertRejects(
    () => Array.fromAsync(results),
    AggregateError,
    "Cannot complete the mapping as an error was thrown from an item",
  );
  assert(error.errors.some(({ message }) => message === "Item 1"));
  assert(!error.errors.some(({ message }) => message === "Item 3"));
});

Deno.test("pooledMap() refuses a limit that is no positive whole number", () => {
  for (const limit of [0, -1, 0.5]) {
    assertThrows(() => pooledMap(limit, [], () => Promise.resolve()), RangeError, "poolLimit");
  }
});

Deno.test("MuxAsyncIterator yields what any of its sources yields", async () => {
  const mux = new MuxAsyncIterator<number>();
  mux.add(items(1, 2, 3));
  mux.add(items(4, 5));
  assertEquals((await Array.fromAsync(mux)).sort(), [1, 2, 3, 4, 5]);
});

Deno.test("MuxAsyncIterator fails with the first of its sources that fails", async () => {
  const mux = new MuxAsyncIterator<number>();
  mux.add(items(1, 2));
  mux.add((async function* () {
    yield await Promise.resolve(3);
    throw new Error("Stop");
  })());
  await assertRejects(() => Array.fromAsync(mux), Error, "Stop");
});

Deno.test("tee() gives each reader all items", async () => {
  const [first, second, third] = tee(items(1, 2, 3), 3);
  assertEquals(await Array.fromAsync(first), [1, 2, 3]);
  assertEquals(await Promise.all([Array.fromAsync(second), Array.fromAsync(third)]), [
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

Deno.test("tee() makes two readers unless told otherwise", () => {
  assertEquals(tee(items(1)).length, 2);
});
