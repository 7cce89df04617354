/**
 * Sockets that travel to workers.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type OwnedReadHalf,
  type OwnedWriteHalf,
  type ReadHalf,
  SocketAddr,
  TcpListener,
  TcpStream,
  UdpSocket,
} from "../../net/mod.ts";
import { Runtime } from "../../scheduler/mod.ts";
import type { Sendable } from "../../scheduler/multi_thread/sendable.ts";
import { JoinError, spawn, yieldNow } from "../../task/mod.ts";
import { leakGuard } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import { connection } from "./_net.ts";
import {
  acceptUntilEmpty,
  answer,
  bindAndAccept,
  block,
  echo,
  greet,
  isSame,
  serveOne,
  tellPeer,
  whichThread,
} from "./fixtures/move_tasks.ts";

/** Declares a test that runs on a runtime of so many workers and must leave no descriptors behind. */
function test(name: string, main: () => Promise<void>, options = {}, workers = 2): void {
  Deno.test(name, options, async () => {
    // The first workers leave what the next ones use again.
    await (await start(workers)).shutdown();
    await leakGuard(name, async () => {
      await using runtime = await start(workers);
      await runtime.run(main);
    });
  });
}

async function start(workers: number): Promise<Runtime> {
  const runtime = Runtime.builder().multiThread().workerThreads(workers).build();
  // Each worker is to have loaded the module.
  const threads = new Set<string>();
  while (threads.size < workers) {
    const blockers = Array.from({ length: workers }, () => runtime.spawn(block, 10));
    for (const blocker of blockers) threads.add(await blocker);
  }
  return runtime;
}

const bytes = (text: string) => new TextEncoder().encode(text);

async function ask(stream: TcpStream, text: string): Promise<string> {
  await stream.writeAll(bytes(text));
  const buffer = new Uint8Array(64);
  return new TextDecoder().decode(buffer.subarray(0, await stream.read(buffer)));
}

test("TcpStream moves to a worker, which serves it and knows its peer", async () => {
  using both = await connection();
  const { client, server } = both;
  const serving = spawn(echo, server);
  assertEquals(await ask(client, "ping"), "ping");
  await client.shutdown();
  const { peer, thread } = await serving;
  assertEquals(peer, `${client.localAddr()}`);
  assertNotEquals(thread, whichThread());
});

test("TcpStream is as if closed where it was sent from", async () => {
  using both = await connection();
  const { client, server } = both;
  await client.writeAll(bytes("early"));
  const late = server.read(new Uint8Array(8));
  const serving = spawn(echo, server);
  await assertRejects(() => Promise.resolve(late), Error, "closed");
  assertThrows(() => server.localAddr(), Error, "closed");
  assertThrows(() => server.tryWrite(bytes("no")), Error, "closed");
  const buffer = new Uint8Array(8);
  assertEquals(await client.read(buffer), 5);
  server.close(); // which is not to close the descriptor
  assertEquals(await ask(client, "still"), "still");
  client.close();
  await serving;
});

test("TcpStream comes back as a result", async () => {
  using both = await connection();
  const { client, server } = both;
  using back = await spawn(greet, server);
  assertEquals(await client.read(new Uint8Array(8)), 5);
  assertEquals(`${back.peerAddr()}`, `${client.localAddr()}`);
  await client.writeAll(bytes("thanks"));
  assertEquals(await back.read(new Uint8Array(8)), 6);
});

test("TcpStream of a task that was aborted before it began is closed", async () => {
  using both = await connection();
  const { client, server } = both;
  const blockers = [spawn(block, 50), spawn(block, 50)];
  const serving = spawn(echo, server);
  await Promise.resolve();
  serving.abort();
  const error = await assertRejects(() => Promise.resolve(serving), JoinError);
  assert(error.isCancelled());
  assertEquals(await client.read(new Uint8Array(1)), 0);
  for (const blocker of blockers) await blocker;
});

test("TcpStream whose companion cannot travel stays where it is", async () => {
  using both = await connection();
  const { client, server } = both;
  assertThrows(() => spawn(echo, [server, () => 1] as never), Error, "arguments[0][1]");
  assertEquals(await client.write(bytes("x")), 1);
  assertEquals(await server.read(new Uint8Array(8)), 1);
});

test("TcpStream that a getter closes while it is sent does not travel", async () => {
  using both = await connection();
  const { server } = both;
  const value = {
    server,
    get length() {
      server.close();
      return 0;
    },
  };
  assertThrows(() => spawn(greet, value as never), TypeError, "closed");
});

test("TcpStream does not move while somebody waits on it", async () => {
  using both = await connection();
  const { client, server } = both;
  const reading = spawn(server.read(new Uint8Array(8)));
  const other = spawn(server.read(new Uint8Array(8)));
  await new Promise((resolve) => setTimeout(resolve));
  assertThrows(
    () => spawn(echo, server),
    TypeError,
    "Cannot send TCP stream: somebody waits on it",
  );
  await client.writeAll(bytes("x"));
  assertEquals(await reading, 1);
  assertThrows(() => spawn(echo, server), TypeError, "somebody waits on it");
  other.abort();
  await assertRejects(() => Promise.resolve(other), JoinError);
  const serving = spawn(echo, server);
  await client.shutdown();
  await serving;
});

test("TcpStream does not move once it was split, closed, moved or used by the web", async () => {
  const trouble = "Cannot send TCP stream: its sides have been handed out";
  using one = await connection();
  one.server.split();
  assertThrows(() => spawn(echo, one.server), TypeError, trouble);
  one.client.intoSplit();
  assertThrows(() => spawn(echo, one.client), TypeError, trouble);
  using two = await connection();
  void two.server.writable;
  assertThrows(() => spawn(echo, two.server), TypeError, trouble);
  void two.client.readable;
  assertThrows(() => spawn(echo, two.client), TypeError, trouble);
  using three = await connection();
  three.client.close();
  assertThrows(() => spawn(echo, three.client), TypeError, "Cannot send TCP stream: it is closed");
  const serving = spawn(echo, three.server);
  assertThrows(() => spawn(echo, three.server), TypeError, "Cannot send TCP stream: it is closed");
  await serving;
});

test("halves of a TcpStream do not move, reunited they do", async () => {
  using both = await connection();
  const { client, server } = both;
  const halves = server.intoSplit();
  for (const half of [halves.reader, halves.writer, client.split().reader]) {
    assertThrows(() => spawn(echo, half as never), TypeError, "Cannot send a half of a TCP stream");
  }
  const serving = spawn(echo, halves.reader.reunite(halves.writer));
  assertEquals(await ask(client, "again"), "again");
  client.close();
  await serving;
});

test("TcpListener moves to a worker", async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  const address = listener.localAddr();
  const serving = spawn(serveOne, listener);
  assertThrows(() => listener.localAddr(), Error, "closed");
  using client = await TcpStream.connect(address);
  assertEquals(await ask(client, "ping"), "ping");
  client.close();
  await serving;
});

test("TcpListener does not move while somebody waits for a connection", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const accepting = spawn(listener.accept());
  await yieldNow();
  assertThrows(() => spawn(serveOne, listener), TypeError, "somebody waits on it");
  accepting.abort();
  await assertRejects(() => Promise.resolve(accepting), JoinError);
  const address = listener.localAddr();
  const serving = spawn(serveOne, listener);
  (await TcpStream.connect(address)).close();
  await serving;
});

test("TcpListener.share() lets workers accept from one queue", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const address = listener.localAddr();
  const serving = [0, 1].map(() => spawn(acceptUntilEmpty, listener.share()));
  for (let i = 0; i < 20; i++) {
    using client = await TcpStream.connect(address);
    assertEquals((await ask(client, "x")).length, whichThread().length);
  }
  // Each ends with the first empty connection that it is given.
  for (const _ of serving) (await TcpStream.connect(address)).close();
  const counts = await Promise.all(serving.map((task) => Promise.resolve(task)));
  assertEquals(counts.reduce((sum, count) => sum + count), 20);
});

test("TcpListener.share() outlives the listener that was shared", async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  using other = listener.share();
  const address = listener.localAddr();
  listener.close();
  assertThrows(() => listener.share(), Error, "closed");
  using _client = await TcpStream.connect(address);
  const [stream, peer] = await other.accept();
  assertEquals(`${stream.peerAddr()}`, `${peer}`);
  stream.close();
});

test("listeners of workers share an address with reusePort", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0", { reusePort: true });
  const address = listener.localAddr();
  const here = acceptUntilEmpty(listener);
  const there = spawn(bindAndAccept, address);
  let isDone = [false, false];
  const counts = Promise.all([here, there].map(async (serving, i) => {
    const count = await serving;
    isDone = isDone.with(i, true);
    return count;
  }));
  const threads = new Set<string>();
  for (let tries = 0; threads.size < 2 && tries < 10_000; tries++) {
    using client = await TcpStream.connect(address);
    threads.add(await ask(client, "x"));
  }
  assertEquals(threads.size, 2);
  while (isDone.includes(false)) {
    // The system resets those that a listener has not accepted when it is closed.
    const client = await Promise.resolve(TcpStream.connect(address)).catch(() => {});
    client?.close();
  }
  await counts;
}, needs("reusePort"));

test("UdpSocket moves to a worker", async () => {
  const socket = await UdpSocket.bind("127.0.0.1:0");
  const address = socket.localAddr();
  using client = await UdpSocket.bind("127.0.0.1:0");
  const waiting = spawn(socket.recv(new Uint8Array(8)));
  await new Promise((resolve) => setTimeout(resolve));
  assertThrows(() => spawn(answer, socket), TypeError, "Cannot send UDP socket: somebody waits");
  waiting.abort();
  await assertRejects(() => Promise.resolve(waiting), JoinError);
  const answering = spawn(answer, socket);
  assertThrows(() => socket.localAddr(), Error, "closed");
  await client.sendTo(bytes("ping"), address);
  const buffer = new Uint8Array(16);
  const [count, from] = await client.recvFrom(buffer);
  assertEquals([count, `${from}`], [4, `${address}`]);
  const peer = await answering;
  assert(peer.equals(client.localAddr()));
});

test("UdpSocket keeps its peer", async () => {
  using one = await UdpSocket.bind("127.0.0.1:0");
  const two = await UdpSocket.bind("127.0.0.1:0");
  await two.connect(one.localAddr());
  const telling = spawn(tellPeer, two);
  assertEquals(await one.recv(new Uint8Array(8)), 2);
  assert((await telling).equals(one.localAddr()));
});

test("SocketAddr travels as a copy", async () => {
  const address = new SocketAddr("fe80::1%2", 80);
  assert(await spawn(isSame, address, SocketAddr.parse("[fe80::1%2]:80")));
  assertEquals(await spawn(isSame, address, new SocketAddr("127.0.0.1", 80)), false);
});

/** Whether the type checker lets a value travel. */
type Travels<T> = [T] extends [Sendable<T>] ? true : false;

Deno.test("Sendable takes sockets and addresses, and refuses halves", () => {
  const sockets: Record<string, Travels<TcpStream | TcpListener | UdpSocket | SocketAddr>> = {
    all: true,
  };
  const halves: [Travels<ReadHalf>, Travels<OwnedReadHalf>, Travels<OwnedWriteHalf>] = [
    false,
    false,
    false,
  ];
  assertEquals([sockets.all, ...halves], [true, false, false, false]);
});
