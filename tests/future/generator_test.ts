/**
 * Futures written as generator functions: how they run, nest and fail.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { currentContext } from "../../future/context.ts";
import { fromPromise } from "../../future/from_promise.ts";
import type { Steps } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";

/** A future that is pending `times` times and wakes itself. */
function after(times: number) {
  let left = times;
  return pollFn((cx) => {
    if (left-- === 0) return times;
    cx.waker.wake();
    return Pending;
  });
}

test("future() runs to the first wait with the first poll, and no further", () => {
  const steps: number[] = [];
  const made = future(function* () {
    steps.push(1);
    yield* after(1);
    steps.push(2);
    yield* after(1);
    steps.push(3);
  });
  assertEquals(steps, []);
  assertPending(made);
  assertEquals(steps, [1]);
  assertPending(made);
  assertEquals(steps, [1, 2]);
  assertReady(made);
  assertEquals(steps, [1, 2, 3]);
});

test("future() goes on without a poll between waits that are ready", () => {
  const made = future(function* () {
    let sum = 0;
    for (let i = 0; i < 1000; i++) sum += yield* ready(1);
    return sum;
  });
  assertEquals(assertReady(made), 1000);
});

test("future() hands each wait the waker of the poll that reached it", () => {
  const made = future(function* () {
    yield* after(1);
    yield* after(1);
  });
  const first = new Wakes();
  const second = new Wakes();
  assertPending(made, first);
  assert(first.isWoken());
  assertPending(made, second);
  assertFalse(first.isWoken());
  assert(second.isWoken());
  assertReady(made);
});

test("future() nests: yield* of another generator future passes values and waits through", () => {
  const inner = (depth: number): ReturnType<typeof future<number>> =>
    future(function* () {
      if (depth === 0) return yield* after(2);
      return 1 + (yield* inner(depth - 1));
    });
  const made = inner(50);
  assertPending(made);
  assertPending(made);
  assertEquals(assertReady(made), 52);
});

test("future() delegates to a plain generator as well", () => {
  function* part(): Steps<number> {
    return (yield* after(1)) + 1;
  }
  const made = future(function* () {
    return (yield* part()) * 10;
  });
  assertPending(made);
  assertEquals(assertReady(made), 20);
});

test("future() throws the failure of a wait into the generator, where it can be caught", () => {
  const failing = () =>
    pollFn(() => {
      throw new RangeError("own");
    });
  const made = future(function* () {
    try {
      yield* failing();
    } catch (error) {
      return (error as Error).message;
    }
    return "not reached";
  });
  assertEquals(assertReady(made), "own");
});

test("future() fails with what its generator, or one nested in it, throws", async () => {
  const inner = future(function* () {
    yield* after(1);
    throw new RangeError("inner");
  });
  const outer = future(function* () {
    return yield* inner;
  });
  await assertRejects(async () => await outer, RangeError, "inner");
});

test("future() that has failed throws a TypeError when it is yielded to again", () => {
  const inner = future(function* () {
    yield* ready(0);
    throw new RangeError("inner");
  });
  const outer = future(function* () {
    try {
      yield* inner;
    } catch {
      // As expected; what counts is the second use.
    }
    return yield* inner;
  });
  assertThrows(() => pollOnce(outer), TypeError, "Cannot poll a future again");
});

test("future() that has a value throws a TypeError when it is yielded to again", () => {
  const inner = future(function* () {
    return yield* ready(1);
  });
  const outer = future(function* () {
    return (yield* inner) + (yield* inner);
  });
  assertThrows(() => pollOnce(outer), TypeError, "Cannot poll a future again");
});

test("future() fails with a TypeError for a yielded promise, and runs its finally blocks", () => {
  const log: string[] = [];
  const body = function* () {
    try {
      yield Promise.resolve(1);
    } finally {
      log.push("finally");
    }
  } as unknown as () => Steps<void>;
  const made = future(body);
  assertThrows(() => pollOnce(made), TypeError, "Cannot wait for a yielded promise");
  assertEquals(log, ["finally"]);
  assertThrows(() => pollOnce(made), TypeError, "Cannot poll a future again");
});

test("future() fails with a TypeError for a future yielded without *", () => {
  const body = function* () {
    yield ready(1);
  } as unknown as () => Steps<void>;
  assertThrows(
    () => pollOnce(future(body)),
    TypeError,
    "Cannot wait for a yielded future: write yield* with a future",
  );
});

test("future() fails with a TypeError for a wrong yield in a nested generator future", () => {
  const log: string[] = [];
  const body = function* () {
    yield 5;
  } as unknown as () => Steps<void>;
  const made = future(function* () {
    try {
      yield* future(body);
    } finally {
      log.push("outer finally");
    }
  });
  assertThrows(() => pollOnce(made), TypeError, "Cannot wait for a yielded number");
  assertEquals(log, ["outer finally"]);
});

test("future() sets the context for its own poll only", () => {
  const contexts: unknown[] = [];
  const cx = new Wakes();
  const made = future(function* () {
    contexts.push(currentContext());
    yield* after(1);
  });
  assertPending(made, cx);
  assertEquals(currentContext(), undefined);
  assert(contexts[0] === cx);
  made[Symbol.dispose]();
});

test("future() restores the context of the future around it, also after a failure", () => {
  const outerCx = new Wakes();
  const innerCx = new Wakes();
  const made = future(function* () {
    const inner = future(function* () {
      yield* ready(0);
      throw new Error("inner");
    });
    assertThrows(() => inner.poll(innerCx), Error, "inner");
    assert(currentContext() === outerCx);
    yield* after(1);
  });
  assertPending(made, outerCx);
  assert(outerCx.isWoken());
  made[Symbol.dispose]();
});

test("future() waits for host promises through fromPromise()", async () => {
  const order: string[] = [];
  const made = future(function* () {
    order.push("before");
    const value = yield* fromPromise(turns(2).then(() => "value"));
    order.push("after");
    return value;
  });
  assertEquals(await made, "value");
  assertEquals(order, ["before", "after"]);
});

test("future() of a generator that returns at once is ready at once", () => {
  // deno-lint-ignore require-yield
  const made = future(function* () {
    return "now";
  });
  assertEquals(assertReady(made), "now");
});

test("future() can be woken late: spurious polls in between leave it where it stands", () => {
  let isOpen = false;
  let polls = 0;
  const made = future(function* () {
    return yield* pollFn(() => {
      polls += 1;
      return isOpen ? "open" : Pending;
    });
  });
  for (let i = 0; i < 3; i++) assertPending(made);
  isOpen = true;
  assertEquals(assertReady(made), "open");
  assertEquals(polls, 4);
});

test("future() keeps a pending() apart from the waits around it", () => {
  const made = future(function* () {
    yield* pending();
  });
  assertPending(made);
  made[Symbol.dispose]();
});
