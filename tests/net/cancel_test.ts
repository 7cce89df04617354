/**
 * What an operation that is dropped keeps and loses.
 *
 * @module
 */

import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { Pending, select } from "../../future/mod.ts";
import { spawn, yieldNow } from "../../task/mod.ts";
import { sleep, timeout } from "../../time/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import {
  assertOsError,
  assertPending,
  bytes,
  connection,
  fillUp,
  narrowConnection,
  noise,
  pollOnce,
  readExactly,
  readToEnd,
  text,
} from "./_net.ts";

test("TcpStream.read() that loses a select() takes no data", async () => {
  using both = await connection();
  const buffer = new Uint8Array(8);
  for (let i = 0; i < 3; i++) {
    const first = await select({ read: both.server.read(buffer), late: sleep(1) });
    assertEquals(first.branch, "late");
    await both.client.writeAll(bytes(`abc${i}`));
    assertEquals(text(await readExactly(both.server, 4)), `abc${i}`);
  }
  assertEquals(buffer, new Uint8Array(8));
});

test("TcpStream.read() that is dropped after its event takes no data", async () => {
  using both = await connection();
  const read = both.server.read(new Uint8Array(8));
  assertPending(read);
  await both.client.writeAll(bytes("abc"));
  // The one that waits behind sees the event.
  assert((await both.server.readReady()).isReadable());
  for (let i = 0; i < 10; i++) await yieldNow();
  read[Symbol.dispose]();
  assertEquals(text(await readExactly(both.server, 3)), "abc");
});

test("TcpStream.read() that is dropped leaves the event to the next in line", async () => {
  using both = await connection();
  const dropped = both.server.read(new Uint8Array(8));
  const next = both.server.read(new Uint8Array(8));
  assertPending(dropped);
  const waiting = spawn(next);
  await yieldNow();
  dropped[Symbol.dispose]();
  await both.client.writeAll(bytes("abc"));
  assertEquals(await waiting, 3);
});

test("TcpStream.read() that was dropped cannot be polled", async () => {
  using both = await connection();
  const read = both.server.read(new Uint8Array(8));
  assertPending(read);
  read[Symbol.dispose]();
  read[Symbol.dispose]();
  assertThrows(() => pollOnce(read), TypeError, "Cannot poll a future again");
  const unpolled = both.server.read(new Uint8Array(8));
  unpolled[Symbol.dispose]();
  assertThrows(() => pollOnce(unpolled), TypeError, "Cannot poll a future again");
});

test("TcpStream.read() in a timeout() takes no data when the time is up", async () => {
  using both = await connection();
  const buffer = new Uint8Array(8);
  const late = await Promise.resolve(timeout(1, both.server.read(buffer))).catch((e) => e.name);
  assertEquals(late, "ElapsedError");
  await both.client.writeAll(bytes("abc"));
  assertEquals(await timeout(60_000, both.server.read(buffer)), 3);
});

test("TcpStream.read() of a task that is aborted takes no data", async () => {
  using both = await connection();
  const buffer = new Uint8Array(8);
  const task = spawn(async () => await both.server.read(buffer));
  await yieldNow();
  task.abort();
  await both.client.writeAll(bytes("abc"));
  await task.then(() => {}, () => {});
  assertEquals(buffer, new Uint8Array(8));
  assertEquals(await both.server.read(buffer), 3);
});

test("TcpStream.peek() and readVectored() that are dropped take no data", async () => {
  using both = await connection();
  const buffer = new Uint8Array(8);
  for (const waiting of [both.server.peek(buffer), both.server.readVectored([buffer])]) {
    assertPending(waiting);
    waiting[Symbol.dispose]();
  }
  await both.client.writeAll(bytes("abc"));
  assertEquals(await both.server.read(buffer), 3);
});

test("TcpStream.write() that is dropped has written nothing", async () => {
  using both = await narrowConnection();
  const filled = fillUp(both.client);
  const write = both.client.write(bytes("never"));
  assertPending(write);
  write[Symbol.dispose]();
  await both.client.shutdown();
  assertEquals((await readToEnd(both.server)).length, filled);
});

test("TcpStream.writeAll() that is dropped tells how much was written", async () => {
  using both = await narrowConnection();
  const data = noise(1_000_000);
  const writing = both.client.writeAll(data);
  assertEquals(pollOnce(writing), Pending);
  assertGreater(writing.written, 0);
  assertLess(writing.written, data.length);
  const first = writing.written;
  await readExactly(both.server, 1);
  while (writing.written === first) {
    await readExactly(both.server, 1);
    assertEquals(pollOnce(writing), Pending);
  }
  writing[Symbol.dispose]();
  const { written } = writing;
  await both.client.shutdown();
  const rest = await readToEnd(both.server);
  assertEquals(rest, data.subarray(written - rest.length, written));
  assertLess(written, data.length);
});

test("TcpStream.writeAll() that fails tells how much was written", async () => {
  using both = await narrowConnection();
  const writing = both.client.writeAll(noise(1_000_000));
  assertPending(writing);
  const { written } = writing;
  both.server.setLinger(0);
  both.server.close();
  // BSD says EPIPE, because no more can be written, before it says why.
  await assertOsError(() => writing, ["ECONNRESET", "EPIPE"]);
  assertEquals(writing.written, written);
});

test("TcpStream.writeAll() knows how much was written when it is done", async () => {
  using both = await connection();
  const writing = both.client.writeAll(bytes("abc"));
  assertEquals(writing.written, 0);
  await writing;
  assertEquals(writing.written, 3);
});

test("TcpStream serves two who read at once", async () => {
  using both = await connection();
  const buffers = [new Uint8Array(1), new Uint8Array(1)];
  const reads = buffers.map((buffer) => spawn(both.server.read(buffer)));
  await yieldNow();
  await both.client.writeAll(bytes("a"));
  assertEquals(await Promise.race(reads.map((read) => Promise.resolve(read))), 1);
  await both.client.writeAll(bytes("b"));
  for (const read of reads) assertEquals(await read, 1);
  assertEquals(buffers.map(text).sort(), ["a", "b"]);
});

test("TcpStream serves two who write at once", async () => {
  using both = await narrowConnection();
  const [a, b] = [new Uint8Array(50_000).fill(1), new Uint8Array(50_000).fill(2)];
  const writes = [spawn(both.client.writeAll(a)), spawn(both.client.writeAll(b))];
  const received = await readExactly(both.server, 100_000);
  for (const write of writes) await write;
  assertEquals(received.filter((byte) => byte === 1).length, 50_000);
});

test("TcpStream.close() fails those who read and write", async () => {
  using both = await narrowConnection();
  fillUp(both.client);
  const waiting = [
    spawn(async () => {
      await assertOsError(() => both.client.read(new Uint8Array(1)), "EBADF");
    }),
    spawn(async () => {
      await assertOsError(() => both.client.writeAll(new Uint8Array(1)), "EBADF");
    }),
    spawn(async () => {
      await assertOsError(() => both.client.peek(new Uint8Array(1)), "EBADF");
    }),
  ];
  await yieldNow();
  both.client.close();
  for (const task of waiting) await task;
});
