/**
 * Descriptors: closed once, and never mistaken for their successors.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Pending } from "../../future/mod.ts";
import { Interest } from "../../reactor/mod.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { TcpListener, TcpStream, UdpSocket } from "../../net/mod.ts";
import { spawn, yieldNow } from "../../task/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import {
  assertOsError,
  assertPending,
  bytes,
  connection,
  connectionThrough,
  pollOnce,
  readExactly,
} from "./_net.ts";

/** A socket that was opened without a turn of the loop. */
function boundAtOnce(): UdpSocket {
  const bound = pollOnce(UdpSocket.bind("127.0.0.1:0"));
  assert(bound !== Pending);
  return bound;
}

const descriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;

test("TcpStream.close() closes once, and not what has the number next", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const one = await connectionThrough(listener);
  const numbers = [one.client.fd, one.server.fd].sort();
  one[Symbol.dispose]();
  using two = await connectionThrough(listener);
  assertEquals([two.client.fd, two.server.fd].sort(), numbers);
  one[Symbol.dispose]();
  one.client.close();
  await two.client.writeAll(bytes("alive"));
  assertEquals((await readExactly(two.server, 5)).length, 5);
});

test("a handle that was closed does not reach its successor on the number", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const one = await connectionThrough(listener);
  one[Symbol.dispose]();
  using two = await connectionThrough(listener);
  await two.client.writeAll(bytes("secret"));
  for (const stream of [one.client, one.server]) {
    await assertOsError(() => stream.read(new Uint8Array(8)), "EBADF");
    await assertOsError(() => stream.tryRead(new Uint8Array(8)), "EBADF");
    await assertOsError(() => stream.writeAll(bytes("x")), "EBADF");
    await assertOsError(() => stream.shutdown(), "EBADF");
    await assertOsError(() => stream.setNodelay(true), "EBADF");
  }
  assertEquals((await readExactly(two.server, 6)).length, 6);
});

test("an event that was collected for a closed descriptor does not reach its successor", async () => {
  using both = await connection();
  const waiting = spawn(async () => {
    await assertOsError(() => both.server.read(new Uint8Array(1)), "EBADF");
  });
  // By then the runtime waits on another thread, which collects the event while this one is busy.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { fd } = both.server;
  assertEquals(both.client.tryWrite(bytes("x")), 1);
  const until = performance.now() + 5;
  while (performance.now() < until);
  both.server.close();
  // The first has its place in the reactor's table, the last its number.
  using stack = new DisposableStack();
  const successors: UdpSocket[] = [];
  while (successors.at(-1)?.fd !== fd) successors.push(stack.use(boundAtOnce()));
  const events = successors.map((socket) => {
    assertEquals(socket.tryRecv(new Uint8Array(1)), undefined);
    return stack.use(socket.ready(Interest.READABLE));
  });
  for (let i = 0; i < 50; i++) {
    events.forEach(assertPending);
    await yieldNow();
  }
  await waiting;
});

test("many short connections leave nothing behind", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const exchange = async () => {
    using both = await connectionThrough(listener);
    // A reset leaves no trace in the system either.
    both.client.setLinger(0);
    await both.server.writeAll(bytes("x"));
    await readExactly(both.client, 1);
  };
  await exchange();
  const before = [descriptors(), isolate.driver.reactor.registrations];
  for (let i = 0; i < 500; i++) await exchange();
  assertEquals([descriptors(), isolate.driver.reactor.registrations], before);
}, { ignore: Deno.build.os !== "linux" });

test("connections that fail leave nothing behind", async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  const address = listener.localAddr();
  listener.close();
  const before = [descriptors(), isolate.driver.reactor.registrations];
  for (let i = 0; i < 100; i++) {
    await assertOsError(() => TcpStream.connect(address), "ECONNREFUSED");
    await assertOsError(() => TcpListener.bind("203.0.113.1:0"), "EADDRNOTAVAIL");
    await assertOsError(() => UdpSocket.bind("203.0.113.1:0"), "EADDRNOTAVAIL");
  }
  assertEquals([descriptors(), isolate.driver.reactor.registrations], before);
}, { ignore: Deno.build.os !== "linux" });
