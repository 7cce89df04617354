/**
 * Options of TCP connections.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { TcpStream } from "../../net/mod.ts";
import type { Duration } from "../../time/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import { assertOsError, connection, hasIpv6, noIpv6 } from "./_net.ts";

test("TcpStream.setNodelay() turns Nagle's algorithm off and on", async () => {
  using both = await connection();
  assertEquals(both.client.nodelay(), false);
  both.client.setNodelay(true);
  assertEquals([both.client.nodelay(), both.server.nodelay()], [true, false]);
  both.client.setNodelay(false);
  assertEquals(both.client.nodelay(), false);
});

test("TcpStream.setQuickack() turns quick acknowledgements on and off", async () => {
  using both = await connection();
  both.client.setQuickack(false);
  assertEquals(both.client.quickack(), false);
  both.client.setQuickack(true);
  assertEquals(both.client.quickack(), true);
}, { ignore: Deno.build.os !== "linux" });

test("TcpStream.setLinger() takes durations, and undefined for none", async () => {
  using both = await connection();
  assertEquals(both.client.linger(), undefined);
  const durations: [Duration, number][] = [[0, 0], [1, 1], [1000, 1], [{ seconds: 90 }, 90]];
  for (const [duration, seconds] of [...durations, [1001, 2] as const]) {
    both.client.setLinger(duration);
    assertEquals(both.client.linger(), seconds);
  }
  both.client.setLinger(undefined);
  assertEquals(both.client.linger(), undefined);
});

test("TcpStream.setLinger() refuses what is no time", async () => {
  using both = await connection();
  for (const duration of [-1, NaN, { hours: 24 }]) {
    assertThrows(() => both.client.setLinger(duration), RangeError);
  }
  assertThrows(() => both.client.setLinger("1" as unknown as Duration), TypeError);
  assertEquals(both.client.linger(), undefined);
});

test("TcpStream.setTtl() sets the hops of IPv4", async () => {
  using both = await connection();
  assert(both.client.ttl() > 0);
  for (const hops of [1, 64, 255]) {
    both.client.setTtl(hops);
    assertEquals(both.client.ttl(), hops);
  }
});

test(`TcpStream.setTtl() sets the hops of IPv6${noIpv6}`, async () => {
  using both = await connection("[::1]:0");
  both.client.setTtl(7);
  assertEquals(both.client.ttl(), 7);
}, { ignore: !hasIpv6 });

test("TcpStream.setTtl() refuses what is no number of hops", async () => {
  using both = await connection();
  const before = both.client.ttl();
  for (const hops of [0, -1, 256, 1.5, NaN]) {
    const message = `Cannot set the TTL to ${hops}: it must be an integer from 1 to 255`;
    assertThrows(() => both.client.setTtl(hops), RangeError, message);
  }
  assertEquals(both.client.ttl(), before);
});

test("TcpStream.setKeepalive() turns probes on and off", async () => {
  using both = await connection();
  assertEquals(both.client.keepalive(), undefined);
  both.client.setKeepalive(true);
  const { idle, interval, count } = both.client.keepalive()!;
  assert(idle > 0 && interval > 0 && count > 0);
  both.client.setKeepalive(false);
  assertEquals(both.client.keepalive(), undefined);
}, needs("keepAliveTimes"));

test("TcpStream.setKeepalive() takes idle time, interval and count", async () => {
  using both = await connection();
  both.client.setKeepalive({ idle: { minutes: 2 }, interval: 30_000, count: 5 });
  assertEquals(both.client.keepalive(), { idle: 120_000, interval: 30_000, count: 5 });
  // What is not named stays as it is; times are rounded up to whole seconds.
  both.client.setKeepalive({ idle: 1500 });
  assertEquals(both.client.keepalive(), { idle: 2000, interval: 30_000, count: 5 });
  both.client.setKeepalive({});
  assertEquals(both.client.keepalive()?.idle, 2000);
}, needs("keepAliveTimes"));

test("TcpStream.setKeepalive() refuses values out of range and sets none of them", async () => {
  using both = await connection();
  const wrong = [
    { idle: 0 },
    { idle: { hours: 10 } },
    { idle: -1 },
    { interval: 0 },
    { interval: NaN },
    { count: 0 },
    { count: 128 },
    { count: 1.5 },
    { idle: 5000, interval: 5000, count: -1 },
  ];
  for (const keepalive of wrong) {
    assertThrows(() => both.client.setKeepalive(keepalive), RangeError, "Cannot ");
  }
  assertEquals(both.client.keepalive(), undefined);
  both.client.setKeepalive(true);
  assert(both.client.keepalive()!.idle !== 5000);
}, needs("keepAliveTimes"));

test("TcpStream options of a closed connection fail", async () => {
  const both = await connection();
  both[Symbol.dispose]();
  const calls: ((stream: TcpStream) => unknown)[] = [
    (stream) => stream.nodelay(),
    (stream) => stream.setNodelay(true),
    (stream) => stream.quickack(),
    (stream) => stream.setQuickack(true),
    (stream) => stream.linger(),
    (stream) => stream.setLinger(0),
    (stream) => stream.ttl(),
    (stream) => stream.setTtl(1),
    (stream) => stream.keepalive(),
    (stream) => stream.setKeepalive(true),
    (stream) => stream.localAddr(),
    (stream) => stream.peerAddr(),
    (stream) => stream.takeError(),
    (stream) => stream.intoFd(),
    (stream) => stream.intoSplit(),
    (stream) => stream.tryRead(new Uint8Array(1)),
    (stream) => stream.tryWrite(new Uint8Array(1)),
    (stream) => stream.read(new Uint8Array(0)),
    (stream) => stream.shutdown(),
  ];
  for (const call of calls) {
    const failing = () => call(both.client);
    const error = await assertOsError(failing, "EBADF", Deno.errors.BadResource);
    assertEquals(error.message, "Cannot use the handle: it is closed (EBADF)");
  }
});
