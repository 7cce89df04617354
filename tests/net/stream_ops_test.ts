/**
 * Reads and writes that never wait, waiting for readiness, and several buffers at once.
 *
 * @module
 */

import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { Interest, Ready } from "../../reactor/mod.ts";
import { ReadBuf, type TcpStream } from "../../net/mod.ts";
import { detach } from "../../scheduler/multi_thread/transfer.ts";
import { spawn, yieldNow } from "../../task/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import {
  assertOsError,
  assertPending,
  bytes,
  type Connection,
  connection,
  detached,
  fillUp,
  narrowConnection,
  noise,
  readExactly,
  readToEnd,
  text,
} from "./_net.ts";

test("TcpStream.tryRead() gives undefined while nothing is there", async () => {
  using both = await connection();
  const buffer = new Uint8Array(8);
  assertEquals(both.server.tryRead(buffer), undefined);
  assertEquals(both.server.tryReadVectored([buffer]), undefined);
  await both.client.writeAll(bytes("abc"));
  await both.server.readReady();
  assertEquals(both.server.tryRead(buffer), 3);
  assertEquals(text(buffer.subarray(0, 3)), "abc");
  assertEquals(both.server.tryRead(buffer), undefined);
  await both.client.shutdown();
  await both.server.readReady();
  assertEquals(both.server.tryRead(buffer), 0);
});

test("TcpStream.tryWrite() gives undefined once the system takes no more", async () => {
  using both = await narrowConnection();
  const written = fillUp(both.client);
  assertGreater(written, 0);
  assertEquals(both.client.tryWrite(bytes("more")), undefined);
  assertEquals(both.client.tryWriteVectored([bytes("more")]), undefined);
  const ready = both.client.writeReady();
  assertPending(ready);
  await readExactly(both.server, written);
  assert((await ready).isWritable());
  assertEquals(both.client.tryWrite(bytes("more")), 4);
  assertEquals(text(await readExactly(both.server, 4)), "more");
});

test("TcpStream.tryRead() and tryWrite() move everything, with waits between", async () => {
  using both = await narrowConnection();
  const data = noise(300_000);
  const writing = spawn(async () => {
    for (let sent = 0; sent < data.length;) {
      const count = both.client.tryWrite(data.subarray(sent));
      if (count === undefined) await both.client.writeReady();
      else sent += count;
    }
  });
  const received = new ReadBuf(new Uint8Array(data.length));
  while (received.remaining > 0) {
    const count = both.server.tryRead(received.unfilled);
    if (count === undefined) await both.server.readReady();
    else received.advance(count);
  }
  await writing;
  assertEquals(received.filled, data);
});

test("TcpStream.readReady() waits for data, and a try afterwards finds them", async () => {
  using both = await connection();
  assertEquals(both.server.tryRead(new Uint8Array(1)), undefined);
  const ready = both.server.readReady();
  assertPending(ready);
  await both.client.writeAll(bytes("x"));
  const seen = await ready;
  assert(seen instanceof Ready && seen.isReadable() && !seen.isReadClosed());
  assertEquals(both.server.tryRead(new Uint8Array(1)), 1);
});

test("TcpStream.ready() tells which of several is ready", async () => {
  using both = await connection();
  assertEquals(both.server.tryRead(new Uint8Array(1)), undefined);
  const either = Interest.READABLE | Interest.WRITABLE;
  const writable = await both.server.ready(either);
  assertEquals([writable.isReadable(), writable.isWritable()], [false, true]);
  await both.client.writeAll(bytes("x"));
  await both.server.ready(Interest.READABLE);
  const ready = await both.server.ready(either);
  assertEquals([ready.isReadable(), ready.isWritable()], [true, true]);
});

test("TcpStream.ready() tells that the other end has ended its side", async () => {
  using both = await connection();
  assertEquals(both.server.tryRead(new Uint8Array(1)), undefined);
  await both.client.shutdown();
  const ready = await both.server.ready(Interest.READABLE);
  assertEquals([ready.isReadClosed(), ready.isWriteClosed()], [true, false]);
  assertEquals(both.server.tryRead(new Uint8Array(1)), 0);
  // The end stays the end.
  assert((await both.server.ready(Interest.READABLE)).isReadClosed());
});

test("TcpStream.ready() tells that both sides have ended", async () => {
  using both = await connection();
  await both.server.shutdown();
  await both.client.shutdown();
  assertEquals(await both.server.read(new Uint8Array(1)), 0);
  let ready = await both.server.ready(Interest.WRITABLE);
  for (let i = 0; i < 100 && !ready.isWriteClosed(); i++) {
    await yieldNow();
    ready = await both.server.ready(Interest.WRITABLE);
  }
  assert(ready.isWriteClosed());
}, needs("hangUps"));

test("TcpStream.readReady() and writeReady() of a closed stream fail", async () => {
  using both = await connection();
  assertEquals(both.client.tryRead(new Uint8Array(1)), undefined);
  const ready = both.client.readReady();
  assertPending(ready);
  both.client.close();
  await assertOsError(() => ready, "EBADF", Deno.errors.BadResource);
  await assertOsError(() => both.client.writeReady(), "EBADF");
});

test("TcpStream.writeVectored() writes from several buffers, in order", async () => {
  using both = await connection();
  const parts = ["ab", "", "cde", "f"].map(bytes);
  assertEquals(await both.client.writeVectored(parts), 6);
  assertEquals(both.client.tryWriteVectored([bytes("gh")]), 2);
  assertEquals(text(await readExactly(both.server, 8)), "abcdefgh");
});

test("TcpStream.readVectored() fills one buffer after another", async () => {
  using both = await connection();
  await both.client.writeAll(bytes("abcdefg"));
  const buffers = [2, 0, 3, 4].map((length) => new Uint8Array(length));
  assertEquals(await both.server.readVectored(buffers), 7);
  assertEquals(buffers.map(text), ["ab", "", "cde", "fg\0\0"]);
});

test("TcpStream.writeVectored() and readVectored() use 64 buffers of more", async () => {
  using both = await connection();
  const data = noise(1000);
  const parts = Array.from({ length: 100 }, (_, i) => data.subarray(i * 10, i * 10 + 10));
  assertEquals(await both.client.writeVectored(parts), 640);
  assertEquals(await both.client.writeVectored(parts.slice(64)), 360);
  await both.client.shutdown();
  const buffers = Array.from({ length: 100 }, () => new Uint8Array(10));
  let total = 0;
  for (let count; (count = await both.server.readVectored(buffers.slice(total / 10))) > 0;) {
    total += count;
    assertEquals(total % 10, 0);
  }
  assertEquals(total, 1000);
  assertEquals(new Uint8Array(buffers.flatMap((buffer) => [...buffer])), data);
});

test("TcpStream.writeVectored() to a peer that has gone fails and raises no signal", async () => {
  using both = await connection();
  await both.client.shutdown();
  await assertOsError(() => both.client.writeVectored([bytes("x")]), "EPIPE");
});

/** Every call that takes a buffer. */
const TAKING: [name: string, call: (stream: TcpStream, buffer: Uint8Array) => unknown][] = [
  ["read", (stream, buffer) => stream.read(buffer)],
  ["readVectored", (stream, buffer) => stream.readVectored([buffer])],
  ["peek", (stream, buffer) => stream.peek(buffer)],
  ["tryRead", (stream, buffer) => stream.tryRead(buffer)],
  ["tryReadVectored", (stream, buffer) => stream.tryReadVectored([buffer])],
  ["write", (stream, buffer) => stream.write(buffer)],
  ["writeAll", (stream, buffer) => stream.writeAll(buffer)],
  ["writeVectored", (stream, buffer) => stream.writeVectored([buffer])],
  ["tryWrite", (stream, buffer) => stream.tryWrite(buffer)],
  ["tryWriteVectored", (stream, buffer) => stream.tryWriteVectored([buffer])],
];

for (const [name, call] of [...TAKING, ["readBuf", readBuf] as const]) {
  test(`TcpStream.${name}() refuses what is no buffer at the call`, async () => {
    using both = await connection();
    for (const value of ["text", 1, null, new ArrayBuffer(1), new Uint16Array(1), {}]) {
      assertThrows(() => call(both.client, value as Uint8Array), TypeError, "Cannot ");
    }
  });
}

function readBuf(stream: TcpStream, buffer: unknown): unknown {
  return stream.readBuf(buffer as ReadBuf);
}

for (const [name, call] of TAKING) {
  test(`TcpStream.${name}() refuses memory that was transferred away`, async () => {
    using both = await connection();
    await assertRefused(both, () => call(both.client, detached()));
  });
}

test("TcpStream refuses a view that its shrunken memory no longer covers", async () => {
  const memory = new ArrayBuffer(8, { maxByteLength: 8 });
  const outside = new Uint8Array(memory, 4, 4);
  memory.resize(2);
  for (const [, call] of TAKING) {
    using both = await connection();
    await assertRefused(both, () => call(both.client, outside));
  }
});

for (const name of ["write", "writeAll"] as const) {
  test(`TcpStream.${name}() takes a length`, async () => {
    using both = await connection();
    const data = bytes("abcdef");
    await both.client[name](data, 3);
    await both.client[name](data, 0);
    await both.client[name](data, 6);
    await both.client.shutdown();
    assertEquals(text(await readToEnd(both.server)), "abcabcdef");
    for (const length of [-1, 7, 1.5, NaN]) {
      const message = `Cannot use ${length} bytes of a buffer of 6`;
      assertThrows(() => both.client[name](data, length), RangeError, message);
    }
  });

  test(`TcpStream.${name}() refuses memory that is transferred away meanwhile`, async () => {
    using both = await connection();
    const data = bytes("abcdef");
    const writing = both.client[name](data);
    detach(data.buffer);
    await assertRefused(both, () => writing);
  });
}

/** Requires a `TypeError`, and that nothing was read or written. */
async function assertRefused(both: Connection, call: () => unknown): Promise<void> {
  await both.server.writeAll(bytes("data"));
  await both.client.readReady();
  const error = await attempt(call);
  assert(error instanceof TypeError, `expected a TypeError, found ${error}`);
  assertEquals(text(await readExactly(both.client, 4)), "data");
  await both.client.shutdown();
  assertEquals((await readToEnd(both.server)).length, 0);
}

async function attempt(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}
