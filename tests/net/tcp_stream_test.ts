/**
 * TCP connections: reading, writing, and how they end.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join, type Steps } from "../../future/mod.ts";
import { ReadBuf, TcpListener, TcpStream } from "../../net/mod.ts";
import { Interest } from "../../reactor/mod.ts";
import { spawn } from "../../task/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import {
  assertOsError,
  bytes,
  connection,
  hasIpv6,
  noIpv6,
  noise,
  readExactly,
  readToEnd,
  text,
} from "./_net.ts";

const ROUNDS = 1024;

for (const [ip, ignore] of [["127.0.0.1", false], ["[::1]", !hasIpv6]] as const) {
  test(`TcpStream at ${ip} carries 1,024 round trips${ignore ? noIpv6 : ""}`, async () => {
    using listener = await TcpListener.bind(`${ip}:0`);
    const message = bytes("foo bar baz");
    const server = spawn(function* (): Steps<void> {
      const [stream] = yield* listener.accept();
      using _stream = stream;
      const buffer = new Uint8Array(1024);
      for (let count; (count = yield* stream.read(buffer)) > 0;) {
        yield* stream.writeAll(buffer.subarray(0, count));
      }
    });
    using client = await TcpStream.connect(listener.localAddr());
    for (let i = 0; i < ROUNDS; i++) {
      await client.writeAll(message);
      assertEquals(await readExactly(client, message.length), message);
    }
    await client.shutdown();
    assertEquals(await client.read(new Uint8Array(1)), 0);
    await server;
  }, { ignore });
}

test("TcpStream.read() gives what is there, up to the size of the buffer", async () => {
  using both = await connection();
  await both.client.writeAll(bytes("hello"));
  const buffer = new Uint8Array(8).fill(0xff);
  assertEquals(await both.server.read(buffer.subarray(0, 2)), 2);
  assertEquals(await both.server.read(buffer.subarray(2)), 3);
  assertEquals([text(buffer.subarray(0, 5)), ...buffer.subarray(5)], ["hello", 255, 255, 255]);
});

test("TcpStream.read() gives 0 at the end, again and again", async () => {
  using both = await connection();
  await both.client.writeAll(bytes("end"));
  both.client.close();
  const buffer = new Uint8Array(8);
  assertEquals(await both.server.read(buffer), 3);
  for (let i = 0; i < 3; i++) assertEquals(await both.server.read(buffer), 0);
});

test("TcpStream.read() and write() of an empty buffer give 0 at once", async () => {
  using both = await connection();
  const empty = new Uint8Array(0);
  assertEquals(await both.client.read(empty), 0);
  assertEquals(await both.client.write(empty), 0);
  assertEquals(await both.client.peek(empty), 0);
  await both.client.writeAll(empty);
  assertEquals(await both.client.readVectored([]), 0);
  assertEquals(await both.client.writeVectored([]), 0);
});

test("TcpStream.read() fills a part of a larger memory only", async () => {
  using both = await connection();
  await both.client.writeAll(new Uint8Array(100).fill(7));
  const memory = new Uint8Array(32);
  assertEquals(await both.server.read(memory.subarray(8, 16)), 8);
  assertEquals(memory.filter((byte) => byte === 7).length, 8);
  assertEquals([memory[7], memory[8], memory[15], memory[16]], [0, 7, 7, 0]);
});

test("TcpStream.read() and write() take shared memory", async () => {
  using both = await connection();
  const shared = () => new Uint8Array(new SharedArrayBuffer(4));
  const [sent, received] = [shared(), shared()];
  sent.set([1, 2, 3, 4]);
  await both.client.writeAll(sent);
  assertEquals(await both.server.read(received), 4);
  assertEquals([...received], [1, 2, 3, 4]);
});

test("TcpStream.peek() leaves the data for the next read", async () => {
  using both = await connection();
  await both.client.writeAll(bytes("abc"));
  const buffer = new Uint8Array(8);
  for (let i = 0; i < 3; i++) {
    buffer.fill(0);
    assertEquals(await both.server.peek(buffer), 3);
    assertEquals(text(buffer.subarray(0, 3)), "abc");
  }
  assertEquals(await both.server.peek(buffer.subarray(0, 1)), 1);
  assertEquals(await both.server.read(buffer), 3);
  both.client.close();
  assertEquals(await both.server.peek(buffer), 0);
});

test("TcpStream.readBuf() fills a buffer by several reads", async () => {
  using both = await connection();
  const buffer = new ReadBuf(new Uint8Array(6));
  await both.client.writeAll(bytes("abcd"));
  assertEquals(await both.server.readBuf(buffer), 4);
  await both.client.writeAll(bytes("efgh"));
  assertEquals(await both.server.readBuf(buffer), 2);
  assertEquals([text(buffer.filled), buffer.remaining], ["abcdef", 0]);
  assertEquals(await both.server.readBuf(buffer), 0);
  buffer.clear();
  assertEquals(await both.server.readBuf(buffer), 2);
  assertEquals(text(buffer.filled), "gh");
});

test("TcpStream.shutdown() ends one side, and the other goes on", async () => {
  using both = await connection();
  const { client, server } = both;
  await client.writeAll(bytes("request"));
  await client.shutdown();
  assertEquals(text(await readToEnd(server)), "request");
  await server.writeAll(bytes("answer"));
  assertEquals(text(await readExactly(client, 6)), "answer");
  await server.shutdown();
  assertEquals(await client.read(new Uint8Array(1)), 0);
});

test("TcpStream.shutdown() may be called again, also when the other end has gone", async () => {
  using both = await connection();
  await both.client.shutdown();
  await both.client.shutdown();
  both.server.setLinger(0);
  both.server.close();
  await assertOsError(() => both.client.read(new Uint8Array(1)), "ECONNRESET");
  await both.client.shutdown();
}, needs("keptResets"));

test("TcpStream.write() after shutdown() fails with EPIPE", async () => {
  using both = await connection();
  await both.client.shutdown();
  const data = bytes("late");
  const attempts = [
    () => both.client.write(data),
    () => both.client.writeAll(data),
    () => both.client.writeVectored([data]),
    () => both.client.tryWrite(data),
  ];
  for (const attempt of attempts) await assertOsError(attempt, "EPIPE", Deno.errors.BrokenPipe);
});

test("TcpStream.setLinger(0) makes close() reset the connection", async () => {
  using both = await connection();
  const peer = `${both.server.peerAddr()}`;
  both.client.setLinger(0);
  both.client.close();
  const read = () => both.server.read(new Uint8Array(1));
  const error = await assertOsError(read, "ECONNRESET", Deno.errors.ConnectionReset);
  assertEquals([error.errno > 0, error.syscall, error.address], [true, "recv", peer]);
  assertEquals(error.message, "Cannot read from TCP stream: connection reset by peer (ECONNRESET)");
}, needs("keptResets"));

test("TcpStream.takeError() gives the error that waits, once", async () => {
  using both = await connection();
  assertEquals(both.server.takeError(), undefined);
  both.client.setLinger(0);
  both.client.close();
  const ready = await both.server.ready(Interest.ERROR);
  assert(ready.isError());
  assertEquals(both.server.takeError()?.code, "ECONNRESET");
  assertEquals(both.server.takeError(), undefined);
}, needs("storedResets"));

test("TcpStream.write() to a peer that has reset fails", async () => {
  using both = await connection();
  both.server.setLinger(0);
  both.server.close();
  const write = async () => {
    while (true) await both.client.writeAll(bytes("anybody there?"));
  };
  const error = await write().catch((error) => error);
  assert(["ECONNRESET", "EPIPE"].includes(error.code), error.message);
});

test("TcpStream.peerAddr() is known after the peer has reset", async () => {
  using both = await connection();
  const address = `${both.client.localAddr()}`;
  both.client.setLinger(0);
  both.client.close();
  await assertOsError(() => both.server.read(new Uint8Array(1)), "ECONNRESET");
  assertEquals(`${both.server.peerAddr()}`, address);
}, needs("keptResets"));

test("TcpStream carries data both ways at once", async () => {
  using both = await connection();
  const [there, back] = [noise(300_000, 1), noise(200_000, 2)];
  const [, , atServer, atClient] = await join(
    both.client.writeAll(there),
    both.server.writeAll(back),
    readExactly(both.server, there.length),
    readExactly(both.client, back.length),
  );
  assertEquals(atServer, there);
  assertEquals(atClient, back);
});

test("TcpStream.split() lets two tasks read and write at once", async () => {
  using both = await connection();
  const { reader, writer } = both.client.split();
  const data = noise(500_000);
  const reading = spawn(() => readExactly(reader, data.length));
  const echo = spawn(async () => {
    await both.server.writeAll(await readExactly(both.server, data.length));
  });
  await writer.writeAll(data);
  assertEquals(await reading, data);
  await echo;
  assertEquals(`${reader.peerAddr()}`, `${both.client.peerAddr()}`);
  assertEquals(`${writer.localAddr()}`, `${both.client.localAddr()}`);
});
