/**
 * What can be spawned, and when it begins.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import type { Steps } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { ready } from "../../future/ready.ts";
import { TcpListener } from "../../net/tcp_listener.ts";
import { TcpStream } from "../../net/tcp_stream.ts";
import { JoinError } from "../../scheduler/join_error.ts";
import { Runtime, spawn } from "../../scheduler/runtime.ts";
import type { Spawnable } from "../../scheduler/task.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { failureOf } from "../helpers/outcomes.ts";
import { needs } from "../helpers/needs.ts";

const KINDS: Record<string, Spawnable<number>> = {
  "a future": ready(5),
  "a generator future": future(function* () {
    yield* sleep(1);
    return 5;
  }),
  "a generator function": function* (): Steps<number> {
    yield* sleep(1);
    return 5;
  },
  "an async function": async () => {
    await sleep(1);
    return 5;
  },
  "a plain function": () => 5,
  "a function that returns a promise": () => Promise.resolve(5),
  "a function that returns a future": () => sleep(1).then(() => 5),
  "a function that returns steps": () =>
    (function* (): Steps<number> {
      yield* sleep(1);
      return 5;
    })(),
  "a join handle": spawn(() => 5),
};

for (const [name, work] of Object.entries(KINDS)) {
  test(`spawn() runs ${name} and hands over its value`, async () => {
    const task = spawn(work);
    assertEquals(task.isFinished(), false);
    assertEquals(await task, 5);
    assertEquals(task.isFinished(), true);
  });
}

const FAILING: Record<string, (error: Error) => Spawnable<number>> = {
  "a future": (error) =>
    pollFn<number>(() => {
      throw error;
    }),
  "a generator function": (error) =>
    function* (): Steps<number> {
      yield* sleep(1);
      throw error;
    },
  "an async function": (error) => async () => {
    await sleep(1);
    throw error;
  },
  "a plain function": (error) => () => {
    throw error;
  },
  "a function that returns a promise": (error) => () => Promise.reject(error),
};

for (const [name, make] of Object.entries(FAILING)) {
  test(`spawn() keeps what ${name} throws as the cause of the JoinError`, async () => {
    const error = new RangeError("own failure");
    const task = spawn(make(error));
    const failure = await failureOf(task);
    assert(failure.isPanic() && !failure.isCancelled());
    assert(failure.cause === error);
    assertEquals(failure.taskId, task.id);
    assertEquals(failure.message, `Cannot join task ${task.id}: it threw: own failure`);
  });
}

test("spawn() begins in the next turn, not before it returns", async () => {
  const log: string[] = [];
  const tasks = [
    spawn(() => void log.push("plain")),
    spawn(async () => {
      log.push("async");
      await null;
    }),
    spawn(function* () {
      log.push("generator");
      yield* sleep(0);
    }),
    spawn(pollFn(() => void log.push("future"))),
  ];
  log.push("spawned");
  await null;
  log.push("microtask");
  for (const task of tasks) await task;
  assertEquals(log, ["spawned", "microtask", "plain", "async", "generator", "future"]);
});

test("spawn() begins each generator function anew", async () => {
  let runs = 0;
  function* work(): Steps<number> {
    yield* sleep(0);
    return ++runs;
  }
  assertEquals([await spawn(work), await spawn(work)], [1, 2]);
});

test("spawn() throws a TypeError at the call for what it cannot run", () => {
  const wrong: [unknown, string][] = [
    [Promise.resolve(1), "found a promise, which has begun already"],
    [5, "found number"],
    [undefined, "found undefined"],
    [null, "found object"],
    [{ then() {} }, "found object"],
  ];
  for (const [work, message] of wrong) {
    assertThrows(() => spawn(work as Spawnable<number>), TypeError, message);
  }
});

test("spawn() of an object that only looks like a future throws or runs it, and does not call it", async () => {
  const lookalike = { poll: () => 5 } as unknown as Spawnable<number>;
  let task;
  try {
    task = spawn(lookalike);
  } catch (error) {
    assertInstanceOf(error, TypeError);
    return;
  }
  assertEquals(await task, 5);
});

test("spawn() keeps undefined and null as values, and undefined as a failure", async () => {
  assertEquals(await spawn(() => undefined), undefined);
  assertEquals(await spawn(() => null), null);
  const failure = await failureOf(spawn(() => {
    throw undefined;
  }));
  assert(failure.isPanic());
  assertEquals(failure.cause, undefined);
  assertEquals(failure.message, `Cannot join task ${failure.taskId}: it threw: undefined`);
});

test("spawn() keeps an iterable result of a plain function as a value", async () => {
  assertEquals(await spawn(() => [1, 2]), [1, 2]);
  assertEquals(await spawn(() => new Map([[1, 2]])), new Map([[1, 2]]));
  assertEquals(await spawn(() => "text"), "text");
});

test("spawn() gives every task an id of its own, growing", async () => {
  const tasks = Array.from({ length: 10 }, () => spawn(() => {}));
  for (const [index, task] of tasks.entries()) {
    if (index > 0) assert(task.id > tasks[index - 1]!.id);
    assertEquals(task.abortHandle().id, task.id);
    await task;
  }
});

test("spawn() works from inside of tasks of every kind", async () => {
  const leaf = () => spawn(() => 1);
  assertEquals(await spawn(async () => 1 + await leaf()), 2);
  const nested = spawn(function* () {
    return 1 + (yield* leaf());
  });
  assertEquals(await nested, 2);
  let child: ReturnType<typeof leaf> | undefined;
  const polled = pollFn((cx) => (child ??= leaf()).poll(cx));
  assertEquals(await spawn(polled), 1);
});

test("spawn() runs a thousand tasks, each of which spawns one", async () => {
  let ended = 0;
  const tasks = Array.from({ length: 1000 }, () =>
    spawn(function* () {
      yield* spawn(async () => {
        await sleep(0);
        ended += 1;
      });
    }));
  for (const task of tasks) await task;
  assertEquals(ended, 1000);
});

test("spawn() polls a future only when it was woken", async () => {
  let polls = 0;
  let wake = () => {};
  const task = spawn(pollFn((cx) => {
    polls += 1;
    wake = () => cx.waker.wake();
    return polls === 3 ? polls : Pending;
  }));
  for (let i = 1; i <= 3; i++) {
    await sleep(1);
    assertEquals(polls, i);
    wake();
    wake();
  }
  assertEquals(await task, 3);
  wake();
  await sleep(1);
  assertEquals(polls, 3);
});

test("a socket works on after the end of the runtime whose task has opened it", async () => {
  const runtime = Runtime.builder().build();
  const opened = await runtime.run(async () => await TcpListener.bind("127.0.0.1:0"));
  using listener = opened;
  const waiting = spawn(async () => {
    const [stream] = await listener.accept();
    stream.close();
  });
  await runtime.shutdown();
  using _client = await TcpStream.connect(listener.localAddr());
  await waiting;
}, needs("sockets"));

test("spawn() of a generator function whose call throws is a task that failed", async () => {
  const fail = (): number => {
    throw new RangeError("no default");
  };
  const task = spawn(function* (value = fail()) {
    yield* sleep(1);
    return value;
  });
  const error = await assertRejects(() => Promise.resolve(task), JoinError);
  assertEquals((error.cause as Error).message, "no default");
});

test("spawn() refuses arguments for what is not portable", () => {
  assertThrows(
    () => spawn(() => 1, 5 as never),
    TypeError,
    "Cannot spawn with a number as options",
  );
  assertThrows(() => spawn(() => 1, null as never), TypeError, "Cannot spawn with a");
});
