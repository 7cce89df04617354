/**
 * How to listen: options, failures, descriptors.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { TcpListener, TcpStream, UdpSocket } from "../../net/mod.ts";
import { yieldNow } from "../../task/mod.ts";
import { runFixture } from "../ffi/_subprocess.ts";
import { test } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import { assertOsError, assertPending, connectionThrough, hasIpv6, noIpv6 } from "./_net.ts";

test("TcpListener.bind() to an address in use fails with EADDRINUSE", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const address = listener.localAddr();
  const bind = () => TcpListener.bind(address);
  const error = await assertOsError(bind, "EADDRINUSE", Deno.errors.AddrInUse);
  assertEquals([error.errno > 0, error.address], [true, `${address}`]);
  assertMatch(error.syscall, /^(bind|listen)$/);
  assertEquals(
    error.message,
    `Cannot bind TCP listener to "${address}": address in use (EADDRINUSE)`,
  );
});

test("TcpListener.bind() to an address of another machine fails with EADDRNOTAVAIL", async () => {
  const bind = () => TcpListener.bind("203.0.113.1:0");
  const error = await assertOsError(bind, "EADDRNOTAVAIL", Deno.errors.AddrNotAvailable);
  assertEquals([error.syscall, error.address], ["bind", "203.0.113.1:0"]);
});

test("TcpListener.bind() to a name that is unknown fails with ENOTFOUND", async () => {
  await assertOsError(() => TcpListener.bind("edo..missing:0"), "ENOTFOUND", Deno.errors.NotFound);
});

for (const backlog of [0, -1, 1.5, NaN, 2 ** 31]) {
  test(`TcpListener.bind() refuses a backlog of ${backlog} at the call`, () => {
    const bind = () => TcpListener.bind("127.0.0.1:0", { backlog });
    assertThrows(bind, RangeError, `Cannot set the backlog to ${backlog}`);
  });
}

test("TcpListener.bind() takes every backlog of 1 or more", async () => {
  for (const backlog of [1, 2 ** 31 - 1]) {
    using listener = await TcpListener.bind("127.0.0.1:0", { backlog });
    using both = await connectionThrough(listener);
    assertEquals(both.server.linger(), undefined);
  }
});

test("TcpListener.bind() limits how many connections wait", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0", { backlog: 1 });
  const address = listener.localAddr();
  using stack = new DisposableStack();
  // Linux lets one more wait than was asked for.
  stack.use(await TcpStream.connect(address));
  stack.use(await TcpStream.connect(address));
  using third = TcpStream.connect(address);
  for (let i = 0; i < 50; i++) {
    assertPending(third);
    await yieldNow();
  }
});

test("TcpListener.bind() shares an address among listeners with reusePort", async () => {
  using one = await TcpListener.bind("127.0.0.1:0", { reusePort: true });
  using two = await TcpListener.bind(one.localAddr(), { reusePort: true });
  assertEquals(`${one.localAddr()}`, `${two.localAddr()}`);
  const alone = () => TcpListener.bind(one.localAddr());
  await assertOsError(alone, "EADDRINUSE");
}, needs("reusePort"));

test("TcpListener.bind() takes an address whose old connections wind down", async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  const address = listener.localAddr();
  const { client, server } = await connectionThrough(listener);
  // The end that closes first keeps the address for a while.
  server.close();
  assertEquals(await client.read(new Uint8Array(1)), 0);
  client.close();
  listener.close();
  const strict = () => TcpListener.bind(address, { reuseAddress: false });
  await assertOsError(strict, "EADDRINUSE");
  using again = await TcpListener.bind(address);
  assertEquals(`${again.localAddr()}`, `${address}`);
}, needs("timeWait"));

for (
  const [ip, reason, ignore] of [["127.0.0.1", "", false], ["[::1]", noIpv6, !hasIpv6]] as const
) {
  test(`TcpListener.setTtl() at ${ip} holds for accepted connections${reason}`, async () => {
    using listener = await TcpListener.bind(`${ip}:0`);
    listener.setTtl(9);
    assertEquals(listener.ttl(), 9);
    using both = await connectionThrough(listener);
    assertEquals(both.server.ttl(), 9);
  }, { ignore });
}

test("TcpListener.setTtl() refuses what is no number of hops", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  for (const hops of [0, -1, 256, 1.5, NaN]) {
    assertThrows(() => listener.setTtl(hops), RangeError, `Cannot set the TTL to ${hops}`);
  }
});

test("TcpListener.intoFd() gives the descriptor away, and fromFd() takes it over", async () => {
  const given = await TcpListener.bind("127.0.0.1:0");
  const address = given.localAddr();
  const { fd } = given;
  assertEquals(given.intoFd(), fd);
  given.close(); // closes nothing any more
  await assertOsError(() => given.accept(), "EBADF");
  using taken = TcpListener.fromFd(fd);
  assertEquals([taken.fd, `${taken.localAddr()}`], [fd, `${address}`]);
  using both = await connectionThrough(taken);
  assertEquals(`${both.client.peerAddr()}`, `${address}`);
});

test("TcpListener.fromFd() refuses other kinds of sockets and leaves them open", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  using both = await connectionThrough(listener);
  using udp = await UdpSocket.bind("127.0.0.1:0");
  for (const { fd } of [both.client, udp]) {
    const message = `Cannot use descriptor ${fd} as a TCP listener: it is something else`;
    assertThrows(() => TcpListener.fromFd(fd), TypeError, message);
  }
  assertEquals(`${both.client.peerAddr()}`, `${listener.localAddr()}`);
  assert(udp.localAddr().port > 0);
});

test("TcpListener.fromFd() refuses what is no socket and no descriptor", () => {
  assertThrows(() => TcpListener.fromFd(0), TypeError);
  assertThrows(() => TcpListener.fromFd(1_000_000), TypeError);
  for (const fd of [-1, 1.5, NaN]) {
    assertThrows(() => TcpListener.fromFd(fd), RangeError, `Cannot use ${fd} as a descriptor`);
  }
});

test("TcpListener.accept() without descriptors fails with EMFILE and goes on later", async () => {
  const url = new URL("fixtures/out_of_descriptors.ts", import.meta.url);
  const descriptors = 60;
  const outcome = await runFixture<Record<string, unknown>>(url, { flags: ["-A"], descriptors });
  assertEquals(outcome, {
    connecting:
      'EMFILE: Cannot connect to "the listener": the process is out of descriptors (EMFILE)',
    accepting: "EMFILE: Cannot accept on TCP listener: the process is out of descriptors (EMFILE)",
    acceptingAgain:
      "EMFILE: Cannot accept on TCP listener: the process is out of descriptors (EMFILE)",
    afterwards: "accepted",
    echo: 3,
  });
}, needs("shell"));
