/**
 * Dropping generator futures: their `finally` and `using` blocks run, from where they stand.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import type { Steps } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled } from "../helpers/outcomes.ts";
import { assertPending, assertReady, pollOnce } from "../helpers/wakes.ts";

/** A resource that notes its end. */
function resource(log: string[], name: string): Disposable {
  return { [Symbol.dispose]: () => log.push(name) };
}

test("future() that was never polled runs nothing when it is dropped", () => {
  const log: string[] = [];
  const made = future(function* () {
    try {
      log.push("body");
      yield* pending();
    } finally {
      log.push("finally");
    }
  });
  made[Symbol.dispose]();
  assertEquals(log, []);
});

test("future() runs finally and using blocks from where it stands, and no others", () => {
  const log: string[] = [];
  const made = future(function* () {
    using _first = resource(log, "using");
    try {
      yield* ready(1);
      try {
        yield* pollFn(() => Pending, () => log.push("wait dropped"));
        log.push("not reached");
      } finally {
        log.push("inner finally");
      }
    } finally {
      log.push("outer finally");
    }
    using _second = resource(log, "not opened");
    yield* pending();
  });
  assertPending(made);
  made[Symbol.dispose]();
  assertEquals(log, ["wait dropped", "inner finally", "outer finally", "using"]);
  made[Symbol.dispose]();
  assertEquals(log.length, 4);
});

test("future() drops nested generator futures from the inside out", () => {
  const log: string[] = [];
  const inner = future(function* () {
    try {
      yield* pending();
    } finally {
      log.push("inner");
    }
  });
  const outer = future(function* () {
    try {
      yield* inner;
      log.push("not reached");
    } finally {
      log.push("outer");
    }
  });
  assertPending(outer);
  outer[Symbol.dispose]();
  assertEquals(log, ["inner", "outer"]);
  assertThrows(() => pollOnce(inner), TypeError, "Cannot poll a future again");
});

test("future() passes on what a finally block throws while it is dropped", () => {
  const made = future(function* () {
    try {
      yield* pending();
    } finally {
      // deno-lint-ignore no-unsafe-finally
      throw new RangeError("from finally");
    }
  });
  assertPending(made);
  assertThrows(() => made[Symbol.dispose](), RangeError, "from finally");
  made[Symbol.dispose]();
});

test("future() does not let a finally block wait while it is dropped", () => {
  const log: unknown[] = [];
  const made = future(function* () {
    try {
      yield* pending();
    } finally {
      try {
        yield* sleep(60_000);
        log.push("not reached");
      } catch (error) {
        log.push(error);
      }
    }
  });
  assertPending(made);
  made[Symbol.dispose]();
  assertEquals(log.length, 1);
  assertInstanceOf(log[0], TypeError);
});

test("future() says why a finally block cannot wait while it is dropped", () => {
  const made = future(function* () {
    try {
      yield* pending();
    } finally {
      yield* sleep(60_000);
    }
  });
  assertPending(made);
  assertThrows(() => made[Symbol.dispose](), TypeError, "Cannot wait in a finally block");
});

test("future() says why a nested finally block cannot wait while it is dropped", () => {
  const log: string[] = [];
  const inner = future(function* () {
    try {
      yield* pending();
    } finally {
      try {
        yield* sleep(60_000);
      } finally {
        log.push("inner");
      }
    }
  });
  const outer = future(function* () {
    try {
      yield* inner;
      log.push("not reached");
    } finally {
      log.push("outer");
    }
  });
  assertPending(outer);
  assertThrows(() => outer[Symbol.dispose](), TypeError, "Cannot wait in a finally block");
  assertEquals(log, ["inner", "outer"]);
});

test("future() lets a finally block use what is ready while it is dropped", () => {
  const log: number[] = [];
  const made = future(function* () {
    try {
      yield* pending();
    } finally {
      log.push(yield* ready(7));
    }
  });
  assertPending(made);
  made[Symbol.dispose]();
  assertEquals(log, [7]);
});

test("an aborted task waits in the finally block of its generator", async () => {
  const log: string[] = [];
  const task = spawn(function* () {
    try {
      yield* pending();
    } finally {
      yield* sleep(1);
      log.push("slept");
      yield* sleep(1);
      log.push("slept again");
    }
    log.push("not reached");
  });
  await sleep(1);
  task.abort();
  await assertCancelled(task);
  assertEquals(log, ["slept", "slept again"]);
});

test("an aborted task waits in the finally block of a nested generator future, then unwinds the outer one", async () => {
  const log: string[] = [];
  const task = spawn(function* () {
    try {
      yield* future(function* () {
        try {
          yield* pending();
        } finally {
          yield* sleep(1);
          log.push("inner");
        }
      });
      log.push("went on after the abort");
    } finally {
      yield* sleep(1);
      log.push("outer");
    }
    log.push("went on after the abort");
  });
  await sleep(1);
  task.abort();
  await assertCancelled(task);
  assertEquals(log, ["inner", "outer"]);
});

test("an aborted task unwinds plain generators that wait in their finally blocks", async () => {
  const log: string[] = [];
  function* part(): Steps<void> {
    try {
      yield* pending();
    } finally {
      yield* sleep(1);
      log.push("inner");
    }
  }
  const task = spawn(function* () {
    yield* part();
    log.push("went on after the abort");
  });
  await sleep(1);
  task.abort();
  await assertCancelled(task);
  assertEquals(log, ["inner"]);
});

test("future() that completed drops nothing", () => {
  const log: string[] = [];
  const made = future(function* () {
    try {
      return yield* ready(1);
    } finally {
      log.push("finally");
    }
  });
  assertEquals(assertReady(made), 1);
  made[Symbol.dispose]();
  assertEquals(log, ["finally"]);
});
