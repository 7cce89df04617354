/**
 * Making connections.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { backend } from "../../ffi/mod.ts";
import { SocketAddr, TcpListener, TcpStream, type ToSocketAddrs } from "../../net/mod.ts";
import { JoinError, spawn, yieldNow } from "../../task/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertOsError, assertPending, closedAddress, hasIpv6, noIpv6 } from "./_net.ts";

/** Lets the resolver answer with these addresses, whatever it is asked. */
function resolving(...addresses: (string | SocketAddr)[]): Disposable {
  const endpoints = addresses.map((address) => SocketAddr.parse(`${address}`).endpoint);
  return stub(backend().resolver, "resolve", () => Promise.resolve(endpoints));
}

/** Connects by `form` and requires that the listener sees it. */
async function assertConnects(listener: TcpListener, form: ToSocketAddrs): Promise<void> {
  using client = await TcpStream.connect(form);
  using server = (await listener.accept())[0];
  assertEquals(`${server.peerAddr()}`, `${client.localAddr()}`);
}

test("TcpStream.connect() takes each form of an IPv4 address", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const { port } = listener.localAddr();
  await assertConnects(listener, `127.0.0.1:${port}`);
  await assertConnects(listener, { hostname: "127.0.0.1", port });
  await assertConnects(listener, new SocketAddr("127.0.0.1", port));
  await assertConnects(listener, listener.localAddr());
});

test(`TcpStream.connect() takes each form of an IPv6 address${noIpv6}`, async () => {
  using listener = await TcpListener.bind("[::1]:0");
  const { port } = listener.localAddr();
  await assertConnects(listener, `[::1]:${port}`);
  await assertConnects(listener, `[0:0:0:0:0:0:0:1]:${port}`);
  await assertConnects(listener, { hostname: "::1", port });
  await assertConnects(listener, new SocketAddr("::1", port));
}, { ignore: !hasIpv6 });

test(`TcpStream.connect() reaches IPv4 through a mapped address${noIpv6}`, async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  using client = await TcpStream.connect(`[::ffff:127.0.0.1]:${listener.localAddr().port}`);
  using server = (await listener.accept())[0];
  assertEquals(client.peerAddr().ip, "::ffff:127.0.0.1");
  assertEquals(server.peerAddr().ip, "127.0.0.1");
}, { ignore: !hasIpv6 });

test(`TcpListener at [::] sees IPv4 peers as mapped addresses${noIpv6}`, async () => {
  using listener = await TcpListener.bind("[::]:0");
  using client = await TcpStream.connect({
    hostname: "127.0.0.1",
    port: listener.localAddr().port,
  });
  const [server, address] = await listener.accept();
  using _server = server;
  assertEquals(address.ip, "::ffff:127.0.0.1");
  assertEquals(address.port, client.localAddr().port);
}, { ignore: !hasIpv6 });

test("TcpStream.connect() takes a name", async () => {
  using listener = await TcpListener.bind("localhost:0");
  const { port } = listener.localAddr();
  await assertConnects(listener, `localhost:${port}`);
  await assertConnects(listener, { hostname: "localhost", port });
});

test("TcpStream.connect() tries a name's addresses in order until one answers", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const { port } = listener.localAddr();
  // Nobody listens at the first ones.
  using _ = resolving(`[::1]:${port}`, `127.0.0.2:${port}`, `127.0.0.1:${port}`, "127.0.0.1:1");
  using client = await TcpStream.connect(`some.name:${port}`);
  assertEquals(`${client.peerAddr()}`, `127.0.0.1:${port}`);
  using _server = (await listener.accept())[0];
});

test("TcpStream.connect() fails as the last of a name's addresses did", async () => {
  const closed = await closedAddress();
  using _ = resolving("255.255.255.255:9", closed);
  const connect = () => TcpStream.connect("some.name:9");
  const error = await assertOsError(connect, "ECONNREFUSED", Deno.errors.ConnectionRefused);
  assertEquals(error.address, closed);
});

test("TcpStream.connect() to a name that is unknown fails with ENOTFOUND", async () => {
  const connect = () => TcpStream.connect("edo..missing:80");
  await assertOsError(connect, "ENOTFOUND", Deno.errors.NotFound);
});

test("TcpStream.connect() where nobody listens fails with ECONNREFUSED", async () => {
  const address = await closedAddress();
  const connect = () => TcpStream.connect(address);
  const error = await assertOsError(connect, "ECONNREFUSED", Deno.errors.ConnectionRefused);
  assertEquals([error.errno > 0, error.syscall, error.address], [true, "connect", address]);
  assertEquals(error.message, `Cannot connect to "${address}": connection refused (ECONNREFUSED)`);
});

test(`TcpStream.connect() where nobody listens fails on IPv6 too${noIpv6}`, async () => {
  const error = await assertOsError(() => TcpStream.connect("[::1]:1"), "ECONNREFUSED");
  assertEquals(error.address, "[::1]:1");
}, { ignore: !hasIpv6 });

test("TcpStream.connect() to an address without a way there fails at once", async () => {
  // A broadcast address has no way for TCP.
  const connect = () => TcpStream.connect("255.255.255.255:9");
  const error = await assertOsError(connect, "ENETUNREACH", Deno.errors.NetworkUnreachable);
  assertEquals([error.syscall, error.address], ["connect", "255.255.255.255:9"]);
});

test("TcpStream.connect() refuses what is no address at the call", () => {
  for (const address of ["127.0.0.1", "::1:80", "", 80, null, { port: "80" }]) {
    assertThrows(() => TcpStream.connect(address as ToSocketAddrs), Error, "Cannot ");
  }
});

test("TcpStream.connect() does nothing before it is polled", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  using _unpolled = TcpStream.connect(listener.localAddr());
  for (let i = 0; i < 10; i++) await yieldNow();
  assertEquals(listener.tryAccept(), undefined);
});

test("TcpStream.connect() that is dropped gives the attempt up", async () => {
  // With a full queue the third attempt is not answered.
  using listener = await TcpListener.bind("127.0.0.1:0", { backlog: 1 });
  using stack = new DisposableStack();
  for (let i = 0; i < 2; i++) stack.use(await TcpStream.connect(listener.localAddr()));
  const connecting = TcpStream.connect(listener.localAddr());
  assertPending(connecting);
  connecting[Symbol.dispose]();
  for (let i = 0; i < 2; i++) stack.use((await listener.accept())[0]);
  for (let i = 0; i < 10; i++) await yieldNow();
  assertEquals(listener.tryAccept(), undefined);
});

test("TcpStream.connect() of a task that is aborted closes the socket", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0", { backlog: 1 });
  using stack = new DisposableStack();
  for (let i = 0; i < 2; i++) stack.use(await TcpStream.connect(listener.localAddr()));
  const task = spawn(TcpStream.connect(listener.localAddr()));
  await yieldNow();
  task.abort();
  const error = await assertRejects(() => task);
  assert(error instanceof JoinError && error.isCancelled());
});
