/**
 * Halves of a connection that have owners of their own.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { ReuniteError } from "../../net/mod.ts";
import { spawn, yieldNow } from "../../task/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import {
  assertOsError,
  assertPending,
  bytes,
  connection,
  noise,
  readExactly,
  readToEnd,
  text,
} from "./_net.ts";

test("TcpStream.intoSplit() gives halves that read and write at once", async () => {
  using both = await connection();
  const { reader, writer } = both.client.intoSplit();
  using _reader = reader;
  using _writer = writer;
  const data = noise(300_000);
  const reading = spawn(() => readExactly(reader, data.length));
  const echo = spawn(async () => {
    await both.server.writeAll(await readExactly(both.server, data.length));
  });
  await writer.writeAll(data);
  assertEquals(await reading, data);
  await echo;
  assertEquals(`${reader.localAddr()}`, `${writer.localAddr()}`);
  assertEquals(`${reader.peerAddr()}`, `${both.server.localAddr()}`);
});

test("OwnedWriteHalf ends the writing side when it is disposed", async () => {
  using both = await connection();
  const { reader, writer } = both.client.intoSplit();
  using _reader = reader;
  await writer.writeAll(bytes("last words"));
  writer[Symbol.dispose]();
  writer[Symbol.dispose]();
  assertEquals(text(await readToEnd(both.server)), "last words");
  await both.server.writeAll(bytes("heard"));
  assertEquals(text(await readExactly(reader, 5)), "heard");
});

test("OwnedWriteHalf.forget() leaves the writing side open", async () => {
  using both = await connection();
  const { reader, writer } = both.client.intoSplit();
  await writer.writeAll(bytes("x"));
  writer.forget();
  writer.forget();
  await readExactly(both.server, 1);
  using end = both.server.read(new Uint8Array(1));
  for (let i = 0; i < 20; i++) {
    assertPending(end);
    await yieldNow();
  }
  reader[Symbol.dispose]();
  assertEquals(await end, 0);
});

test("OwnedReadHalf that is disposed leaves the writer working", async () => {
  using both = await connection();
  const { reader, writer } = both.client.intoSplit();
  reader[Symbol.dispose]();
  reader[Symbol.dispose]();
  await writer.writeAll(bytes("still here"));
  writer[Symbol.dispose]();
  assertEquals(text(await readToEnd(both.server)), "still here");
});

for (const order of ["reader first", "writer first"]) {
  test(`OwnedReadHalf and OwnedWriteHalf close the connection, ${order}`, async () => {
    using both = await connection();
    const { fd } = both.client;
    const { reader, writer } = both.client.intoSplit();
    const halves = order === "reader first" ? [reader, writer] : [writer, reader];
    for (const half of halves) half[Symbol.dispose]();
    assertEquals(await both.server.read(new Uint8Array(1)), 0);
    await assertOsError(() => reader.read(new Uint8Array(1)), "EBADF");
    await assertOsError(() => writer.write(bytes("x")), "EBADF");
    // The number is free again.
    using next = await connection();
    assertEquals([next.client.fd, next.server.fd].includes(fd), true);
  });
}

test("OwnedReadHalf.reunite() makes the stream again", async () => {
  using both = await connection();
  const { reader, writer } = both.client.intoSplit();
  using stream = reader.reunite(writer);
  // The halves no longer own anything.
  reader[Symbol.dispose]();
  writer[Symbol.dispose]();
  await stream.writeAll(bytes("together"));
  assertEquals(text(await readExactly(both.server, 8)), "together");
  stream.setNodelay(true);
  stream.close();
  assertEquals(await both.server.read(new Uint8Array(1)), 0);
});

test("OwnedReadHalf.reunite() refuses the writer of another connection", async () => {
  using one = await connection();
  using two = await connection();
  const a = one.client.intoSplit();
  const b = two.client.intoSplit();
  const error = assertThrows(() => a.reader.reunite(b.writer), ReuniteError);
  assertEquals(error.name, "ReuniteError");
  assertEquals(error.message, "Cannot reunite halves: they belong to different connections");
  assertStrictEquals(error.reader, a.reader);
  assertStrictEquals(error.writer, b.writer);
  // Both still work, and fit their own other half.
  using _a = a.reader.reunite(a.writer);
  using _b = b.reader.reunite(b.writer);
});

test("OwnedReadHalf.reunite() refuses halves that were disposed or reunited", async () => {
  using both = await connection();
  const { reader, writer } = both.client.intoSplit();
  using stream = reader.reunite(writer);
  assertThrows(() => reader.reunite(writer), ReuniteError);
  const again = stream.intoSplit();
  again.writer[Symbol.dispose]();
  assertThrows(() => again.reader.reunite(again.writer), ReuniteError);
  again.reader[Symbol.dispose]();
});

test("TcpStream.split() lends halves; the stream stays the owner", async () => {
  using both = await connection();
  const { reader, writer } = both.client.split();
  await writer.writeAll(bytes("x"));
  both.client.close();
  await assertOsError(() => reader.read(new Uint8Array(1)), "EBADF");
  await assertOsError(() => writer.write(bytes("x")), "EBADF");
  assertEquals(text(await readToEnd(both.server)), "x");
});
