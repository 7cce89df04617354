/**
 * Task-local values.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { followsPromises } from "../../host/async_context.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { currentTask } from "../../scheduler/task_context.ts";
import { AccessError, TaskLocal } from "../../task/task_local.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled } from "../helpers/outcomes.ts";
import { assertPending, assertReady, turns } from "../helpers/wakes.ts";

test("TaskLocal.get() answers with the value of its own task, before and after waits", async () => {
  const id = new TaskLocal<number>("id");
  const flag = new TaskLocal<boolean>();
  const seen: unknown[] = [];
  const first = spawn(id.scope(1, function* () {
    seen.push(id.get());
    yield* yieldNow();
    seen.push(id.get());
  }));
  const second = spawn(id.scope(2, function* () {
    id.with((value) => seen.push(value, id.get()));
    yield* yieldNow();
    yield* yieldNow();
    seen.push(id.get());
  }));
  const third = spawn(flag.scope(true, () => void seen.push(flag.get())));
  for (const task of [first, second, third]) await task;
  assertEquals(seen, [1, 2, 2, true, 1, 2]);
});

test("TaskLocal.get() throws an AccessError where it is not set, tryGet() answers undefined", async () => {
  const named = new TaskLocal<number>("request");
  const unnamed = new TaskLocal<number>();
  const error = assertThrows(() => named.get(), AccessError);
  assertEquals(error.name, "AccessError");
  assertEquals(error.message, 'Cannot read "request": it is not set here');
  assertThrows(() => unnamed.with(() => 1), AccessError, "Cannot read a task-local value: it is");
  assertEquals([named.tryGet(), named.tryWith(() => 1)], [undefined, undefined]);
  const inside = await named.scope(5, () => [named.tryGet(), named.tryWith((value) => value + 1)]);
  assertEquals(inside, [5, 6]);
  assertEquals(named.tryGet(), undefined);
});

test("TaskLocal may hold undefined", () => {
  const local = new TaskLocal<undefined>();
  local.syncScope(undefined, () => {
    assertEquals(local.get(), undefined);
    assert(local.tryWith(() => true));
  });
  assertThrows(() => local.get(), AccessError);
});

test("TaskLocal.scope() may be nested: the innermost counts, and others stay visible", async () => {
  const a = new TaskLocal<string>("a");
  const b = new TaskLocal<string>("b");
  const seen = await spawn(a.scope("outer", function* () {
    const seen = [a.get()];
    seen.push(
      ...(yield* b.scope(
        "b",
        future(function* () {
          yield* yieldNow();
          return yield* a.scope("inner", function* () {
            yield* yieldNow();
            return [a.get(), b.get()];
          });
        }),
      )),
    );
    yield* yieldNow();
    return [...seen, a.get(), String(b.tryGet())];
  }));
  assertEquals(seen, ["outer", "inner", "b", "outer", "undefined"]);
});

test("TaskLocal.scope() is seen by futures that are polled by hand", () => {
  const local = new TaskLocal<number>();
  let seen: number[] = [];
  const scope = local.scope(
    3,
    pollFn(() => {
      seen.push(local.get());
      return seen.length < 2 ? Pending : "value";
    }),
  );
  assertPending(scope);
  assertEquals(local.tryGet(), undefined);
  assertEquals(assertReady(scope), "value");
  assertEquals(seen, [3, 3]);
  seen = [];
  assertEquals(local.tryGet(), undefined);
});

test("TaskLocal.scope() is visible while its future is dropped because of an abort", async () => {
  const local = new TaskLocal<number>();
  const seen: (number | undefined)[] = [];
  const polled = Promise.withResolvers<void>();
  const task = spawn(local.scope(
    42,
    pollFn(() => {
      polled.resolve();
      return Pending;
    }, () => void seen.push(local.tryGet())),
  ));
  await polled.promise;
  task.abort();
  await assertCancelled(task);
  assertEquals(seen, [42]);
});

test("TaskLocal.scope() is visible in the cleanup of a generator, also when that waits", async () => {
  const local = new TaskLocal<number>();
  const seen: (number | undefined)[] = [];
  const body = function* () {
    try {
      yield* pending();
    } finally {
      seen.push(local.tryGet());
      yield* yieldNow();
      seen.push(local.tryGet());
    }
  };
  const tasks = [
    spawn(local.scope(1, body)),
    spawn(function* () {
      yield* local.scope(2, body);
    }),
  ];
  await turns(2);
  for (const task of tasks) task.abort();
  for (const task of tasks) await assertCancelled(task);
  assertEquals(seen.toSorted(), [1, 1, 2, 2]);
});

test("TaskLocal.scope() is visible when its future loses a select, and when it completes", async () => {
  const local = new TaskLocal<number>();
  const seen: (number | undefined)[] = [];
  const loser = local.scope(
    7,
    future(function* () {
      try {
        yield* pending();
      } finally {
        seen.push(local.tryGet());
      }
    }),
  );
  assertEquals(await select({ loser, winner: ready(1) }), { branch: "winner", value: 1 });
  await local.scope(8, function* () {
    using _resource = { [Symbol.dispose]: () => seen.push(local.tryGet()) };
    yield* yieldNow();
  });
  const unpolled = local.scope(9, pollFn(() => Pending, () => seen.push(local.tryGet())));
  unpolled[Symbol.dispose]();
  assertEquals(seen.filter((value) => value !== 7), [8, 9]);
});

test("TaskLocal.scope() is not inherited by tasks that are spawned in it", async () => {
  const local = new TaskLocal<number>();
  const seen: unknown[] = [];
  const note = () => void seen.push(local.tryGet());
  await local.scope(1, async () => {
    await spawn(note);
    await spawn(function* () {
      note();
      yield* yieldNow();
      note();
    });
    await spawn(async () => {
      note();
      await sleep(1);
      note();
    });
  });
  await spawn(local.scope(2, function* () {
    yield* spawn(note);
  }));
  assertEquals(seen, new Array(6).fill(undefined));
});

test("TaskLocal.scope() follows an async function and what it calls through awaits of edo's futures", async () => {
  const local = new TaskLocal<string>();
  const seen: unknown[] = [];
  const inner = async () => {
    await sleep(1);
    seen.push(local.get());
  };
  const make = (name: string) =>
    spawn(local.scope(name, async () => {
      seen.push(local.get());
      await yieldNow();
      seen.push(local.get());
      await inner();
      return local.get();
    }));
  const tasks = [make("a"), make("b")];
  assertEquals(await Promise.all(tasks), ["a", "b"]);
  assertEquals(seen.toSorted(), ["a", "a", "a", "b", "b", "b"]);
});

test("TaskLocal.scope() follows an async function through awaits of the host", async () => {
  const local = new TaskLocal<string>();
  const seen = await local.scope("mine", async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return local.tryGet();
  });
  assertEquals(seen, "mine");
}, { ignore: !followsPromises });

test("TaskLocal.scope() of an async function leaves abort() and the current task as they are", async () => {
  const local = new TaskLocal<number>();
  const ids: unknown[] = [];
  const log: string[] = [];
  const task = spawn(async () => {
    await local.scope(1, async () => {
      ids.push(currentTask()?.id);
      try {
        await sleep(60_000);
      } finally {
        ids.push(currentTask()?.id);
        log.push(`cleaned up ${local.get()}`);
      }
    });
  });
  await turns(2);
  task.abort();
  await assertCancelled(task);
  assertEquals(ids, [task.id, task.id]);
  assertEquals(log, ["cleaned up 1"]);
});

test("TaskLocal.syncScope() holds until the function returns or throws", async () => {
  const local = new TaskLocal<number>();
  assertEquals(local.syncScope(1, () => local.syncScope(2, () => local.get()) + local.get()), 3);
  assertThrows(() =>
    local.syncScope(1, () => {
      throw new RangeError("own");
    }), RangeError);
  assertEquals(local.tryGet(), undefined);
  const late = local.syncScope(1, async () => {
    await null;
    return local.tryGet();
  });
  assertEquals(await late, undefined);
});

test("TaskLocalFuture.takeValue() takes the value once", () => {
  const local = new TaskLocal<number>();
  const scope = local.scope(1, pending());
  assertEquals(scope.takeValue(), 1);
  assertEquals(scope.takeValue(), undefined);
});

test("TaskLocalFuture.takeValue() leaves the value unset in polls that follow", async () => {
  const local = new TaskLocal<number>();
  const scope = local.scope(1, () => {
    assertThrows(() => local.with(() => {}), AccessError);
    assertThrows(() => local.get(), AccessError);
    return local.tryGet();
  });
  scope.takeValue();
  // Not even the value of a scope around it shows through.
  assertEquals(await local.scope(2, scope), undefined);
});

test("TaskLocalFuture.takeValue() gives the value back after the end", async () => {
  const local = new TaskLocal<{ count: number }>();
  const scope = local.scope({ count: 0 }, () => {
    local.with((value) => value.count += 1);
    assertEquals(local.get().count, 1);
    return local.tryGet();
  });
  const value = await scope;
  assert(scope.takeValue() === value);
});

test("TaskLocal.scope() throws a TypeError for what it cannot run, and hands failures on", async () => {
  const local = new TaskLocal<number>();
  // @ts-expect-error A promise has begun already.
  assertThrows(() => local.scope(1, Promise.resolve(1)), TypeError, "a promise, which has begun");
  // @ts-expect-error A number is no work.
  assertThrows(() => local.scope(1, 5), TypeError);
  for (
    const work of [
      () => {
        throw new RangeError("own");
      },
      async () => {
        await null;
        throw new RangeError("own");
      },
    ]
  ) {
    let failure: unknown;
    try {
      await local.scope(1, work);
    } catch (error) {
      failure = error;
    }
    assertInstanceOf(failure, RangeError);
  }
});
