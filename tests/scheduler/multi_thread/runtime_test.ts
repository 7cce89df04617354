/**
 * Runtimes with workers.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { test } from "../../helpers/leak_guard.ts";
import { Runtime } from "../../../scheduler/mod.ts";
import { call, JoinError, JoinSet, spawn, task } from "../../../task/mod.ts";
import {
  add,
  block,
  closure,
  concat,
  count,
  declareLate,
  echo,
  fail,
  failLater,
  hang,
  makeMemory,
  meet,
  reverse,
  spin,
  square,
  sumOfSquares,
  whichThread,
} from "./fixtures/tasks.ts";
import { needs } from "../../helpers/needs.ts";
import { withWorkers } from "../../helpers/workers.ts";

/** Waits until a task has said that it runs. */
async function hasBegun(log: SharedArrayBuffer): Promise<void> {
  const waiting = Atomics.waitAsync(new Int32Array(log), 0, 0);
  const alive = setInterval(() => {}, 1000);
  await waiting.value;
  clearInterval(alive);
}

test("spawn() runs plain, async and generator tasks on workers", async () => {
  await withWorkers(async () => {
    assertEquals(await spawn(add, 1, 2), 3);
    assertEquals(await spawn(concat, "a", "b", "c"), "abc");
    assertEquals(await spawn(count, 4), 10);
    assertNotEquals(await spawn(whichThread), whichThread());
  });
});

test("spawn() of a portable task runs here where the runtime has no workers", async () => {
  assertEquals(await spawn(add, 1, 2), 3);
  assertEquals(await spawn(count, 4), 10);
  assertEquals(await spawn(whichThread), whichThread());
});

test("task() answers with the function, which can still be called", () => {
  assertEquals(add(1, 2), 3);
  assertEquals(add.name, "add");
});

test("task() refuses what workers could not find", () => {
  assertThrows(() => task(import.meta, 1 as never), TypeError, "expected a function, found number");
  assertThrows(() => task(import.meta, () => 1), TypeError, "no name");
  const first = task(import.meta, function twice() {});
  assertInstanceOf(first, Function);
  assertThrows(
    () => task(import.meta, function twice() {}),
    TypeError,
    'Cannot declare task "twice": its module has declared another one',
  );
});

test("a portable task that throws fails with its error", async () => {
  await withWorkers(async () => {
    const error = await assertRejects(() => Promise.resolve(spawn(fail, "no")), JoinError);
    assert(error.isPanic());
    assertInstanceOf(error.cause, RangeError);
    assertEquals(error.cause.message, "no");
    const later = await assertRejects(() => Promise.resolve(spawn(failLater, "late")), JoinError);
    assertInstanceOf(later.cause, SyntaxError);
    assertEquals(await spawn(add, 1, 2), 3);
  });
});

test("spawn() throws at the call when an argument cannot travel", async () => {
  await withWorkers(async () => {
    const error = assertThrows(() => spawn(echo, { callback: () => 1 } as never));
    assertEquals((error as Error).name, "DataCloneError");
    assertStringIncludes((error as Error).message, "arguments[0].callback");
    assertEquals(await spawn(add, 1, 2), 3);
  });
});

test("a portable task whose result cannot travel fails", async () => {
  await withWorkers(async () => {
    const error = await assertRejects(() => Promise.resolve(spawn(closure)), JoinError);
    assertEquals((error.cause as Error).name, "DataCloneError");
  });
});

test("a portable task that no module declares at its top level fails", async () => {
  const late = declareLate();
  await withWorkers(async () => {
    const error = await assertRejects(() => Promise.resolve(spawn(late)), JoinError);
    assertStringIncludes(`${error.cause}`, 'Cannot run task "late"');
  });
});

test("a portable task of a module that cannot be loaded fails", async () => {
  const lost = task({ url: "file:///nowhere/nothing.ts" }, function lost() {});
  await withWorkers(async () => {
    const error = await assertRejects(() => Promise.resolve(spawn(lost)), JoinError);
    assertStringIncludes(`${error.cause}`, "nothing.ts");
    assertEquals(await spawn(add, 1, 2), 3);
  });
});

test("arguments and results of any size travel", async () => {
  await withWorkers(async () => {
    for (const size of [0, 1, 100, 10_000, 1_000_000]) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => i % 251);
      assertEquals(await spawn(reverse, bytes), bytes.toReversed());
    }
    const map = new Map<unknown, unknown>([["date", new Date(0)], [1, [null, undefined, 1n]]]);
    assertEquals(await spawn(echo, map), map);
  });
});

test("shared memory arrives as the same memory", async () => {
  await withWorkers(async () => {
    const log = new SharedArrayBuffer(8);
    const [back] = await Promise.all([spawn(echo, log), spawn(echo, log)]);
    new Int32Array(log)[1] = 7;
    assertEquals(new Int32Array(back as SharedArrayBuffer)[1], 7);
  });
});

test("JoinHandle.abort() ends a portable task where it waits, and waits for its cleanup", async () => {
  await withWorkers(async () => {
    const log = new SharedArrayBuffer(4);
    const handle = spawn(hang, log);
    await hasBegun(log);
    handle.abort();
    const error = await assertRejects(() => Promise.resolve(handle), JoinError);
    assert(error.isCancelled());
    assertEquals(new Int32Array(log)[0], 2);
  });
});

test("JoinHandle.abort() ends a portable task that no worker has taken", async () => {
  await withWorkers(async () => {
    const blockers = [spawn(block, 50), spawn(block, 50)];
    const log = new SharedArrayBuffer(4);
    const handle = spawn(hang, log);
    await Promise.resolve();
    handle.abort();
    const error = await assertRejects(() => Promise.resolve(handle), JoinError);
    assert(error.isCancelled());
    assertEquals(new Int32Array(log)[0], 0);
    for (const blocker of blockers) await blocker;
  });
});

test("isAborted() tells a computing task that it was aborted", async () => {
  await withWorkers(async () => {
    const log = new SharedArrayBuffer(4);
    const handle = spawn(spin, log);
    await hasBegun(log);
    handle.abort();
    assertEquals(await handle, "stopped");
  });
});

test("workers spawn tasks for each other", async () => {
  await withWorkers(async () => {
    assertEquals(await spawn(sumOfSquares, 200), 2_686_700);
  });
});

test("a worker that is blocked has its tasks stolen", async () => {
  await withWorkers(async () => {
    const threads = new Set<string>();
    // The second worker may take its time to start.
    for (let tries = 0; tries < 100 && threads.size < 2; tries++) {
      const handles = Array.from({ length: 8 }, () => spawn(block, 5));
      for (const handle of handles) threads.add(await handle);
    }
    assertEquals(threads.size, 2);
  });
});

test("tasks that a worker has to load first are there for others meanwhile", async () => {
  await withWorkers(async () => {
    // Both are queued before there is a worker, so the first one takes both. Each blocks its own until
    // the other one has come.
    const met = new SharedArrayBuffer(4);
    const handles = [spawn(meet, met, 2), spawn(meet, met, 2)];
    const workers = [];
    for (const handle of handles) workers.push(await handle);
    assertEquals(workers.sort(), [0, 1]);
  });
});

test("JoinSet takes portable tasks like others", async () => {
  await withWorkers(async () => {
    using set = new JoinSet<number>();
    for (let i = 1; i <= 20; i++) set.spawn(call(square, i));
    let sum = 0;
    for await (const outcome of set) sum += outcome.ok ? outcome.value : NaN;
    assertEquals(sum, 2870);
  });
});

test("Runtime.shutdown() ends portable tasks that wait, are queued and compute", async () => {
  const runtime = Runtime.builder().multiThread().workerThreads(2).build();
  const log = new SharedArrayBuffer(4);
  const handles = [runtime.spawn(hang, log), runtime.spawn(block, 30)];
  await hasBegun(log);
  for (let i = 0; i < 50; i++) handles.push(runtime.spawn(hang, new SharedArrayBuffer(4)));
  await runtime.shutdown();
  assertEquals(new Int32Array(log)[0], 2);
  assert(handles.every((handle) => handle.isFinished()));
  for (const handle of handles) await Promise.resolve(handle).catch(() => {});
});

test("RuntimeBuilder refuses impossible numbers of workers", () => {
  for (const count of [0, -1, 1.5, 129, NaN]) {
    assertThrows(() => Runtime.builder().workerThreads(count), RangeError, "Cannot use");
  }
  assertThrows(() => Runtime.builder().threadName(""), RangeError, "the name is empty");
  assertThrows(() => Runtime.builder().globalQueueInterval(0), RangeError);
});

/** How many selectors and wakers the process has, once they are `most`, or after some seconds. */
async function selectors(most: number): Promise<number> {
  let count = Infinity;
  for (let tries = 0; tries < 100 && count > most; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    count = [...Deno.readDirSync("/proc/self/fd")].filter(isSelector).length;
  }
  return count;
}

function isSelector({ name }: Deno.DirEntry): boolean {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith("anon_inode:[event");
  } catch {
    return false;
  }
}

test("runtimes that start and stop leave descriptors where they were", async () => {
  await withWorkers(async () => void await spawn(add, 1, 2));
  const before = await selectors(0);
  for (let i = 0; i < 10; i++) {
    await withWorkers(async () => assertEquals(await spawn(add, i, 2), i + 2));
  }
  assertEquals(await selectors(before), before);
}, needs("proc"));

test("spawn() takes more tasks than there are records", async () => {
  await withWorkers(async () => {
    const blockers = [spawn(block, 30), spawn(block, 30)];
    const many = 100_000;
    const handles = Array.from({ length: many }, (_, i) => spawn(add, i, 1));
    let sum = 0;
    for (const handle of handles) sum += await handle;
    assertEquals(sum, many * (many + 1) / 2);
    for (const blocker of blockers) await blocker;
  });
});

test("arguments that wait for room are given up with their task", async () => {
  await withWorkers(async () => {
    const large = new Uint8Array(20 * 2 ** 20);
    const handles = Array.from({ length: 8 }, () => spawn(echo, large));
    handles[7]!.abort();
    await assertRejects(() => Promise.resolve(handles[7]!), JoinError);
    for (const handle of handles.slice(0, 7)) {
      assertEquals((await handle as Uint8Array).length, large.length);
    }
    await assertRejects(() => Promise.resolve(call(echo, new Uint8Array(2 ** 27))), RangeError);
  });
});

test("shared memory that a task has made arrives with its result", async () => {
  await withWorkers(async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, i) => spawn(makeMemory, i)));
    assertEquals(made.map((memory) => new Int32Array(memory)[0]), made.map((_, i) => i));
  });
});

test("who gives up waiting for room does not keep it from those behind", async () => {
  await withWorkers(async () => {
    const blockers = [spawn(block, 60), spawn(block, 60)];
    const large = new Uint8Array(30 * 2 ** 20);
    const handles = Array.from({ length: 12 }, () => spawn(echo, large));
    // The last ten wait for room now.
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (const handle of handles.slice(2, 11)) handle.abort();
    for (const handle of [handles[0]!, handles[1]!, handles[11]!]) {
      assertEquals((await handle as Uint8Array).length, large.length);
    }
    for (const handle of handles.slice(2, 11)) {
      await assertRejects(() => Promise.resolve(handle), JoinError);
    }
    for (const blocker of blockers) await blocker;
  });
});
