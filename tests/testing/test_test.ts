/**
 * `test()` itself, and the public leak guard: they have to find what they look for.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { pending, ready } from "../../future/ready.ts";
import type { DenoTest, HostGlobal } from "../../host/global.ts";
import { declareTest } from "../../host/test_runner.ts";
import { UdpSocket } from "../../net/udp_socket.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { currentRuntime, Runtime, spawn } from "../../scheduler/runtime.ts";
import { AssertionError, leakGuard, leaks, test } from "../../testing/mod.ts";
import { runTest } from "../../testing/test.ts";
import { Instant } from "../../time/instant.ts";
import { pause } from "../../time/pause.ts";
import { sleep } from "../../time/sleep.ts";
import { needs } from "../helpers/needs.ts";

const fails = (body: () => void | Promise<void>, message: string, options = {}) =>
  assertRejects(() => runTest("name", options, body), Error, message);

const DECLARATION = {
  name: "name",
  ignore: false,
  only: false,
  fn: () => Promise.resolve(),
};

Deno.test("test() runs async, plain and generator functions", async () => {
  const log: string[] = [];
  await runTest("async", {}, async () => {
    await sleep(1);
    log.push("async");
  });
  await runTest("plain", {}, () => void log.push("plain"));
  await runTest("generator", {}, function* () {
    yield* sleep(1);
    log.push("generator");
  });
  assertEquals(log, ["async", "plain", "generator"]);
});

Deno.test("test() runs the body in a runtime of its own, which is shut down", async () => {
  const outside = currentRuntime();
  let inside: Runtime | undefined;
  await runTest("name", {}, () => void (inside = currentRuntime()));
  assert(inside instanceof Runtime && inside !== outside);
  await assertRejects(async () => await inside!.spawn(ready(1)), Error);
});

Deno.test("test() fails with what the body throws, before it counts", async () => {
  let task: PromiseLike<unknown> | undefined;
  await fails(() => {
    task = spawn(pending());
    throw new RangeError("own");
  }, "own");
  await assertRejects(async () => await task);
});

Deno.test("test() fails on a task that is left, and ends it", async () => {
  let task: PromiseLike<unknown> | undefined;
  await fails(() => void (task = spawn(pending())), `Leaks of "name": 1 more tasks`);
  await assertRejects(async () => await task);
});

Deno.test("test() fails on a task that sleeps, also on a paused clock", async () => {
  let task: PromiseLike<unknown> | undefined;
  await fails(() => void (task = spawn(sleep(60_000))), "1 more tasks", { startPaused: true });
  await assertRejects(async () => await task);
});

Deno.test("test() fails on a timer that is left", async () => {
  using timer = sleep(60_000);
  await fails(() => void timer.poll({ waker: { wake() {} } }), "1 more timers");
});

Deno.test("test() that does not look for leaks ends what is left", async () => {
  let task: PromiseLike<unknown> | undefined;
  await runTest("name", { leaks: false }, () => void (task = spawn(pending())));
  await assertRejects(async () => await task);
});

Deno.test("test() with startPaused pauses the clock for the body only", async () => {
  await runTest("name", { startPaused: true }, async () => {
    const start = Instant.now();
    await sleep({ hours: 1 });
    assertEquals(start.elapsed(), 3_600_000);
  });
  assertEquals(isolate.driver.isPaused, false);
});

Deno.test("test() resumes a clock that the body has paused, also when it fails", async () => {
  await runTest("name", {}, () => pause());
  assertEquals(isolate.driver.isPaused, false);
  await fails(() => {
    pause();
    throw new Error("own");
  }, "own");
  assertEquals(isolate.driver.isPaused, false);
});

Deno.test("test() with impossible workers is refused at the call", () => {
  assertThrows(
    () => test("name", { flavor: "currentThread", workerThreads: 2 }, () => {}),
    RangeError,
    `Cannot test "name": a "currentThread" runtime has no workers`,
  );
  assertThrows(() => test("name", { workerThreads: 0 }, () => {}), RangeError, "Cannot use 0");
});

Deno.test("test() without a function is refused at the call", () => {
  assertThrows(() => test("name", {}, undefined as never), TypeError, "found undefined");
});

Deno.test("declareTest() hands a test to Deno's runner", () => {
  const declared: DenoTest[] = [];
  const surroundings = { Deno: { test: (one: DenoTest) => declared.push(one) } };
  declareTest({ ...DECLARATION, only: true }, surroundings as unknown as HostGlobal);
  assertEquals(declared, [{ ...DECLARATION, only: true }]);
});

Deno.test("declareTest() hands a test to node:test where there is no Deno", () => {
  const declared: unknown[][] = [];
  const runner = { test: (...args: unknown[]) => declared.push(args) };
  const getBuiltinModule = (name: string) => name === "node:test" ? runner : undefined;
  const surroundings = { process: { getBuiltinModule } } as unknown as HostGlobal;
  declareTest({ ...DECLARATION, ignore: true }, surroundings);
  declareTest({ ...DECLARATION, only: true }, surroundings);
  assertEquals(declared, [
    ["name", { skip: true }, DECLARATION.fn],
    ["name", { skip: false, only: true }, DECLARATION.fn],
  ]);
});

Deno.test("declareTest() throws where there is no test runner", () => {
  assertThrows(
    () => declareTest(DECLARATION, {}),
    TypeError,
    `Cannot test "name": this host has no test runner`,
  );
});

Deno.test("leakGuard() hands over what the function returns", async () => {
  assertEquals(await leakGuard(() => 1), 1);
  assertEquals(await leakGuard(async () => await ready(2)), 2);
});

Deno.test("leakGuard() names the function that leaves something", async () => {
  using timer = sleep(60_000);
  const careless = () => void timer.poll({ waker: { wake() {} } });
  await assertRejects(
    () => leakGuard(careless),
    AssertionError,
    `Leaks of "careless": 1 more timers`,
  );
  await assertRejects(() => leakGuard(() => spawn(pending()).id, "other"), Error, `"other"`);
});

Deno.test("leaks() looks at once by using, and has patience by await using", async () => {
  const leave = () => {
    const timer = sleep(60_000);
    timer.poll({ waker: { wake() {} } });
    setTimeout(() => timer[Symbol.dispose](), 2);
  };
  assertThrows(
    () => {
      using _guard = leaks();
      leave();
    },
    AssertionError,
    `Leaks of "this block": 1 more timers`,
  );
  await sleep(10);
  {
    await using _guard = leaks("patient");
    leave();
  }
});

Deno.test({
  name: "leaks() does not count what the reactor opens for itself, but each socket",
  ...needs("sockets", "proc"),
  fn: async () => {
    assertStrictEquals(isolate.driver.isOpen, false);
    let socket: UdpSocket | undefined;
    const open = async () => void (socket = await UdpSocket.bind("127.0.0.1:0"));
    const error = await assertRejects(() => leakGuard(open), AssertionError);
    assertStrictEquals(isolate.driver.isOpen, true);
    assert((error as Error).message.includes("1 more registrations; descriptors "));
    assertEquals((error as Error).message.match(/socket:\[/g)?.length, 1);
    socket![Symbol.dispose]();
    await leakGuard(async () => (await UdpSocket.bind("127.0.0.1:0"))[Symbol.dispose]());
  },
});
