/**
 * Buffers that remember how full they are.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { ReadBuf } from "../../net/mod.ts";

Deno.test("ReadBuf() is empty at first", () => {
  const buffer = new ReadBuf(new Uint8Array(4));
  assertEquals([buffer.capacity, buffer.remaining, buffer.filled.length], [4, 4, 0]);
});

Deno.test("ReadBuf() refuses what is no Uint8Array", () => {
  for (const memory of [4, "text", new ArrayBuffer(4), new Uint16Array(4), [1, 2], null]) {
    assertThrows(
      () => Reflect.construct(ReadBuf, [memory]),
      TypeError,
      "Cannot use a value of type",
    );
  }
});

Deno.test("ReadBuf.put() appends, and filled and unfilled are views", () => {
  const memory = new Uint8Array(4);
  const buffer = new ReadBuf(memory);
  buffer.put(new Uint8Array([1, 2]));
  buffer.put(new Uint8Array([3]));
  assertEquals([...buffer.filled], [1, 2, 3]);
  assertEquals([...memory], [1, 2, 3, 0]);
  buffer.unfilled[0] = 9;
  assertEquals([...memory], [1, 2, 3, 9]);
  assertStrictEquals(buffer.filled.buffer, memory.buffer);
});

Deno.test("ReadBuf.put() of more than fits changes nothing", () => {
  const buffer = new ReadBuf(new Uint8Array([7, 7]));
  const message = "Cannot advance by 3 bytes: 2 are left";
  assertThrows(() => buffer.put(new Uint8Array(3)), RangeError, message);
  assertEquals([[...buffer.unfilled], buffer.remaining], [[7, 7], 2]);
});

Deno.test("ReadBuf.advance() counts room as data", () => {
  const buffer = new ReadBuf(new Uint8Array([5, 6, 7]));
  buffer.advance(2);
  assertEquals([[...buffer.filled], [...buffer.unfilled]], [[5, 6], [7]]);
  buffer.advance(0);
  buffer.advance(1);
  assertEquals(buffer.remaining, 0);
});

Deno.test("ReadBuf.advance() refuses what is no number of bytes that fits", () => {
  const buffer = new ReadBuf(new Uint8Array(3));
  for (const bytes of [-1, 4, 1.5, NaN, Infinity]) {
    assertThrows(() => buffer.advance(bytes), RangeError, `Cannot advance by ${bytes} bytes`);
  }
  assertEquals(buffer.remaining, 3);
});

Deno.test("ReadBuf.clear() makes room of everything", () => {
  const buffer = new ReadBuf(new Uint8Array(3));
  buffer.put(new Uint8Array([1, 2, 3]));
  buffer.clear();
  assertEquals([buffer.remaining, buffer.filled.length], [3, 0]);
});

Deno.test("ReadBuf works inside of a larger memory", () => {
  const memory = new Uint8Array(8);
  const buffer = new ReadBuf(memory.subarray(2, 6));
  buffer.put(new Uint8Array([1, 2, 3, 4]));
  assertEquals([...memory], [0, 0, 1, 2, 3, 4, 0, 0]);
});
