/**
 * Accepting TCP connections.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { stub } from "@std/testing/mock";
import { backend } from "../../ffi/mod.ts";
import { join, pollFn, select } from "../../future/mod.ts";
import {
  lookupHost,
  SocketAddr,
  TcpListener,
  TcpStream,
  type ToSocketAddrs,
} from "../../net/mod.ts";
import { spawn, yieldNow } from "../../task/mod.ts";
import { sleep } from "../../time/mod.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { test } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import { turns } from "../helpers/wakes.ts";
import {
  assertOsError,
  assertPending,
  bytes,
  connectionThrough,
  hasIpv6,
  noIpv6,
  readToEnd,
  text,
} from "./_net.ts";

/** Each form of an address, and the IP address that it means. */
const FORMS: [form: ToSocketAddrs, ip: string, to?: string][] = [
  ["127.0.0.1:0", "127.0.0.1"],
  ["0.0.0.0:0", "0.0.0.0", "127.0.0.1"],
  [{ port: 0 }, "0.0.0.0", "127.0.0.1"],
  [{ hostname: "127.0.0.1", port: 0 }, "127.0.0.1"],
  [new SocketAddr("127.0.0.1", 0), "127.0.0.1"],
  ["localhost:0", "localhost"],
  [{ hostname: "localhost", port: 0 }, "localhost"],
  ["[::1]:0", "::1"],
  ["[::]:0", "::", "::1"],
  [{ hostname: "::1", port: 0 }, "::1"],
  [new SocketAddr("::1", 0), "::1"],
];

for (const [form, ip, to = ip] of FORMS) {
  const isV6 = ip.startsWith("::");
  const reason = isV6 ? noIpv6 : "";
  test(`TcpListener.bind(${Deno.inspect(form)}) accepts connections${reason}`, async () => {
    const expected = ip === "localhost" ? (await lookupHost("localhost:0"))[0]!.ip : ip;
    using listener = await TcpListener.bind(form);
    const local = listener.localAddr();
    assertEquals(local.ip, expected);
    assert(local.port > 0);
    const target = to === "localhost" ? local : new SocketAddr(to, local.port);
    using client = await TcpStream.connect(target);
    const [server, address] = await listener.accept();
    using _server = server;
    assertEquals(`${address}`, `${client.localAddr()}`);
    assertEquals(`${server.peerAddr()}`, `${client.localAddr()}`);
    assertEquals(`${server.localAddr()}`, `${target}`);
    assertEquals(`${client.peerAddr()}`, `${target}`);
  }, { ignore: isV6 && !hasIpv6 });
}

test("TcpListener.bind() takes the first of a name's addresses that works", async () => {
  // The first address is not of this machine.
  const endpoints = ["203.0.113.1:0", "127.0.0.1:0"].map((text) => SocketAddr.parse(text).endpoint);
  using _resolve = stub(backend().resolver, "resolve", () => Promise.resolve(endpoints));
  using listener = await TcpListener.bind("some.name:0");
  assertEquals(listener.localAddr().ip, "127.0.0.1");
});

test("TcpListener.accept() waits without being polled until somebody connects", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const accepting = listener.accept();
  let polls = 0;
  const accepted = spawn(pollFn((cx) => {
    polls += 1;
    return accepting.poll(cx);
  }));
  for (let i = 0; i < 50; i++) await yieldNow();
  assertEquals(polls, 1);
  using client = await TcpStream.connect(listener.localAddr());
  using server = (await accepted)[0];
  assertEquals(polls, 2);
  assertEquals(`${server.peerAddr()}`, `${client.localAddr()}`);
});

test("TcpListener.accept() gives connections in the order they came", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  using stack = new DisposableStack();
  const ports: number[] = [];
  for (let i = 0; i < 20; i++) {
    const client = stack.use(await TcpStream.connect(listener.localAddr()));
    ports.push(client.localAddr().port);
  }
  const accepted: number[] = [];
  for (let i = 0; i < 20; i++) {
    const [server, address] = await listener.accept();
    stack.use(server);
    accepted.push(address.port);
  }
  assertEquals(accepted, ports);
});

test("TcpListener.accept() serves everyone who waits", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const accepts = [1, 2, 3].map(() => spawn(listener.accept()));
  await yieldNow();
  using stack = new DisposableStack();
  const connects = [1, 2, 3].map(() => TcpStream.connect(listener.localAddr()));
  for (const client of await join(...connects)) stack.use(client);
  for (const [server] of await join(...accepts)) stack.use(server);
});

test("TcpListener.accept() that is dropped loses no connection", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  for (const when of ["before", "after"]) {
    const accepting = listener.accept();
    assertPending(accepting);
    if (when === "before") accepting[Symbol.dispose]();
    using client = await TcpStream.connect(listener.localAddr());
    if (when === "after") {
      await yieldNow();
      accepting[Symbol.dispose]();
    }
    using server = (await listener.accept())[0];
    assertEquals(`${server.peerAddr()}`, `${client.localAddr()}`);
  }
});

test("TcpListener.accept() that loses a select() loses no connection", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const first = await select({ accepted: listener.accept(), late: sleep(1) });
  assertEquals(first.branch, "late");
  using client = await TcpStream.connect(listener.localAddr());
  using server = (await listener.accept())[0];
  assertEquals(`${server.peerAddr()}`, `${client.localAddr()}`);
});

test("TcpListener.tryAccept() takes a connection that waits, and no other", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  assertEquals(listener.tryAccept(), undefined);
  using client = await TcpStream.connect(listener.localAddr());
  const accepted = listener.tryAccept();
  assert(accepted !== undefined);
  using _server = accepted[0];
  assertEquals(`${accepted[1]}`, `${client.localAddr()}`);
  assertEquals(listener.tryAccept(), undefined);
});

test("TcpListener.accept() hands over a connection that was reset meanwhile", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const client = await TcpStream.connect(listener.localAddr());
  const address = client.localAddr();
  client.setLinger(0);
  client.close();
  const [server, peer] = await listener.accept();
  using _server = server;
  assertEquals([`${peer}`, `${server.peerAddr()}`], [`${address}`, `${address}`]);
  const read = () => server.read(new Uint8Array(1));
  const error = await assertOsError(read, "ECONNRESET", Deno.errors.ConnectionReset);
  assertEquals(error.address, `${address}`);
}, needs("acceptedResets"));

test("TcpListener.incoming() ends when the listener is closed", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const address = listener.localAddr();
  const served = spawn(async () => {
    let count = 0;
    for await (const stream of listener) {
      using _stream = stream;
      await stream.writeAll(bytes(`${++count}`));
    }
    return count;
  });
  for (const expected of ["1", "2", "3"]) {
    using client = await TcpStream.connect(address);
    assertEquals(text(await readToEnd(client)), expected);
  }
  listener.close();
  assertEquals(await served, 3);
});

test("TcpListener.incoming() of a closed listener ends at once", async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  listener.close();
  for await (const _stream of listener.incoming()) throw new Error("Cannot be: it is closed");
});

test("TcpListener stays open when a loop over it is left", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  using one = await TcpStream.connect(listener.localAddr());
  for await (const stream of listener) {
    stream.close();
    break;
  }
  assertEquals((await readToEnd(one)).length, 0);
  using two = await connectionThrough(listener);
  assertInstanceOf(two.server, TcpStream);
});

test("TcpListener.close() fails those who wait", async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  const waiting = spawn(async () => {
    await assertOsError(() => listener.accept(), "EBADF", Deno.errors.BadResource);
  });
  await yieldNow();
  listener.close();
  listener.close();
  listener[Symbol.dispose]();
  await waiting;
});

test("TcpListener.close() resets connections that wait, and refuses new ones", async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  const address = listener.localAddr();
  using queued = await TcpStream.connect(address);
  listener.close();
  await assertOsError(() => queued.read(new Uint8Array(1)), "ECONNRESET");
  const connect = () => TcpStream.connect(address);
  await assertOsError(connect, "ECONNREFUSED", Deno.errors.ConnectionRefused);
}, needs("keptResets"));

test("TcpListener fails every call after close()", async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  listener.close();
  const calls: (() => unknown)[] = [
    () => listener.accept(),
    () => listener.tryAccept(),
    () => listener.localAddr(),
    () => listener.takeError(),
    () => listener.ttl(),
    () => listener.setTtl(1),
    () => listener.intoFd(),
  ];
  for (const call of calls) await assertOsError(call, "EBADF", Deno.errors.BadResource);
});

test("TcpListener goes on after a poll that found nobody", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  using accepting = listener.accept();
  for (let i = 0; i < 5; i++) assertPending(accepting);
  using client = await TcpStream.connect(listener.localAddr());
  using server = (await accepting)[0];
  assertEquals(`${server.peerAddr()}`, `${client.localAddr()}`);
});

test("TcpListener.takeError() has none", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  assertStrictEquals(listener.takeError(), undefined);
});

test("TcpListener leaves nothing waiting when a task that loops over it is aborted", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const loops = [
    spawn(async () => {
      for await (const stream of listener) stream.close();
    }),
    spawn(function* () {
      yield* listener.next();
    }),
  ];
  await turns(2);
  for (const loop of loops) loop.abort();
  for (const loop of loops) await assertRejects(() => Promise.resolve(loop));
  assertEquals(isolate.driver.reactor.waiters, 0);
  const [client, server] = await join(
    TcpStream.connect(listener.localAddr()),
    listener.next(),
  );
  using connected = client;
  using accepted = server;
  assertEquals(`${accepted?.peerAddr()}`, `${connected.localAddr()}`);
});
