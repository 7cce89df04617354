/**
 * UDP: how it fails.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SocketAddr, UdpSocket } from "../../net/mod.ts";
import { spawn, yieldNow } from "../../task/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import { assertOsError, bytes } from "./_net.ts";

/** An address at which no socket is. */
async function nobody(): Promise<SocketAddr> {
  using socket = await UdpSocket.bind("127.0.0.1:0");
  return socket.localAddr();
}

const localhost = () => UdpSocket.bind("127.0.0.1:0");

test("UdpSocket.peerAddr() and send() of a socket that is not connected fail", async () => {
  using socket = await localhost();
  await assertOsError(() => socket.peerAddr(), "ENOTCONN", Deno.errors.NotConnected);
  await assertOsError(() => socket.send(bytes("x")), "EDESTADDRREQ");
  await assertOsError(() => socket.trySend(bytes("x")), "EDESTADDRREQ");
});

test("UdpSocket.recvFrom() is not disturbed by datagrams that nobody took", async () => {
  using socket = await localhost();
  using other = await localhost();
  const [address, away] = [socket.localAddr(), await nobody()];
  for (let i = 0; i < 3; i++) await socket.sendTo(bytes("anybody?"), away);
  const receiving = spawn(async () => await socket.recvFrom(new Uint8Array(8)));
  await yieldNow();
  await socket.sendTo(bytes("anybody?"), away);
  await other.sendTo(bytes("me"), address);
  const [count, from] = await receiving;
  assertEquals([count, `${from}`], [2, `${other.localAddr()}`]);
});

test("UdpSocket.recv() fails with ECONNREFUSED when nobody is there", async () => {
  using socket = await localhost();
  const address = await nobody();
  await socket.connect(address);
  await socket.send(bytes("anybody?"));
  const recv = () => socket.recv(new Uint8Array(8));
  const error = await assertOsError(recv, "ECONNREFUSED", Deno.errors.ConnectionRefused);
  assert(["recv", "recvmsg"].includes(error.syscall), error.syscall);
  // It is told once; afterwards the socket is as good as before.
  assertEquals(socket.tryRecv(new Uint8Array(8)), undefined);
  assertEquals(socket.takeError(), undefined);
}, needs("refusedDatagrams"));

test("UdpSocket.recv() that is refused names the peer", async () => {
  using socket = await localhost();
  const address = await nobody();
  await socket.connect(address);
  await socket.send(bytes("anybody?"));
  const error = await assertOsError(() => socket.recv(new Uint8Array(8)), "ECONNREFUSED");
  assertEquals(error.address, `${address}`);
}, needs("refusedDatagrams"));

test("UdpSocket.send() tells that the datagram before was refused", async () => {
  using socket = await localhost();
  await socket.connect(await nobody());
  await socket.send(bytes("one"));
  await assertOsError(() => socket.send(bytes("two")), "ECONNREFUSED");
  await socket.send(bytes("three"));
  assertEquals(socket.takeError()?.code, "ECONNREFUSED");
}, needs("refusedDatagrams"));

test("UdpSocket.recv() that waits fails when a datagram is refused", async () => {
  using socket = await localhost();
  await socket.connect(await nobody());
  const waiting = spawn(async () => {
    await assertOsError(() => socket.recv(new Uint8Array(8)), "ECONNREFUSED");
  });
  await yieldNow();
  await socket.send(bytes("anybody?"));
  await waiting;
}, needs("refusedDatagrams"));

test("UdpSocket.sendTo() that fails names the destination", async () => {
  using socket = await localhost();
  const to = new SocketAddr("::1", 9);
  const error = await assertOsError(() => socket.sendTo(bytes("x"), to), "EAFNOSUPPORT");
  assertEquals([error.syscall, error.address], ["sendto", "[::1]:9"]);
});

test("UdpSocket.setBroadcast() allows datagrams to everyone", async () => {
  using socket = await localhost();
  const everyone = new SocketAddr("255.255.255.255", 9);
  assertEquals(socket.broadcast(), false);
  const send = () => socket.sendTo(bytes("x"), everyone);
  await assertOsError(send, "EACCES", Deno.errors.PermissionDenied);
  socket.setBroadcast(true);
  assertEquals(socket.broadcast(), true);
  socket.setBroadcast(false);
  assertEquals(socket.broadcast(), false);
  await assertOsError(send, "EACCES", Deno.errors.PermissionDenied);
});

test("UdpSocket.bind() to an address in use fails", async () => {
  using one = await localhost();
  const address = one.localAddr();
  const error = await assertOsError(() => UdpSocket.bind(address), "EADDRINUSE");
  assertEquals([error.syscall, error.address], ["bind", `${address}`]);
  assertEquals(
    error.message,
    `Cannot bind UDP socket to "${address}": address in use (EADDRINUSE)`,
  );
});

test("UdpSocket.bind() shares an address with reuseAddress", async () => {
  using one = await UdpSocket.bind("127.0.0.1:0", { reuseAddress: true });
  using two = await UdpSocket.bind(one.localAddr(), { reuseAddress: true });
  assertEquals(`${two.localAddr()}`, `${one.localAddr()}`);
});

test("UdpSocket.bind() shares an address with reusePort", async () => {
  using one = await UdpSocket.bind("127.0.0.1:0", { reusePort: true });
  using two = await UdpSocket.bind(one.localAddr(), { reusePort: true });
  assertEquals(`${two.localAddr()}`, `${one.localAddr()}`);
}, needs("reusePort"));

test("UdpSocket.close() fails those who wait, and every call afterwards", async () => {
  using socket = await localhost();
  const buffer = new Uint8Array(8);
  const waiting = spawn(async () => {
    await assertOsError(() => socket.recvFrom(buffer), "EBADF", Deno.errors.BadResource);
  });
  await yieldNow();
  socket.close();
  socket.close();
  socket[Symbol.dispose]();
  await waiting;
  const to = new SocketAddr("127.0.0.1", 9);
  const calls: (() => unknown)[] = [
    () => socket.recv(buffer),
    () => socket.tryRecv(buffer),
    () => socket.tryRecvFrom(buffer),
    () => socket.peek(buffer),
    () => socket.send(buffer),
    () => socket.trySend(buffer),
    () => socket.sendTo(buffer, to),
    () => socket.trySendTo(buffer, to),
    () => socket.connect(to),
    () => socket.readable(),
    () => socket.writable(),
    () => socket.localAddr(),
    () => socket.peerAddr(),
    () => socket.takeError(),
    () => socket.broadcast(),
    () => socket.setTtl(1),
    () => socket.intoFd(),
  ];
  for (const call of calls) await assertOsError(call, "EBADF", Deno.errors.BadResource);
});
