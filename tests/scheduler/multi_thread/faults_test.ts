/**
 * Tasks that do what a task should not: whoever has spawned them hears of it, all others go on, and
 * nothing is left.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { test } from "../../helpers/leak_guard.ts";
import { Runtime } from "../../../scheduler/mod.ts";
import { JoinError } from "../../../task/mod.ts";
import { needs } from "../../helpers/needs.ts";
import { program, start } from "../../helpers/program.ts";
import * as faults from "./fixtures/faults.ts";
import { load } from "../../../scheduler/multi_thread/atomics.ts";
import { ownLink } from "../../../scheduler/multi_thread/membership.ts";
import { PARKED } from "../../../scheduler/multi_thread/parking.ts";
import { Colleagues } from "../../../scheduler/multi_thread/pool.ts";
import { portableOf } from "../../../scheduler/multi_thread/portable.ts";
import { Queues } from "../../../scheduler/multi_thread/queues.ts";
import { add } from "./fixtures/tasks.ts";

const ROOT = new URL("../../../", import.meta.url).href;

const IMPORTS = `
import { Runtime } from "./scheduler/mod.ts";
import * as faults from "./tests/scheduler/multi_thread/fixtures/faults.ts";
import { add } from "./tests/scheduler/multi_thread/fixtures/tasks.ts";
`;

/** Runs a program, and answers with the lines that it has written. */
async function linesOf(
  source: string,
  expected: { readonly errors: readonly string[] },
): Promise<string[]> {
  const { code, output, errors } = await program(IMPORTS + source, AbortSignal.timeout(50_000));
  for (const error of expected.errors) assertStringIncludes(errors, error);
  assertEquals(code, 0);
  return output.trimEnd().split("\n");
}

/** Lets both workers have the memory and the module, and answers with the numbers of their isolates. */
async function introduced(runtime: Runtime, log: SharedArrayBuffer): Promise<number[]> {
  let isolates;
  do {
    const tasks = [runtime.spawn(faults.introduce, log), runtime.spawn(faults.introduce, log)];
    isolates = await Promise.all(tasks);
  } while (!faults.haveMet(log));
  return isolates;
}

/** Waits until these isolates rest, and have done so for a while. */
async function rest(isolates: readonly number[]): Promise<void> {
  const { domain } = ownLink();
  const rests = (isolate: number) => load(domain.words, domain.parked(isolate)) === PARKED;
  for (let seen = 0; seen < 50; seen++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!isolates.every(rests)) seen = 0;
  }
}

for (const name of ["computes", "computesAfterWait"] as const) {
  test(`a task that ${name} keeps one worker busy, and the other at work`, async () => {
    await using runtime = Runtime.builder().multiThread().workerThreads(2).build();
    const log = new SharedArrayBuffer(12);
    await rest(await introduced(runtime, log));
    const busy = runtime.spawn(faults[name], log);
    await faults.hasBegun(log);
    for (let i = 0; i < 10; i++) assertEquals(await runtime.spawn(add, i, 1), i + 1);
    faults.letEnd(log);
    await busy;
  });
}

type Computing = (runtime: Runtime, log: SharedArrayBuffer) => PromiseLike<unknown>;

const computing: Record<string, Computing> = {
  computesAfterTimer: (runtime, log) => runtime.spawn(faults.computesAfterTimer, log),
  computesInTurn: (runtime, log) => runtime.spawn(faults.computesInTurn, log),
};

for (const [name, spawn] of Object.entries(computing)) {
  test(`nobody waits for the worker of a task that ${name}, if another one rests`, async () => {
    await using runtime = Runtime.builder().multiThread().workerThreads(2).build();
    const log = new SharedArrayBuffer(12);
    const isolates = await introduced(runtime, log);
    const tasks = [spawn(runtime, log), spawn(runtime, log)];
    await faults.hasBegun(log);
    await rest(isolates);
    for (let i = 0; i < 10; i++) assertEquals(await runtime.spawn(add, i, 1), i + 1);
    faults.letEnd(log);
    for (const task of tasks) await task;
  });
}

test("a worker outlives what its tasks let fail behind them", async () => {
  const lines = await linesOf(
    `
    const runtime = Runtime.builder().multiThread().workerThreads(1).build();
    console.log(await runtime.spawn(faults.throwsLater), await runtime.spawn(faults.rejects));
    console.log(await runtime.spawn(add, 1, 2));
    await runtime.shutdown();
  `,
    { errors: ["in a microtask, on purpose", "without a handler, on purpose"] },
  );
  assertEquals(lines, ["fine fine", "3"]);
});

test("a task cannot close its worker", async () => {
  await using runtime = Runtime.builder().multiThread().workerThreads(1).build();
  const error = await assertRejects(async () => await runtime.spawn(faults.closes), JoinError);
  assertInstanceOf(error.cause, TypeError);
  assertStringIncludes(error.cause.message, "Cannot close a thread of a runtime");
  assertEquals(await runtime.spawn(add, 1, 2), 3);
});

for (const spawn of ["spawn", "spawnBlocking"]) {
  test(`Deno.exit() in a task of ${spawn}() ends the process`, async () => {
    const { code, errors } = await program(`${IMPORTS}
      const runtime = Runtime.builder().multiThread().workerThreads(2).build();
      await runtime.${spawn}(faults.exits, 7);
      console.log("not reached");
    `);
    assertEquals([code, errors], [7, ""]);
  });
}

test("Runtime.shutdown() with a timeout ends what the workers do not", async () => {
  await using rest = new AsyncDisposableStack();
  const runtime = Runtime.builder().multiThread().workerThreads(1).build();
  const log = new SharedArrayBuffer(8);
  rest.defer(() => faults.letEnd(log));
  const running = runtime.spawn(faults.computes, log);
  await faults.hasBegun(log);
  const queued = Array.from({ length: 300 }, (_, i) => runtime.spawn(add, i, 1));
  await runtime.shutdown({ timeoutMs: 20 });
  for (const handle of [running, ...queued]) {
    const error = await assertRejects(async () => await handle, JoinError);
    assert(error.isCancelled());
  }
  await using next = Runtime.builder().multiThread().workerThreads(1).build();
  assertEquals(await next.spawn(add, 1, 2), 3);
});

test("Runtime.shutdown() waits no longer than told for threads that block", async () => {
  const runtime = Runtime.builder().build();
  const log = new SharedArrayBuffer(8);
  const blocked = runtime.spawnBlocking(faults.blocks, log);
  await faults.hasBegun(log);
  await runtime.shutdown({ timeoutMs: 20 });
  faults.letEnd(log);
  assertEquals(await blocked, "blocked");
});

test("a call that is sent when the last worker is lost fails with the reason", async () => {
  const link = ownLink();
  const queues = Queues.create(1, link.domain.records);
  const sum = new Colleagues(link, queues).call(portableOf(add), [1, 2]);
  queues.refuse(new TypeError("Cannot start workers: a test"));
  await assertRejects(async () => await sum, TypeError, "Cannot start workers: a test");
});

test("workers that may not be started fail the tasks, with the reason", async () => {
  const { output } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-net",
      "--allow-ffi",
      new URL("./fixtures/may_not_start.ts", import.meta.url).href,
    ],
    stdout: "piped",
    stderr: "null",
  }).output().then(({ stdout }) => ({ output: new TextDecoder().decode(stdout) }));
  const lines = output.trimEnd().split("\n");
  assertEquals(lines.length, 4, output);
  for (const line of lines.slice(0, 2)) assertStringIncludes(line, "Cannot start workers: ");
  assertStringIncludes(lines[2]!, "Cannot start threads: ");
  assertStringIncludes(lines[0]!, "--allow-read");
  assertEquals(lines[3], "3");
});

test("without FFI workers are woken for each task, and for the end", async () => {
  const program = new URL("./fixtures/without_ffi.ts", import.meta.url).href;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-read", "--allow-net", program],
    env: { NO_COLOR: "1" },
    // Who is not woken waits for ever.
    signal: AbortSignal.timeout(60_000),
  }).output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals([code, errors], [0, ""]);
  const round = "20100 20 true 2\n";
  assertEquals(output, round.repeat(3) + "stopped\n");
});

for (const name of ["Worker", "SharedArrayBuffer"]) {
  test(`without ${name} one isolate works, and workers are refused`, async () => {
    const { code, output, errors } = await program(`
      Reflect.deleteProperty(globalThis, "${name}");
      const { Runtime } = await import("${ROOT}scheduler/mod.ts");
      const { spawnBlocking } = await import("${ROOT}task/mod.ts");
      const { add } = await import("${ROOT}tests/scheduler/multi_thread/fixtures/tasks.ts");
      for (const refused of [() => Runtime.builder().multiThread().build(), () => spawnBlocking(add, 1, 2)]) {
        try {
          refused();
        } catch (error) {
          console.log(String(error));
        }
      }
      await using runtime = Runtime.builder().build();
      console.log(await runtime.spawn(add, 1, 2));
    `);
    assertEquals([code, errors], [0, ""]);
    assertEquals(output.trimEnd().split("\n"), [
      "TypeError: Cannot make a multi-thread runtime: this host has no workers or no shared memory, " +
      "use currentThread()",
      "TypeError: Cannot run what blocks: this host has no workers or no shared memory",
      "3",
    ]);
  });
}

/** A program whose workers are busy in all the ways that there are. */
const BUSY = `
  const runtime = Runtime.builder().multiThread().workerThreads(2).build();
  console.log("begins");
  const log = new SharedArrayBuffer(8);
  runtime.spawnBlocking(faults.blocks, log).then(() => {}, () => {});
  for (let i = 0; ; i++) {
    const calls = Array.from({ length: 20 }, (_, j) => runtime.spawn(add, i, j));
    for (const call of calls) await call;
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
`;

test("a process with workers ends by SIGINT at any moment", async () => {
  for (let round = 0; round < 8; round++) {
    await using child = start(IMPORTS + BUSY);
    const errors = new Response(child.stderr).text();
    const reader = child.stdout.getReader();
    // Half of them while they still load.
    if (round % 2 === 1) await reader.read();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
    child.kill("SIGINT");
    const { signal } = await child.status;
    await reader.cancel();
    assertEquals([signal, await errors], ["SIGINT", ""]);
  }
}, needs("shell"));

test("a process with workers ends by Deno.exit() at any moment", async () => {
  for (let round = 0; round < 8; round++) {
    const { code, errors } = await program(
      IMPORTS + `setTimeout(() => Deno.exit(3), ${Math.random() * 200});` + BUSY,
    );
    assertEquals([code, errors], [3, ""]);
  }
}, needs("suddenEnds"));
