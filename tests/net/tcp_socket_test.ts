/**
 * TCP sockets before they are connected or listen.
 *
 * @module
 */

import { assert, assertEquals, assertGreaterOrEqual, assertThrows } from "@std/assert";
import {
  SocketAddr,
  TcpListener,
  TcpSocket,
  TcpStream,
  type ToSocketAddrs,
} from "../../net/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import { assertOsError, assertPending, closedAddress, hasIpv6, noIpv6 } from "./_net.ts";

for (
  const [ip, reason, ignore] of [["127.0.0.1", "", false], ["[::1]", noIpv6, !hasIpv6]] as const
) {
  const open = () => ip === "127.0.0.1" ? TcpSocket.v4() : TcpSocket.v6();

  test(`TcpSocket at ${ip} listens and connects${reason}`, async () => {
    using accepting = open();
    accepting.bind(`${ip}:0`);
    const address = accepting.localAddr();
    using listener = accepting.listen(16);
    assertEquals(`${listener.localAddr()}`, `${address}`);
    using connecting = open();
    using client = await connecting.connect(address);
    const [server, peer] = await listener.accept();
    using _server = server;
    assertEquals([`${peer}`, `${client.peerAddr()}`], [`${client.localAddr()}`, `${address}`]);
  }, { ignore });

  test(`TcpSocket at ${ip} connects from the address it was bound to${reason}`, async () => {
    using listener = await TcpListener.bind(`${ip}:0`);
    using socket = open();
    socket.bind(`${ip}:0`);
    const address = socket.localAddr();
    using client = await socket.connect(listener.localAddr());
    const [server, peer] = await listener.accept();
    using _server = server;
    assertEquals([`${client.localAddr()}`, `${peer}`], [`${address}`, `${address}`]);
  }, { ignore });
}

test("TcpSocket.connect() consumes the socket when it is polled", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  using socket = TcpSocket.v4();
  const connecting = socket.connect(listener.localAddr());
  assert(socket.fd >= 0);
  using client = await connecting;
  await assertOsError(() => socket.fd, "EBADF", Deno.errors.BadResource);
  await assertOsError(() => socket.connect(listener.localAddr()), "EBADF");
  await assertOsError(() => socket.bind("127.0.0.1:0"), "EBADF");
  await assertOsError(() => socket.listen(1), "EBADF");
  await assertOsError(() => socket.nodelay(), "EBADF");
  await assertOsError(() => socket.intoFd(), "EBADF");
  socket.close(); // closes nothing
  assertEquals(client.takeError(), undefined);
});

test("TcpSocket.connect() that is refused closes the socket", async () => {
  const address = await closedAddress();
  using socket = TcpSocket.v4();
  const error = await assertOsError(() => socket.connect(address), "ECONNREFUSED");
  assertEquals([error.syscall, error.address], ["connect", address]);
  await assertOsError(() => socket.fd, "EBADF");
});

test("TcpSocket.connect() that is dropped before it began leaves the socket", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  using socket = TcpSocket.v4();
  socket.connect(listener.localAddr())[Symbol.dispose]();
  using client = await socket.connect(listener.localAddr());
  assertEquals(`${client.peerAddr()}`, `${listener.localAddr()}`);
});

test("TcpSocket.connect() that is dropped on its way closes the socket", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0", { backlog: 1 });
  using stack = new DisposableStack();
  for (let i = 0; i < 2; i++) {
    stack.use(await TcpSocket.v4().connect(listener.localAddr()));
  }
  using socket = TcpSocket.v4();
  const connecting = socket.connect(listener.localAddr());
  assertPending(connecting);
  connecting[Symbol.dispose]();
  await assertOsError(() => socket.fd, "EBADF");
});

test("TcpSocket.bind() and connect() refuse names at the call", () => {
  using socket = TcpSocket.v4();
  const message = 'Cannot use "localhost" here: give an IP address, not a name';
  assertThrows(() => socket.bind("localhost:0"), TypeError, message);
  assertThrows(() => socket.connect("localhost:1"), TypeError, message);
  for (const address of ["127.0.0.1", 1, null, {}] as ToSocketAddrs[]) {
    assertThrows(() => socket.bind(address), Error, "Cannot ");
    assertThrows(() => socket.connect(address), Error, "Cannot ");
  }
});

test("TcpSocket.bind() to an address in use fails with EADDRINUSE", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  using socket = TcpSocket.v4();
  const address = `${listener.localAddr()}`;
  const error = await assertOsError(() => socket.bind(address), "EADDRINUSE");
  assertEquals([error.syscall, error.address], ["bind", address]);
  socket.bind("127.0.0.1:0"); // it is still good
});

test("TcpSocket.bind() to an address of the other family fails", async () => {
  using socket = TcpSocket.v4();
  const error = await assertOsError(() => socket.bind("[::1]:0"), "EAFNOSUPPORT");
  assertEquals(error.address, "[::1]:0");
});

test("TcpSocket.listen() refuses backlogs out of range and stays as it is", () => {
  using socket = TcpSocket.v4();
  for (const backlog of [0, -1, 1.5, 2 ** 31]) {
    assertThrows(() => socket.listen(backlog), RangeError, `Cannot set the backlog to ${backlog}`);
  }
  using _listener = socket.listen(1);
});

test("TcpSocket.localAddr() of a socket that is not bound is all zeros", () => {
  using socket = TcpSocket.v4();
  assertEquals(`${socket.localAddr()}`, "0.0.0.0:0");
  assertEquals(socket.takeError(), undefined);
});

/** Options that are on or off. */
const SWITCHES = [
  ["reuseaddr", "setReuseaddr"],
  ["reuseport", "setReuseport"],
  ["nodelay", "setNodelay"],
] as const;

for (const [get, set] of SWITCHES) {
  test(`TcpSocket.${set}() turns the option on and off`, () => {
    using socket = TcpSocket.v4();
    assertEquals(socket[get](), false);
    socket[set](true);
    assertEquals(socket[get](), true);
    socket[set](false);
    assertEquals(socket[get](), false);
  }, set === "setReuseport" ? needs("reusePort") : {});
}

/** Sizes of buffers: Linux doubles what it is asked for. */
const SIZES = [
  ["sendBufferSize", "setSendBufferSize", "send buffer size"],
  ["recvBufferSize", "setRecvBufferSize", "receive buffer size"],
] as const;

for (const [get, set, name] of SIZES) {
  test(`TcpSocket.${set}() asks for at least this size`, async () => {
    using socket = TcpSocket.v4();
    socket[set](32 * 1024);
    assertGreaterOrEqual(socket[get](), 32 * 1024);
    if (Deno.build.os === "linux") assertEquals(socket[get](), 64 * 1024);
    for (const size of [0, -1, 1.5, 2 ** 31, NaN]) {
      assertThrows(() => socket[set](size), RangeError, `Cannot set the ${name} to ${size}`);
    }
    using listener = await TcpListener.bind("127.0.0.1:0");
    using _client = await socket.connect(listener.localAddr());
  });
}

test("TcpSocket.setLinger() and setKeepalive() are as those of TcpStream", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  using socket = TcpSocket.v4();
  assertEquals([socket.linger(), socket.keepalive()], [undefined, undefined]);
  socket.setLinger({ seconds: 3 });
  const settings = { idle: 60_000, interval: 5000, count: 4 };
  socket.setKeepalive(settings);
  assertEquals([socket.linger(), socket.keepalive()], [3, settings]);
  assertThrows(() => socket.setLinger(-1), RangeError);
  assertThrows(() => socket.setKeepalive({ count: 0 }), RangeError);
  socket.setLinger(0);
  using client = await socket.connect(listener.localAddr());
  assertEquals([client.linger(), client.keepalive()], [0, settings]);
}, needs("keepAliveTimes"));

for (const [family, reason, ignore] of [[4, "", false], [6, noIpv6, !hasIpv6]] as const) {
  test(`TcpSocket.setTos() marks packets of IPv${family}${reason}`, () => {
    using socket = family === 4 ? TcpSocket.v4() : TcpSocket.v6();
    assertEquals(socket.tos(), 0);
    for (const tos of [0x10, 0xb8, 0]) {
      socket.setTos(tos);
      assertEquals(socket.tos(), tos);
    }
    for (const tos of [-1, 256, 1.5]) {
      assertThrows(
        () => socket.setTos(tos),
        RangeError,
        `Cannot set the type of service to ${tos}`,
      );
    }
  }, { ignore: ignore || (family === 6 && needs("trafficClass").ignore) });
}

test(`TcpSocket.setOnlyV6() refuses IPv4 peers${noIpv6}`, async () => {
  using socket = TcpSocket.v6();
  socket.setOnlyV6(true);
  assertEquals(socket.onlyV6(), true);
  socket.bind("[::]:0");
  using listener = socket.listen(1);
  const { port } = listener.localAddr();
  using four = TcpSocket.v4();
  const connect = () => four.connect(new SocketAddr("127.0.0.1", port));
  await assertOsError(connect, "ECONNREFUSED");
  using dual = TcpSocket.v6();
  dual.setOnlyV6(false);
  assertEquals(dual.onlyV6(), false);
}, { ignore: !hasIpv6 });

test("TcpSocket.onlyV6() of an IPv4 socket fails", async () => {
  using socket = TcpSocket.v4();
  const error = await assertOsError(() => socket.onlyV6(), "EOPNOTSUPP");
  assertEquals(error.syscall, "getsockopt");
});

test("TcpSocket.intoFd() gives the descriptor away", () => {
  using socket = TcpSocket.v4();
  const { fd } = socket;
  assertEquals(socket.intoFd(), fd);
  socket.close();
  using stream = TcpStream.fromFd(fd); // closes it in the end
  assertEquals(stream.fd, fd);
});
