/**
 * Datagrams: whole or not at all, large, empty, looked at, and without waiting.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Interest } from "../../reactor/mod.ts";
import { DatagramTooLargeError, SocketAddr, type ToSocketAddrs, UdpSocket } from "../../net/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertOsError, assertPending, bytes, detached, noise, text } from "./_net.ts";

/** A sender, and a receiver that is connected to it. */
interface Pair extends Disposable {
  readonly sender: UdpSocket;
  readonly receiver: UdpSocket;
}

async function udpPair(): Promise<Pair> {
  const sender = await UdpSocket.bind("127.0.0.1:0");
  const receiver = await UdpSocket.bind("127.0.0.1:0");
  await sender.connect(receiver.localAddr());
  await receiver.connect(sender.localAddr());
  return {
    sender,
    receiver,
    [Symbol.dispose]: () => [sender, receiver].forEach((socket) => socket.close()),
  };
}

type Receive = (socket: UdpSocket, buffer: Uint8Array) => unknown;

/** Every way to receive: whether it takes the datagram, and whether it tells the sender. */
const WAYS: [name: string, call: Receive, takes: boolean, tells: boolean][] = [
  ["recv", (socket, buffer) => socket.recv(buffer), true, false],
  ["recvFrom", (socket, buffer) => socket.recvFrom(buffer), true, true],
  ["tryRecv", (socket, buffer) => socket.tryRecv(buffer), true, false],
  ["tryRecvFrom", (socket, buffer) => socket.tryRecvFrom(buffer), true, true],
  ["peek", (socket, buffer) => socket.peek(buffer), false, false],
  ["peekFrom", (socket, buffer) => socket.peekFrom(buffer), false, true],
];

for (const [name, call, takes, tells] of WAYS) {
  test(`UdpSocket.${name}() of a datagram that does not fit fails and tells its size`, async () => {
    using pair = await udpPair();
    await pair.sender.send(bytes("too large"));
    await pair.sender.send(bytes("next"));
    await pair.receiver.readable();
    const buffer = new Uint8Array(3);
    const error = await failureOf(() => call(pair.receiver, buffer));
    assertInstanceOf(error, DatagramTooLargeError);
    assertInstanceOf(error, RangeError);
    assertEquals([error.name, error.size, error.received], ["DatagramTooLargeError", 9, 3]);
    assertEquals(error.message, "Cannot receive a datagram of 9 bytes: the buffer has 3");
    assertEquals(`${error.address}`, tells ? `${pair.sender.localAddr()}` : "undefined");
    assertEquals(text(buffer), "too");
    const large = new Uint8Array(16);
    if (!takes) assertEquals(await pair.receiver.recv(large), 9);
    assertEquals(await pair.receiver.recv(large), 4);
    assertEquals(text(large.subarray(0, 4)), "next");
    assertEquals(pair.receiver.tryRecv(large), undefined);
  });

  test(`UdpSocket.${name}() takes a datagram that just fits`, async () => {
    using pair = await udpPair();
    await pair.sender.send(bytes("fits"));
    await pair.receiver.readable();
    const buffer = new Uint8Array(4);
    const answer = await call(pair.receiver, buffer);
    assertEquals(tells ? (answer as [number])[0] : answer, 4);
    assertEquals(text(buffer), "fits");
  });

  test(`UdpSocket.${name}() of an empty datagram gives 0`, async () => {
    using pair = await udpPair();
    assertEquals(await pair.sender.send(new Uint8Array(0)), 0);
    await pair.receiver.readable();
    const answer = await call(pair.receiver, new Uint8Array(0));
    if (!tells) assertEquals(answer, 0);
    else assertEquals(`${answer}`, `0,${pair.sender.localAddr()}`);
  });

  test(`UdpSocket.${name}() refuses what is no buffer at the call`, async () => {
    using pair = await udpPair();
    for (const value of ["text", 1, null, undefined, new ArrayBuffer(1), [1]]) {
      const wrong = () => call(pair.receiver, value as unknown as Uint8Array);
      assertThrows(wrong, TypeError, "Cannot use a value of type");
    }
  });

  test(`UdpSocket.${name}() refuses memory that was transferred away`, async () => {
    using pair = await udpPair();
    await pair.sender.send(new Uint8Array(0));
    await pair.sender.send(bytes("kept"));
    await pair.receiver.readable();
    assertInstanceOf(await failureOf(() => call(pair.receiver, detached())), TypeError);
    assertEquals(await pair.receiver.recv(new Uint8Array(8)), 0);
    assertEquals(await pair.receiver.recv(new Uint8Array(8)), 4);
  });
}

const SENDS: [name: string, call: (pair: Pair, buffer: Uint8Array) => unknown][] = [
  ["send", ({ sender }, buffer) => sender.send(buffer)],
  ["sendTo", ({ sender, receiver }, buffer) => sender.sendTo(buffer, receiver.localAddr())],
  ["trySend", ({ sender }, buffer) => sender.trySend(buffer)],
  ["trySendTo", ({ sender, receiver }, buffer) => sender.trySendTo(buffer, receiver.localAddr())],
];

for (const [name, call] of SENDS) {
  test(`UdpSocket.${name}() sends the largest datagram, and none that is larger`, async () => {
    using pair = await udpPair();
    const largest = noise(65507);
    assertEquals(await call(pair, largest), 65507);
    const buffer = new Uint8Array(65536);
    assertEquals(await pair.receiver.recv(buffer), 65507);
    assertEquals(buffer.subarray(0, 65507), largest);
    await assertOsError(() => call(pair, new Uint8Array(65508)), "EMSGSIZE");
    assertEquals(await call(pair, bytes("next")), 4);
    assertEquals(await pair.receiver.recv(buffer), 4);
  });

  test(`UdpSocket.${name}() refuses what is no buffer at the call`, async () => {
    using pair = await udpPair();
    for (const value of ["text", 1, null, new ArrayBuffer(1), new Float32Array(1)]) {
      assertThrows(() => call(pair, value as unknown as Uint8Array), TypeError, "Cannot ");
    }
  });

  test(`UdpSocket.${name}() refuses memory that was transferred away`, async () => {
    using pair = await udpPair();
    assertInstanceOf(await failureOf(() => call(pair, detached())), TypeError);
    assertEquals(pair.receiver.tryRecv(new Uint8Array(1)), undefined);
  });
}

test("UdpSocket.send() and sendTo() take a length", async () => {
  using pair = await udpPair();
  const [data, buffer] = [bytes("abcdef"), new Uint8Array(8)];
  assertEquals(await pair.sender.send(data, 3), 3);
  assertEquals(await pair.receiver.recv(buffer), 3);
  assertEquals(await pair.sender.sendTo(data, pair.receiver.localAddr(), 2), 2);
  assertEquals(await pair.receiver.recv(buffer), 2);
  assertEquals(text(buffer.subarray(0, 3)), "abc");
  for (const length of [-1, 7, 1.5, NaN]) {
    assertThrows(() => pair.sender.send(data, length), RangeError, `Cannot use ${length} bytes`);
  }
});

test("UdpSocket.sendTo() refuses what is no address at the call", async () => {
  using pair = await udpPair();
  for (const address of ["127.0.0.1", "::1:9", 9, null, {}, { port: -1 }] as ToSocketAddrs[]) {
    assertThrows(() => pair.sender.sendTo(bytes("x"), address), Error, "Cannot ");
  }
});

test("UdpSocket keeps the limits of datagrams", async () => {
  using pair = await udpPair();
  for (const message of ["one", "", "three", "four"]) await pair.sender.send(bytes(message));
  const buffer = new Uint8Array(64);
  for (const size of [3, 0, 5, 4]) assertEquals(await pair.receiver.recv(buffer), size);
});

test("UdpSocket.peek() and peekFrom() leave the datagram", async () => {
  using pair = await udpPair();
  await pair.sender.send(bytes("look"));
  const buffer = new Uint8Array(8);
  assertEquals(await pair.receiver.peek(buffer), 4);
  const [size, from] = await pair.receiver.peekFrom(buffer);
  assertEquals([size, `${from}`], [4, `${pair.sender.localAddr()}`]);
  assertEquals(text(buffer.subarray(0, 4)), "look");
  assertEquals(pair.receiver.tryRecv(buffer), 4);
  assertEquals(pair.receiver.tryRecv(buffer), undefined);
});

test("UdpSocket.tryRecv() and tryRecvFrom() give undefined while nothing is there", async () => {
  using pair = await udpPair();
  const buffer = new Uint8Array(8);
  assertEquals(pair.receiver.tryRecv(buffer), undefined);
  assertEquals(pair.receiver.tryRecvFrom(buffer), undefined);
  const ready = pair.receiver.readable();
  assertPending(ready);
  assertEquals(pair.sender.trySend(bytes("now")), 3);
  assert((await ready).isReadable());
  const [size, from] = pair.receiver.tryRecvFrom(buffer)!;
  assertEquals([size, `${from}`], [3, `${pair.sender.localAddr()}`]);
});

test("UdpSocket.writable() and ready() tell what is possible", async () => {
  using pair = await udpPair();
  assert((await pair.sender.writable()).isWritable());
  assertEquals(pair.receiver.tryRecv(new Uint8Array(1)), undefined);
  const either = Interest.READABLE | Interest.WRITABLE;
  assertEquals((await pair.receiver.ready(either)).isReadable(), false);
  await pair.sender.send(bytes("x"));
  assert((await pair.receiver.ready(Interest.READABLE)).isReadable());
});

test("DatagramTooLargeError is made of sizes and a sender", () => {
  const address = new SocketAddr("127.0.0.1", 9);
  const error = new DatagramTooLargeError(9, 3, address);
  assertEquals([error.size, error.received, error.address], [9, 3, address]);
});

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return "no failure";
}
