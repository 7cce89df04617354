/**
 * UDP: sending, receiving, and who hears whom.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { backend } from "../../ffi/mod.ts";
import { join, select } from "../../future/mod.ts";
import { SocketAddr, type ToSocketAddrs, UdpSocket } from "../../net/mod.ts";
import { spawn, yieldNow } from "../../task/mod.ts";
import { sleep } from "../../time/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, bytes, hasIpv6, noIpv6, text } from "./_net.ts";

/** Two sockets that are connected to each other. */
async function udpPair(ip = "127.0.0.1"): Promise<Disposable & { a: UdpSocket; b: UdpSocket }> {
  const a = await UdpSocket.bind({ hostname: ip, port: 0 });
  const b = await UdpSocket.bind({ hostname: ip, port: 0 });
  await a.connect(b.localAddr());
  await b.connect(a.localAddr());
  return { a, b, [Symbol.dispose]: () => [a, b].forEach((socket) => socket.close()) };
}

const localhost = () => UdpSocket.bind("127.0.0.1:0");

const FORMS: [form: ToSocketAddrs, ip: string][] = [
  ["127.0.0.1:0", "127.0.0.1"],
  [{ port: 0 }, "0.0.0.0"],
  [{ hostname: "127.0.0.1", port: 0 }, "127.0.0.1"],
  [new SocketAddr("127.0.0.1", 0), "127.0.0.1"],
  ["[::1]:0", "::1"],
];

for (const [form, ip] of FORMS) {
  const isV6 = ip === "::1";
  test(`UdpSocket.bind(${Deno.inspect(form)}) binds${isV6 ? noIpv6 : ""}`, async () => {
    using socket = await UdpSocket.bind(form);
    assertEquals(socket.localAddr().ip, ip);
    assert(socket.localAddr().port > 0);
  }, { ignore: isV6 && !hasIpv6 });
}

for (const [ip, ignore] of [["127.0.0.1", false], ["::1", !hasIpv6]] as const) {
  const reason = ignore ? noIpv6 : "";
  test(`UdpSocket at ${ip} sends and receives between connected sockets${reason}`, async () => {
    using pair = await udpPair(ip);
    const buffer = new Uint8Array(16);
    assertEquals(await pair.a.send(bytes("hello")), 5);
    assertEquals(await pair.b.recv(buffer), 5);
    assertEquals(text(buffer.subarray(0, 5)), "hello");
    assertEquals(`${pair.a.peerAddr()}`, `${pair.b.localAddr()}`);
  }, { ignore });

  test(`UdpSocket at ${ip} sends to and receives from an address${reason}`, async () => {
    using a = await UdpSocket.bind({ hostname: ip, port: 0 });
    using b = await UdpSocket.bind({ hostname: ip, port: 0 });
    const { port } = b.localAddr();
    const buffer = new Uint8Array(16);
    const written = ip === "::1" ? `[::1]:${port}` : `${ip}:${port}`;
    for (const to of [written, b.localAddr(), { hostname: ip, port }] as ToSocketAddrs[]) {
      assertEquals(await a.sendTo(bytes("ping"), to), 4);
      const [count, from] = await b.recvFrom(buffer);
      assertEquals([count, `${from}`], [4, `${a.localAddr()}`]);
    }
  }, { ignore });
}

test("UdpSocket.sendTo() takes a name and uses its first address", async () => {
  using a = await localhost();
  using b = await localhost();
  const { port } = b.localAddr();
  const endpoints = [b.localAddr().endpoint, SocketAddr.parse("127.0.0.2:9").endpoint];
  using _resolve = stub(backend().resolver, "resolve", () => Promise.resolve(endpoints));
  await a.sendTo(bytes("ping"), `some.name:${port}`);
  assertEquals(await b.recv(new Uint8Array(8)), 4);
});

test("UdpSocket.connect() takes the first of a name's addresses that works", async () => {
  using a = await localhost();
  // An IPv4 socket cannot be connected to the first one.
  const endpoints = ["[::1]:9", "127.0.0.1:9"].map((text) => SocketAddr.parse(text).endpoint);
  using _resolve = stub(backend().resolver, "resolve", () => Promise.resolve(endpoints));
  await a.connect("some.name:9");
  assertEquals(`${a.peerAddr()}`, "127.0.0.1:9");
});

test("UdpSocket.connect() leaves out what others send", async () => {
  using pair = await udpPair();
  using other = await localhost();
  await other.sendTo(bytes("intruder"), pair.a.localAddr());
  await pair.b.send(bytes("friend"));
  const buffer = new Uint8Array(16);
  assertEquals(await pair.a.recv(buffer), 6);
  assertEquals(pair.a.tryRecv(buffer), undefined);
});

test("UdpSocket.connect() may be called again for another peer", async () => {
  using pair = await udpPair();
  using other = await localhost();
  assertEquals(`${pair.a.peerAddr()}`, `${pair.b.localAddr()}`);
  await pair.a.connect(other.localAddr());
  assertEquals(`${pair.a.peerAddr()}`, `${other.localAddr()}`);
  await pair.a.send(bytes("hello"));
  const [, from] = await other.recvFrom(new Uint8Array(8));
  assertEquals(`${from}`, `${pair.a.localAddr()}`);
});

for (const [ip, ignore] of [["127.0.0.1", false], ["::1", !hasIpv6]] as const) {
  test(`UdpSocket.setTtl() at ${ip} sets the hops${ignore ? noIpv6 : ""}`, async () => {
    using socket = await UdpSocket.bind({ hostname: ip, port: 0 });
    assert(socket.ttl() > 0);
    socket.setTtl(9);
    assertEquals(socket.ttl(), 9);
    for (const hops of [0, 256, -1, 1.5, NaN]) {
      assertThrows(() => socket.setTtl(hops), RangeError, `Cannot set the TTL to ${hops}`);
    }
  }, { ignore });
}

test("UdpSocket.recvFrom() hears many peers, and each gets its answer", async () => {
  using server = await localhost();
  const count = 100;
  const serving = spawn(async () => {
    const buffer = new Uint8Array(64);
    for (let i = 0; i < count; i++) {
      const [size, from] = await server.recvFrom(buffer);
      await server.sendTo(buffer, from, size);
    }
  });
  const asking = Array.from({ length: count }, (_, i) =>
    spawn(async () => {
      using client = await localhost();
      const message = bytes(`peer ${i}`);
      await client.sendTo(message, server.localAddr());
      const buffer = new Uint8Array(64);
      const [size, from] = await client.recvFrom(buffer);
      assertEquals(buffer.subarray(0, size), message);
      assertEquals(`${from}`, `${server.localAddr()}`);
    }));
  for (const task of asking) await task;
  await serving;
});

test("UdpSocket sends and receives by two tasks at once", async () => {
  using pair = await udpPair();
  const rounds = 200;
  const sending = spawn(async () => {
    for (let i = 0; i < rounds; i++) {
      await pair.a.send(new Uint8Array([i]));
      assertEquals(await pair.b.recv(new Uint8Array(1)), 1);
      await pair.b.send(new Uint8Array([i]));
    }
  });
  const buffer = new Uint8Array(1);
  for (let i = 0; i < rounds; i++) {
    assertEquals(await pair.a.recv(buffer), 1);
    assertEquals(buffer[0], i);
  }
  await sending;
});

test("UdpSocket.recv() that loses a select() loses no datagram", async () => {
  using pair = await udpPair();
  const first = await select({ recv: pair.a.recv(new Uint8Array(8)), late: sleep(1) });
  assertStrictEquals(first.branch, "late");
  await pair.b.send(bytes("kept"));
  assertEquals(await pair.a.recv(new Uint8Array(8)), 4);
  const dropped = pair.a.recvFrom(new Uint8Array(8));
  assertPending(dropped);
  await pair.b.send(bytes("kept too"));
  await pair.a.readable();
  dropped[Symbol.dispose]();
  assertEquals((await pair.a.recvFrom(new Uint8Array(8)))[0], 8);
});

test("UdpSocket serves two who receive at once", async () => {
  using pair = await udpPair();
  const both = spawn(join(pair.a.recv(new Uint8Array(8)), pair.a.recv(new Uint8Array(8))));
  await yieldNow();
  await pair.b.send(bytes("a"));
  await pair.b.send(bytes("bc"));
  assertEquals((await both).toSorted(), [1, 2]);
});
