/**
 * Much data, many connections, and peers that are slow or rude.
 *
 * @module
 */

import { assert, assertEquals, assertLess } from "@std/assert";
import { TcpListener, TcpStream } from "../../net/mod.ts";
import { type JoinHandle, spawn, yieldNow } from "../../task/mod.ts";
import { sleep } from "../../time/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import {
  bytes,
  type Connection,
  connection,
  narrowConnection,
  noise,
  readExactly,
  readToEnd,
} from "./_net.ts";

const MIB = 1024 * 1024;

/** What is sent again and again; its length divides nothing that buffers have. */
const PATTERN = noise(1_000_003);

/** Sends `total` bytes and ends the writing side. */
async function send(stream: TcpStream, total: number): Promise<void> {
  for (let sent = 0; sent < total; sent += PATTERN.length) {
    await stream.writeAll(PATTERN.subarray(0, Math.min(PATTERN.length, total - sent)));
  }
  await stream.shutdown();
}

/** Reads to the end, and requires that every byte is the one that was sent. */
async function receive(stream: TcpStream, size: number, turns: number): Promise<number> {
  const buffer = new Uint8Array(size);
  let received = 0;
  for (let count; (count = await stream.read(buffer)) > 0;) {
    let at = received % PATTERN.length;
    for (let i = 0; i < count; i++) {
      if (buffer[i] !== PATTERN[at]) throw new Error(`Cannot go on: byte ${received + i} is wrong`);
      at = at + 1 === PATTERN.length ? 0 : at + 1;
    }
    received += count;
    for (let turn = 0; turn < turns; turn++) await yieldNow();
  }
  return received;
}

test("TcpStream carries 64 MiB each way, to a fast and to a slow reader", async () => {
  using both = await connection();
  const total = 64 * MIB;
  const work = [
    spawn(() => send(both.client, total)),
    spawn(() => send(both.server, total)),
    spawn(() => receive(both.server, 256 * 1024, 0)),
    spawn(() => receive(both.client, 16 * 1024, 1)),
  ];
  const received = [];
  for (const task of work) received.push(await task);
  assertEquals(received, [undefined, undefined, total, total]);
});

test("TcpStream holds a writer up while nobody reads", async () => {
  using both = await narrowConnection();
  const writing = both.client.writeAll(noise(MIB));
  const task = spawn(writing);
  // What is on its way lies in the buffers of the system, which fill at its leisure.
  let written = 0;
  do {
    written = writing.written;
    await sleep(50);
  } while (writing.written > written || written === 0);
  assertLess(written, 256 * 1024);
  assertEquals((await readExactly(both.server, MIB)).length, MIB);
  await task;
});

test("TcpStream loses nothing to a reader of single bytes", async () => {
  using both = await narrowConnection();
  const data = noise(30_000);
  const writing = both.client.writeAll(data);
  const task = spawn(writing);
  const received = new Uint8Array(data.length);
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    assertEquals(await both.server.read(received.subarray(i, i + 1)), 1);
    most = Math.max(most, writing.written - i);
  }
  await task;
  assertEquals(received, data);
  assertLess(most, data.length);
});

test("TcpStream loses nothing of a writer of single bytes", async () => {
  using both = await connection();
  both.client.setNodelay(true);
  const data = noise(10_000);
  const task = spawn(async () => {
    for (let i = 0; i < data.length; i++) await both.client.writeAll(data.subarray(i, i + 1));
    await both.client.shutdown();
  });
  assertEquals(await readToEnd(both.server), data);
  await task;
});

test("TcpStream.writeAll() fails when the peer resets in the middle", async () => {
  using both = await connection();
  const writing = both.client.writeAll(new Uint8Array(64 * MIB));
  const outcome = spawn(() => Promise.resolve(writing).catch((error) => error.code));
  await readExactly(both.server, MIB);
  both.server.setLinger(0);
  both.server.close();
  const code = await outcome;
  assert(["ECONNRESET", "EPIPE"].includes(code), code);
  assert(writing.written >= MIB && writing.written < 64 * MIB);
});

test("TcpStream.read() gets what was sent before the peer closed in the middle", async () => {
  using both = await connection();
  const sent = noise(200_000);
  const task = spawn(both.client.writeAll(sent));
  const first = await readExactly(both.server, 50_000);
  await task;
  both.client.close();
  const rest = await readToEnd(both.server);
  assertEquals(first, sent.subarray(0, 50_000));
  assertEquals(rest, sent.subarray(50_000));
});

test("TcpListener serves 1,000 connections at once", async () => {
  const count = 1000;
  using listener = await TcpListener.bind("127.0.0.1:0");
  const serving: JoinHandle<void>[] = [];
  const accepting = spawn(async () => {
    for await (const stream of listener) {
      serving.push(spawn(() => echo(stream)));
      if (serving.length === count) return;
    }
  });
  const clients: TcpStream[] = [];
  for (let i = 0; i < count; i++) clients.push(await TcpStream.connect(listener.localAddr()));
  await accepting;
  // All are open by now, and all are served in turn.
  const exchanges = clients.map((client, i) =>
    spawn(async () => {
      using _client = client;
      for (let round = 0; round < 3; round++) {
        const message = bytes(`client ${i} round ${round}`);
        await client.writeAll(message);
        assertEquals(await readExactly(client, message.length), message);
      }
    })
  );
  for (const exchange of exchanges) await exchange;
  for (const served of serving) await served;
});

async function echo(stream: TcpStream): Promise<void> {
  using _stream = stream;
  const buffer = new Uint8Array(64);
  for (let count; (count = await stream.read(buffer)) > 0;) await stream.writeAll(buffer, count);
}

test("TcpStream that is always ready does not keep others from being served", async () => {
  using loud = await connection();
  using quiet = await connection();
  let stop = false;
  const flood = spawn(async () => {
    const chunk = new Uint8Array(1024);
    while (!stop) await loud.client.writeAll(chunk);
    await loud.client.shutdown();
  });
  const drain = spawn(async () => {
    const buffer = new Uint8Array(1024);
    while (await loud.server.read(buffer) > 0);
  });
  const answer = spawn(() => echoOnce(quiet));
  await quiet.client.writeAll(bytes("ping"));
  assertEquals((await readExactly(quiet.client, 4)).length, 4);
  stop = true;
  await answer;
  await flood;
  await drain;
});

async function echoOnce(both: Connection): Promise<void> {
  await both.server.writeAll(await readExactly(both.server, 4));
}
