/**
 * WHATWG streams over TCP connections.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { TcpListener, TcpStream } from "../../net/mod.ts";
import { spawn, yieldNow } from "../../task/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import {
  assertOsError,
  bytes,
  connection,
  narrowConnection,
  noise,
  readExactly,
  readToEnd,
  text,
} from "./_net.ts";

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

test("TcpStream.readable piped to writable echoes and closes the connection", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const served = spawn(async () => {
    const [server] = await listener.accept();
    await server.readable.pipeTo(server.writable);
    await assertOsError(() => server.read(new Uint8Array(1)), "EBADF");
  });
  using client = await TcpStream.connect(listener.localAddr());
  const data = noise(300_000);
  const received = spawn(() => readToEnd(client));
  await client.writeAll(data);
  await client.shutdown();
  assertEquals(await received, data);
  await served;
});

test("TcpStream.readable and writable are made once", async () => {
  using both = await connection();
  assertStrictEquals(both.client.readable, both.client.readable);
  assertStrictEquals(both.client.writable, both.client.writable);
});

test("TcpStream.readable gives what comes, and ends", async () => {
  using both = await connection();
  await both.server.writeAll(bytes("all of it"));
  await both.server.shutdown();
  assertEquals(text(await collect(both.client.readable)), "all of it");
});

test("TcpStream.readable reads nothing before somebody asks", async () => {
  using both = await connection();
  const { readable } = both.client;
  await both.server.writeAll(bytes("mine"));
  await yieldNow();
  assertEquals(text(await readExactly(both.client, 4)), "mine");
  assertEquals(readable.locked, false);
});

test("TcpStream.readable fills the buffer that a reader brings", async () => {
  using both = await connection();
  await both.server.writeAll(bytes("abcdef"));
  const reader = both.client.readable.getReader({ mode: "byob" });
  const first = await reader.read(new Uint8Array(4));
  assertEquals([first.done, text(first.value!)], [false, "abcd"]);
  const second = await reader.read(new Uint8Array(4));
  assertEquals(text(second.value!), "ef");
  await both.server.shutdown();
  assertEquals((await reader.read(new Uint8Array(4))).done, true);
});

test("TcpStream.readable fails when the connection is reset", async () => {
  using both = await connection();
  both.server.setLinger(0);
  both.server.close();
  const reader = both.client.readable.getReader();
  await assertOsError(() => reader.read(), "ECONNRESET", Deno.errors.ConnectionReset);
}, needs("keptResets"));

test("TcpStream.writable ends the writing side when it is closed", async () => {
  using both = await connection();
  const writer = both.client.writable.getWriter();
  await writer.write(bytes("one "));
  await writer.write(bytes("two"));
  await writer.close();
  assertEquals(text(await readToEnd(both.server)), "one two");
  await both.server.writeAll(bytes("answer"));
  assertEquals(text(await readExactly(both.client, 6)), "answer");
});

test("TcpStream.writable waits while the system takes nothing", async () => {
  using both = await narrowConnection();
  const data = noise(200_000);
  const writer = both.client.writable.getWriter();
  let done = false;
  const writing = writer.write(data).then(() => done = true);
  for (let i = 0; i < 20; i++) await yieldNow();
  assertEquals([done, writer.desiredSize], [false, 0]);
  assertEquals(await readExactly(both.server, data.length), data);
  await writing;
});

test("TcpStream.writable refuses chunks that are no bytes", async () => {
  using both = await connection();
  const writer = both.client.writable.getWriter();
  writer.closed.catch(() => {});
  await assertRejects(() => writer.write("text" as unknown as Uint8Array), TypeError);
});

test("TcpStream is closed when both of its WHATWG sides are done", async () => {
  using both = await connection();
  await both.client.readable.cancel();
  assert(both.client.localAddr().port > 0);
  await both.client.writable.close();
  await assertOsError(() => both.client.localAddr(), "EBADF");
  assertEquals(await both.server.read(new Uint8Array(1)), 0);
});

test("TcpStream is closed when its readable is cancelled and its writable aborted", async () => {
  using both = await connection();
  await both.client.writable.abort();
  await both.client.readable.cancel();
  await assertOsError(() => both.client.localAddr(), "EBADF");
});

test("TcpStream.readable that is cancelled while it waits takes no more data", async () => {
  using both = await connection();
  const reader = both.client.readable.getReader();
  const read = reader.read();
  for (let i = 0; i < 10; i++) await yieldNow();
  await reader.cancel();
  assertEquals((await read).done, true);
  await both.server.writeAll(bytes("x"));
  await both.server.shutdown();
  assertEquals(await both.client.read(new Uint8Array(4)), 1);
});

test("TcpStream.writable that is aborted ends a write that waits", async () => {
  using both = await narrowConnection();
  const writer = both.client.writable.getWriter();
  writer.closed.catch(() => {});
  let outcome = "waiting";
  const writing = writer.write(noise(1_000_000)).then(() => "written", () => "failed")
    .then((how) => outcome = how);
  for (let i = 0; i < 10; i++) await yieldNow();
  const aborting = writer.abort(new Error("Cannot wait"));
  for (let i = 0; i < 50 && outcome === "waiting"; i++) await yieldNow();
  const seen = outcome;
  both.server.close(); // ends the write in any case
  await Promise.allSettled([writing, aborting]);
  assertEquals(seen, "failed");
});

test("TcpStream is closed when its WHATWG sides have failed", async () => {
  using both = await connection();
  both.server.setLinger(0);
  both.server.close();
  await assertOsError(() => both.client.readable.pipeTo(both.client.writable), "ECONNRESET");
  await assertOsError(() => both.client.localAddr(), "EBADF");
}, needs("keptResets"));

test("TcpStream.close() fails a readable that waits", async () => {
  using both = await connection();
  const reader = both.client.readable.getReader();
  const read = reader.read();
  await yieldNow();
  both.client.close();
  await assertOsError(() => read, "EBADF", Deno.errors.BadResource);
});

test("TcpStream.readable goes through a transform", async () => {
  using both = await connection();
  await both.server.writeAll(bytes("grüße"));
  await both.server.shutdown();
  const decoded = both.client.readable.pipeThrough(new TextDecoderStream() as TransformStream);
  let all = "";
  for await (const chunk of decoded) all += chunk;
  assertEquals(all, "grüße");
});
