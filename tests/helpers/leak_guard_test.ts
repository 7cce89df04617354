/**
 * The leak guard itself: it has to find what it looks for.
 *
 * @module
 */

import { assertRejects } from "@std/assert";
import { pending } from "../../future/ready.ts";
import { nextTurn } from "../../host/next_turn.ts";
import { UdpSocket } from "../../net/udp_socket.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { Runtime, spawn } from "../../scheduler/runtime.ts";
import { sleep } from "../../time/sleep.ts";
import { leakGuard, test } from "./leak_guard.ts";
import { needs } from "./needs.ts";

test("leakGuard() lets pass what cleans up, also a few turns later", async () => {
  await leakGuard("tidy", async () => {
    const task = spawn(pending());
    task.abort();
    const timer = sleep(60_000);
    timer.poll({ waker: { wake() {} } });
    setImmediate(() => timer[Symbol.dispose]());
    await null;
  });
});

test("leakGuard() throws what the test throws, before it counts", async () => {
  using timer = sleep(60_000);
  await assertRejects(
    () =>
      leakGuard("failing", () => {
        timer.poll({ waker: { wake() {} } });
        throw new Error("own failure");
      }),
    Error,
    "own failure",
  );
});

test("leakGuard() names a timer that is left", async () => {
  using timer = sleep(60_000);
  const watched = leakGuard("timer", () => void timer.poll({ waker: { wake() {} } }));
  await assertRejects(() => watched, Error, `Leaks of "timer": 1 more timers`);
});

test("leakGuard() names a task that is left", async () => {
  let task;
  await assertRejects(
    () => leakGuard("task", () => void (task = spawn(pending()))),
    Error,
    "1 more tasks",
  );
  task!.abort();
});

test("leakGuard() names a runtime that is still entered", async () => {
  await using runtime = Runtime.builder().build();
  let guard: Disposable | undefined;
  await assertRejects(
    () => leakGuard("runtime", () => void (guard = runtime.enter())),
    Error,
    "still entered",
  );
  guard![Symbol.dispose]();
});

/** Parks once. Where that starts a thread, it opens and closes descriptors until it has answered. */
async function park(): Promise<void> {
  const { driver } = isolate;
  {
    using socket = await UdpSocket.bind("127.0.0.1:0");
    using receive = socket.recvFrom(new Uint8Array(1));
    receive.poll({ waker: { wake() {} } });
    while (!driver.isParked) await new Promise<void>(nextTurn);
  }
  while (driver.isParked) await new Promise<void>(nextTurn);
}

test("leakGuard() names a socket that is left, its registration and who waits on it", async () => {
  await park();
  let socket: UdpSocket | undefined;
  let received: Disposable | undefined;
  const watched = leakGuard("socket", async () => {
    socket = await UdpSocket.bind("127.0.0.1:0");
    const receive = socket.recvFrom(new Uint8Array(1));
    receive.poll({ waker: { wake() {} } });
    received = receive;
  });
  const pattern = await assertRejects(() => watched, Error);
  received![Symbol.dispose]();
  socket![Symbol.dispose]();
  for (const what of ["1 more registrations", "1 more futures", "descriptors", "socket:["]) {
    if (!pattern.message.includes(what)) throw pattern;
  }
}, needs("sockets", "proc"));
