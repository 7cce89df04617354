/**
 * Structured concurrency.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { assertSpyCalls, stub } from "@std/testing/mock";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { Cancelled } from "../../scheduler/join_error.ts";
import { currentRuntime, Runtime, spawn } from "../../scheduler/runtime.ts";
import { scope, type TaskScope } from "../../task/scope.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { pause, resume } from "../../time/pause.ts";
import { sleep } from "../../time/sleep.ts";
import { ElapsedError, timeout } from "../../time/timeout.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";

/** A task that notes how it ends, after a clean-up that waits. */
function* tidy(log: string[], name: string) {
  try {
    yield* pending();
  } finally {
    yield* yieldNow();
    log.push(name);
  }
}

test("scope() answers with the value of its body, when all children have ended", async () => {
  for (const kind of ["async", "generator", "plain"]) {
    const log: string[] = [];
    const child = function* () {
      yield* yieldNow();
      log.push("child");
    };
    const value = kind === "async"
      ? scope(async (s) => {
        s.spawn(child);
        await null;
        return "value";
      })
      : kind === "generator"
      ? scope(function* (s) {
        s.spawn(child);
        yield* [];
        return "value";
      })
      : scope((s) => {
        s.spawn(child);
        return "value";
      });
    assertEquals(await value, "value");
    assertEquals(log, ["child"], kind);
  }
});

test("scope() begins nothing before its first poll", async () => {
  let runs = 0;
  const lazy = scope(() => ++runs);
  await turns(3);
  assertEquals(runs, 0);
  assertEquals(await lazy, 1);
  assertThrows(() => pollOnce(lazy), TypeError);
});

test("scope() lets children spawn further children, and the body await them", async () => {
  const visit = (s: TaskScope, depth: number): number => {
    if (depth > 0) { for (let i = 0; i < 2; i++) s.spawn(() => visit(s, depth - 1)); }
    return ++visited;
  };
  let visited = 0;
  const seen = await scope(async (s) => {
    visit(s, 4);
    return await s.spawn(() => 20, { name: "twenty" }) + 1;
  });
  assertEquals([seen, visited], [21, 31]);
});

test("scope() throws what the first child throws, once the others have unwound", async () => {
  const log: string[] = [];
  const why = new RangeError("own");
  const failing = scope(function* (s) {
    s.spawn(() => tidy(log, "child"));
    s.spawn(async () => {
      try {
        await sleep(60_000);
      } catch (error) {
        assertInstanceOf(error, Cancelled);
        await yieldNow();
        log.push("async child");
        throw error;
      }
    });
    s.spawn(async () => {
      await sleep(1);
      throw why;
    });
    yield* tidy(log, "body");
  });
  const error = await assertRejects(async () => await failing, RangeError);
  assertStrictEquals(error, why);
  assertEquals(log.toSorted(), ["async child", "body", "child"]);
});

test("scope() throws what its body throws, once the children have unwound", async () => {
  for (const kind of ["async", "generator"]) {
    const log: string[] = [];
    const why = new RangeError("own");
    const failing = kind === "async"
      ? scope(async (s) => {
        s.spawn(() => tidy(log, "child"));
        await yieldNow();
        throw why;
      })
      : scope(function* (s) {
        s.spawn(() => tidy(log, "child"));
        yield* yieldNow();
        throw why;
      });
    assertStrictEquals(await assertRejects(async () => await failing), why);
    assertEquals(log, ["child"], kind);
  }
});

test("scope() fails by a child whose failure the body has caught", async () => {
  const failing = scope(async (s) => {
    const child = s.spawn(() => {
      throw new RangeError("own");
    });
    try {
      await child;
    } catch {
      return "value";
    }
  });
  await assertRejects(async () => await failing, RangeError);
});

test("scope() keeps undefined as a failure", async () => {
  let thrown = false;
  try {
    await scope((s) => {
      s.spawn(() => {
        throw undefined;
      });
    });
  } catch (error) {
    thrown = error === undefined;
  }
  assert(thrown);
});

test("scope() reports on the console what fails while it gives up", async () => {
  using error = stub(console, "error");
  const late = new TypeError("late");
  const failing = scope((s) => {
    s.spawn(function* () {
      try {
        yield* pending();
      } finally {
        yield* yieldNow();
        // deno-lint-ignore no-unsafe-finally
        throw late;
      }
    });
    s.spawn(function* () {
      yield* yieldNow();
      throw new RangeError("first");
    });
  });
  await assertRejects(async () => await failing, RangeError, "first");
  await turns(3);
  assertSpyCalls(error, 1);
  assertStrictEquals(error.calls[0]!.args[1], late);
});

test("scope() does not fail because one of its tasks was aborted", async () => {
  const value = await scope(async (s) => {
    const child = s.spawn(pending());
    await yieldNow();
    child.abort();
    await assertCancelled(child);
    return "value";
  });
  assertEquals(value, "value");
});

test("TaskScope.abortAll() ends the children, and the body goes on", async () => {
  const log: string[] = [];
  const value = await scope(function* (s) {
    s.spawn(() => tidy(log, "a"));
    s.spawn(() => tidy(log, "b"));
    yield* yieldNow();
    s.abortAll();
    yield* yieldNow();
    return "value";
  });
  assertEquals(value, "value");
  assertEquals(log.toSorted(), ["a", "b"]);
});

test("scope() that is dropped aborts its body and its children", async () => {
  const log: string[] = [];
  const dropped = scope(function* (s) {
    s.spawn(() => tidy(log, "child"));
    yield* tidy(log, "body");
  });
  assertPending(dropped);
  await turns(2);
  dropped[Symbol.dispose]();
  dropped[Symbol.dispose]();
  assertThrows(() => pollOnce(dropped), TypeError);
  await turns(4);
  assertEquals(log.toSorted(), ["body", "child"]);
});

test("scope() that was never polled is dropped without a trace", () => {
  let runs = 0;
  const dropped = scope(() => ++runs);
  dropped[Symbol.dispose]();
  assertEquals(runs, 0);
  assertThrows(() => pollOnce(dropped), TypeError);
});

test("scope() that loses a select or is timed out leaves nothing behind", async () => {
  const log: string[] = [];
  const make = (name: string) => scope((s) => void s.spawn(() => tidy(log, name)));
  // A clock that stands moves when the tasks have begun, however slow the machine is.
  pause();
  using _clock = { [Symbol.dispose]: resume };
  await select({ lost: make("select"), other: sleep(1) });
  await assertRejects(async () => await timeout(1, make("timeout")), ElapsedError);
  await turns(4);
  assertEquals(log, ["select", "timeout"]);
});

test("scope() in a generator task that is aborted is waited for", async () => {
  for (const direct of [true, false]) {
    const log: string[] = [];
    const work = () =>
      scope(function* (s) {
        s.spawn(() => tidy(log, "child"));
        yield* tidy(log, "body");
      });
    const task = direct ? spawn(work()) : spawn(function* () {
      try {
        yield* work();
      } finally {
        log.push("task");
      }
    });
    await turns(2);
    task.abort();
    await assertCancelled(task);
    assertEquals(log.toSorted(), direct ? ["body", "child"] : ["body", "child", "task"]);
    if (!direct) assertEquals(log.at(-1), "task");
  }
});

test("scope() in an async task that is aborted ends in the turns that follow", async () => {
  const log: string[] = [];
  const task = spawn(async () => {
    await scope((s) => void s.spawn(() => tidy(log, "child")));
  });
  await turns(2);
  task.abort();
  await assertCancelled(task);
  await turns(4);
  assertEquals(log, ["child"]);
});

test("scope() before its first poll ends with the task that was to poll it", async () => {
  let runs = 0;
  const task = spawn(scope(() => ++runs));
  task.abort();
  await assertCancelled(task);
  assertEquals(runs, 0);
});

test("TaskScope.spawn() throws a TypeError when the scope has ended or gives up", async () => {
  let kept: TaskScope | undefined;
  await scope((s) => void (kept = s));
  assertThrows(() => kept!.spawn(() => 1), TypeError, "Cannot spawn in a scope: it has ended");
  const seen: unknown[] = [];
  const failing = scope((s) => {
    s.spawn(function* () {
      try {
        yield* pending();
      } finally {
        try {
          s.spawn(() => 1);
        } catch (error) {
          seen.push((error as Error).message);
        }
      }
    });
    s.spawn(() => {
      throw new RangeError("own");
    });
  });
  await assertRejects(async () => await failing, RangeError);
  assertEquals(seen, ["Cannot spawn in a scope: it gives up"]);
});

test("TaskScope.token and signal are cancelled when the scope gives up, not when it ends", async () => {
  const scopes: TaskScope[] = [];
  await scope((s) => void scopes.push(s));
  const why = new RangeError("own");
  const failing = scope((s) => {
    scopes.push(s);
    s.spawn(() => {
      throw why;
    });
    return s.token.runUntilCancelled(pending());
  });
  await assertRejects(async () => await failing, RangeError);
  const dropped = scope((s) => {
    scopes.push(s);
    s.spawn(pending());
  });
  assertPending(dropped);
  await turns(1);
  const { signal } = scopes[2]!;
  assertFalse(signal.aborted);
  dropped[Symbol.dispose]();
  assert(signal.aborted);
  assertEquals(scopes.map(({ token }) => token.isCancelled()), [false, true, true]);
  assertStrictEquals(scopes[1]!.token.reason, why);
  await turns(3);
});

test("scope() nests: an inner failure goes through the outer one", async () => {
  const log: string[] = [];
  const outer = scope(async (s) => {
    s.spawn(() => tidy(log, "outer child"));
    await scope(async (inner) => {
      inner.spawn(() => tidy(log, "inner child"));
      await yieldNow();
      throw new RangeError("inner");
    });
  });
  await assertRejects(async () => await outer, RangeError, "inner");
  assertEquals(log, ["inner child", "outer child"]);
});

test("scope() spawns in the runtime in which it is polled first", async () => {
  await using runtime = Runtime.builder().build();
  const inside = await runtime.run(async () =>
    await scope(async (s) => await s.spawn(() => currentRuntime() === runtime))
  );
  assert(inside);
});

test("scope() wakes who polls it once, at the end", async () => {
  const wakes = new Wakes();
  const gate = Promise.withResolvers<number>();
  const waiting = scope(async (s) => {
    s.spawn(yieldNow());
    return await gate.promise;
  });
  assertPending(waiting, wakes);
  await turns(3);
  assertEquals(wakes.count, 0);
  gate.resolve(1);
  await turns(3);
  assertEquals(wakes.count, 1);
  assertEquals(assertReady(waiting), 1);
});

test("scope() ends a task that its runtime has shut down as cancelled", async () => {
  const runtime = Runtime.builder().build();
  const task = runtime.spawn(scope((s) => {
    s.spawn(pollFn(() => Pending));
    return pending();
  }));
  await turns(2);
  await runtime.shutdown();
  assert((await failureOf(task)).isCancelled());
});

test("scope() throws a TypeError for what is no function", () => {
  // @ts-expect-error A future is no body.
  assertThrows(() => scope(pending()), TypeError, "Cannot open a scope");
});
