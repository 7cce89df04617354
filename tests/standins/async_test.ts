/**
 * The waits of `@std/async`: delay, deadline, abortable, retry and debounce.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { abortable, deadline, debounce, delay, retry, RetryError } from "@std/async";
import { FakeTime } from "@std/testing/time";

const never = () => new Promise<never>(() => {});
const reason = new Error("Stop");

async function* numbers(ended: () => void = () => {}): AsyncGenerator<number> {
  try {
    for (let i = 1;; i++) yield await Promise.resolve(i);
  } finally {
    ended();
  }
}

Deno.test("delay() resolves when its time has come", async () => {
  using time = new FakeTime();
  let done = false;
  const wait = delay(100).then(() => done = true);
  await time.tickAsync(99);
  assertFalse(done);
  await time.tickAsync(1);
  await wait;
});

Deno.test("delay() waits by the real clock", async () => {
  const start = performance.now();
  await delay(20);
  assert(performance.now() - start >= 18);
});

Deno.test("delay() is cut short by its signal", async () => {
  await assertRejects(() => delay(100_000, { signal: AbortSignal.abort(reason) }), Error, "Stop");
  const controller = new AbortController();
  const wait = delay(100_000, { signal: controller.signal });
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => wait), reason);
});

Deno.test("delay() counts beyond the longest timer", async () => {
  using time = new FakeTime();
  let done = false;
  const wait = delay(2 ** 31 + 1000).then(() => done = true);
  await time.tickAsync(2 ** 31);
  await time.runMicrotasks();
  assertFalse(done);
  await time.tickAsync(1000);
  await wait;
});

Deno.test("deadline() passes on what comes in time", async () => {
  assertEquals(await deadline(Promise.resolve(1), Infinity), 1);
  await assertRejects(() => deadline(Promise.reject(reason), Infinity), Error, "Stop");
});

Deno.test("deadline() rejects with a TimeoutError when the time is over", async () => {
  using time = new FakeTime();
  const wait = assertRejects(() => deadline(never(), 100), DOMException, "Signal timed out");
  await time.tickAsync(100);
  assertEquals((await wait).name, "TimeoutError");
});

Deno.test("deadline() is cut short by its signal", async () => {
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => deadline(never(), Infinity, { signal })), reason);
});

Deno.test("abortable() passes on a promise that comes first", async () => {
  assertEquals(await abortable(Promise.resolve(1), new AbortController().signal), 1);
});

Deno.test("abortable() rejects with the reason of the signal", async () => {
  const controller = new AbortController();
  const wait = abortable(never(), controller.signal);
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => wait), reason);
  assertStrictEquals(await assertRejects(() => abortable(never(), controller.signal)), reason);
});

Deno.test("abortable() passes on items until the signal comes, and ends the source", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  let ended = false;
  await assertRejects(
    async () => {
      for await (const item of abortable(numbers(() => ended = true), controller.signal)) {
        seen.push(item);
        if (item === 3) controller.abort(reason);
      }
    },
    Error,
    "Stop",
  );
  assertEquals(seen, [1, 2, 3]);
  assert(ended);
});

Deno.test("abortable() ends the source when its reader leaves", async () => {
  let ended = false;
  for await (const _ of abortable(numbers(() => ended = true), new AbortController().signal)) break;
  assert(ended);
});

Deno.test("retry() calls until there is a success", async () => {
  using time = new FakeTime();
  let calls = 0;
  const result = retry(() => {
    if (++calls < 3) throw reason;
    return calls;
  }, { minTimeout: 100, jitter: 0 });
  await time.tickAsync(99);
  assertEquals(calls, 1);
  await time.tickAsync(1);
  await time.runMicrotasks();
  assertEquals(calls, 2);
  await time.tickAsync(200);
  assertEquals(await result, 3);
});

Deno.test("retry() gives up after the last attempt, with the last failure as the cause", async () => {
  let calls = 0;
  const attempt = () => Promise.reject(new Error(`Attempt ${++calls}`));
  const error = await assertRejects(
    () => retry(attempt, { minTimeout: 0, maxAttempts: 3 }),
    RetryError,
    "Retrying exceeded the maxAttempts (3)",
  );
  assertEquals((error.cause as Error).message, "Attempt 3");
  assertEquals([calls, error.name], [3, "RetryError"]);
});

Deno.test("retry() passes on what is not worth another attempt", async () => {
  let calls = 0;
  const attempt = () => {
    calls++;
    throw reason;
  };
  const isRetriable = (error: unknown) => error !== reason;
  assertStrictEquals(await assertRejects(() => retry(attempt, { isRetriable })), reason);
  assertEquals(calls, 1);
});

Deno.test("retry() is cut short by its signal", async () => {
  const controller = new AbortController();
  const attempt = () => {
    controller.abort(reason);
    throw new Error("Attempt");
  };
  const { signal } = controller;
  assertStrictEquals(await assertRejects(() => retry(attempt, { signal })), reason);
});

Deno.test("retry() refuses options that make no sense", async () => {
  const bad = [{ maxAttempts: 0 }, { multiplier: 0.5 }, { maxTimeout: 0 }, { minTimeout: -1 }, {
    jitter: 2,
  }, { minTimeout: 2, maxTimeout: 1 }];
  for (const options of bad) {
    await assertRejects(() => retry(() => 1, options), RangeError, "Cannot retry");
  }
});

Deno.test("debounce() joins calls that follow each other into the last", () => {
  using time = new FakeTime();
  const calls: unknown[][] = [];
  const debounced = debounce((...args: number[]) => calls.push(args), 100);
  assertFalse(debounced.pending);
  debounced(1, 2);
  time.tick(99);
  debounced(3);
  assert(debounced.pending);
  time.tick(99);
  assertEquals(calls, []);
  time.tick(1);
  assertEquals(calls, [[3]]);
  assertFalse(debounced.pending);
});

Deno.test("debounce() can drop the call that is due, or make it at once", () => {
  using time = new FakeTime();
  const calls: number[] = [];
  const controller = new AbortController();
  const debounced = debounce((n: number) => calls.push(n), 100, { signal: controller.signal });
  debounced(1);
  debounced.clear();
  debounced(2);
  debounced.flush();
  debounced.flush();
  debounced(3);
  controller.abort();
  time.tick(1000);
  assertEquals(calls, [2]);
});

Deno.test("debounce() refuses a wait that is no whole number", () => {
  for (const wait of [-1, 0.5, NaN]) assertThrows(() => debounce(() => {}, wait), RangeError);
});
