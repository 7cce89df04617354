/**
 * Streams of bytes between isolates.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ownLink } from "../../../scheduler/multi_thread/membership.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { spawn } from "../../../task/mod.ts";
import { test } from "../../helpers/leak_guard.ts";
import { assertPending, assertReady, turns, Wakes } from "../../helpers/wakes.ts";
import { leavesNothing, withWorkers } from "../../helpers/workers.ts";
import { digest, echo, hold, ignore, readOne } from "./fixtures/byte_channels.ts";

test("ByteReader.read() gives what ByteWriter.write() took, in order", () => {
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(64);
    const buffer = new Uint8Array(48);
    let written = 0;
    let read = 0;
    for (let round = 0; round < 50; round++) {
      const bytes = Uint8Array.from({ length: 1 + round % 60 }, (_, i) => written + i);
      written += assertReady(writer.write(bytes));
      const count = assertReady(reader.read(buffer));
      for (let i = 0; i < count; i++) assertEquals(buffer[i], (read + i) & 0xff);
      read += count;
      while (read < written) {
        read += reader.tryRead(buffer);
      }
    }
    assertEquals(read, written);
    writer.close();
    reader.close();
  });
});

test("ByteWriter.write() waits for room, and ByteReader.read() for bytes", () => {
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(64);
    const [readerWakes, writerWakes] = [new Wakes(), new Wakes()];
    const buffer = new Uint8Array(64);
    const read = reader.read(buffer);
    assertPending(read, readerWakes);
    assertEquals(assertReady(writer.write(new Uint8Array(64).fill(7))), 64);
    assert(readerWakes.isWoken());
    const write = writer.write(new Uint8Array(10));
    assertPending(write, writerWakes);
    assertEquals(assertReady(read), 64);
    assert(writerWakes.isWoken());
    assertEquals(assertReady(write), 10);
    assert(buffer.every((byte) => byte === 7));
    writer.close();
    reader.close();
  });
});

test("ByteWriter.writeAll() goes on until all is written", () => {
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(64);
    const write = writer.writeAll(Uint8Array.from({ length: 150 }, (_, i) => i));
    const wakes = new Wakes();
    assertPending(write, wakes);
    const buffer = new Uint8Array(200);
    assertEquals(assertReady(reader.read(buffer)), 64);
    assert(wakes.isWoken());
    assertPending(write, wakes);
    assertEquals(assertReady(reader.read(buffer.subarray(64))), 64);
    assertEquals(assertReady(write, wakes), 150);
    assertEquals(assertReady(reader.read(buffer.subarray(128))), 22);
    assertEquals(buffer.subarray(0, 150), Uint8Array.from({ length: 150 }, (_, i) => i));
    writer.close();
    reader.close();
  });
});

test("ByteReader.read() serves those who wait in their order", () => {
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(64);
    const buffers = [new Uint8Array(1), new Uint8Array(1), new Uint8Array(1)];
    const reads = buffers.map((buffer) => reader.read(buffer));
    const wakes = reads.map(() => new Wakes());
    reads.forEach((read, i) => assertPending(read, wakes[i]));
    reads[0]![Symbol.dispose]();
    writer.tryWrite(Uint8Array.of(1, 2));
    assert(wakes[1]!.isWoken());
    assertPending(reads[2]!, wakes[2]);
    assertReady(reads[1]!);
    assert(wakes[2]!.isWoken());
    assertReady(reads[2]!);
    assertEquals(buffers.map(([byte]) => byte), [0, 1, 2]);
    writer.close();
    reader.close();
  });
});

test("a read of a byte channel that is given up takes nothing and waits no more", () => {
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(64);
    const buffer = new Uint8Array(1);
    const read = reader.read(buffer);
    assertPending(read);
    assertEquals(ownLink().underWay, 1);
    read[Symbol.dispose]();
    assertEquals(ownLink().underWay, 0);
    writer.tryWrite(Uint8Array.of(9));
    assertEquals([assertReady(reader.read(buffer)), buffer[0]], [1, 9]);
    writer.close();
    reader.close();
  });
});

test("ByteReader.read() answers 0 after the writer was closed and all was read", () => {
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(64);
    const buffer = new Uint8Array(8);
    writer.tryWrite(Uint8Array.of(1, 2, 3));
    writer.close();
    writer.close();
    assertEquals(reader.isEnded(), false);
    assertEquals(assertReady(reader.read(buffer)), 3);
    assertEquals(assertReady(reader.read(buffer)), 0);
    assert(reader.isEnded());
    reader.close();
  });
});

test("closing an end of a byte channel wakes who waits at both", () => {
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(64);
    const wakes = new Wakes();
    const read = reader.read(new Uint8Array(1));
    assertPending(read, wakes);
    writer.close();
    assert(wakes.isWoken());
    assertEquals(assertReady(read), 0);
    const again = reader.read(new Uint8Array(1));
    assertEquals(assertReady(again), 0);
    reader.close();
  });
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(64);
    const wakes = new Wakes();
    writer.tryWrite(new Uint8Array(64));
    const write = writer.write(new Uint8Array(1));
    assertPending(write, wakes);
    reader.close();
    assert(wakes.isWoken());
    assertThrows(() => assertReady(write), shared.BrokenPipeError, "the reader is gone");
    assert(writer.isClosed());
    writer.close();
  });
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(64);
    const wakes = [new Wakes(), new Wakes()];
    const reads = [reader.read(new Uint8Array(1)), reader.read(new Uint8Array(1))];
    reads.forEach((read, i) => assertPending(read, wakes[i]));
    reader.close();
    assert(wakes.every((wake) => wake.isWoken()));
    assertEquals(reads.map((read) => assertReady(read)), [0, 0]);
    writer.close();
  });
});

test("ByteWriter.reserve() and ByteReader.peek() give views of the channel", () => {
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(64);
    assertEquals(writer.reserve().length, 64);
    writer.reserve().fill(1, 0, 60);
    writer.commit(60);
    assertEquals(writer.reserve().length, 4);
    assertEquals(reader.peek().length, 60);
    reader.consume(50);
    writer.reserve().fill(2);
    writer.commit(4);
    assertEquals(writer.reserve().length, 50);
    assertEquals([...reader.peek()], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2]);
    assertThrows(() => writer.commit(51), RangeError, "Cannot commit 51 bytes");
    assertThrows(() => reader.consume(15), RangeError, "Cannot consume 15 bytes");
    assertThrows(() => reader.consume(-1), RangeError);
    writer.close();
    reader.close();
  });
});

test("byteChannel() and its ends refuse what cannot be", () => {
  for (const capacity of [0, -1, 1.5, 2 ** 25, NaN]) {
    assertThrows(() => shared.byteChannel(capacity), RangeError, "Cannot make a byte channel");
  }
  leavesNothing(() => {
    const [writer, reader] = shared.byteChannel(1);
    assertEquals([writer.capacity, reader.capacity], [64, 64]);
    assertThrows(() => reader.read(new Uint8Array()), RangeError, "the buffer is empty");
    assertEquals(assertReady(writer.write(new Uint8Array())), 0);
    writer.close();
    reader.close();
    assertThrows(() => writer.write(new Uint8Array(1)), TypeError, "was closed or sent");
    assertThrows(() => reader.read(new Uint8Array(1)), TypeError, "was closed or sent");
    assertThrows(() => reader.isEnded(), TypeError);
  });
});

test("bytes travel from one isolate to another, all and in order", async () => {
  await withWorkers(async () => {
    const [writer, reader] = shared.byteChannel(256);
    const handle = spawn(digest, reader, 100);
    assertThrows(() => reader.read(new Uint8Array(1)), TypeError, "was closed or sent");
    let sum = 0;
    let length = 0;
    for (let round = 0; round < 500; round++) {
      const bytes = Uint8Array.from({ length: 1 + (round * 7) % 400 }, (_, i) => i * 3 + round);
      for (const byte of bytes) sum = (Math.imul(sum, 31) + byte) | 0;
      length += await writer.writeAll(bytes);
    }
    writer.close();
    assertEquals(await handle, [length, sum]);
  });
});

test("bytes travel to another isolate and back", async () => {
  await withWorkers(async () => {
    const [there, from] = shared.byteChannel(64);
    const [back, answers] = shared.byteChannel(64);
    const handle = spawn(echo, from, back);
    const buffer = new Uint8Array(64);
    for (let round = 0; round < 300; round++) {
      await there.writeAll(Uint8Array.of(round, 1, 2));
      let count = 0;
      while (count < 3) count += await answers.read(buffer.subarray(count));
      assertEquals([...buffer.subarray(0, 3)], [round & 0xff, 1, 2]);
    }
    there.close();
    assertEquals(await answers.read(buffer), 0);
    answers.close();
    await handle;
  });
});

test("a writer learns that its reader in another isolate is gone", async () => {
  await withWorkers(async () => {
    const [writer, reader] = shared.byteChannel(64);
    const handle = spawn(readOne, reader);
    await assertRejects(async () => {
      while (true) await writer.writeAll(new Uint8Array(40).fill(5));
    }, shared.BrokenPipeError);
    assertEquals(await handle, 5);
    writer.close();
  });
});

test("aborting a task closes the end of a byte channel that it has", async () => {
  await withWorkers(async () => {
    const [writer, reader] = shared.byteChannel(64);
    const handle = spawn(hold, reader);
    await writer.writeAll(new Uint8Array(64));
    while (writer.reserve().length === 0) await turns();
    handle.abort();
    await Promise.resolve(handle).catch(() => {});
    assert(writer.isClosed());
    writer.close();
  });
});

test("an end of a byte channel that nobody takes is closed", () => {
  leavesNothing(() => {
    for (const end of ["writer", "reader"]) {
      const [writer, reader] = shared.byteChannel(64);
      const { encoder, decoder } = ownLink();
      const words = new Int32Array(encoder.encode([end === "writer" ? writer : reader]) / 4);
      encoder.copyTo(words, 0);
      encoder.sent();
      decoder.drop(words, 0);
      if (end === "writer") assertEquals(assertReady(reader.read(new Uint8Array(1))), 0);
      else assert(writer.isClosed());
      writer.close();
      reader.close();
    }
  });
});

test("an end of a byte channel at which somebody waits cannot be sent", async () => {
  await withWorkers(async () => {
    const [writer, reader] = shared.byteChannel(64);
    const read = reader.read(new Uint8Array(1));
    assertPending(read);
    assertThrows(() => spawn(ignore, reader), TypeError, "somebody waits at it");
    read[Symbol.dispose]();
    reader.close();
    assertThrows(() => spawn(ignore, reader), TypeError, "was closed or sent");
    writer.close();
    await Promise.resolve();
  });
});
