/**
 * What may be lent as a buffer.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { checkAttached, checkBuffer, checkBuffers } from "../../net/buffer.ts";
import { detached } from "./_net.ts";

const NO_BUFFERS = [
  undefined,
  null,
  4,
  "text",
  new ArrayBuffer(4),
  new SharedArrayBuffer(4),
  new Uint16Array(2),
  new Uint8ClampedArray(2),
  new DataView(new ArrayBuffer(4)),
  [1, 2, 3],
  { byteLength: 4 },
] as unknown[] as Uint8Array[];

for (const value of NO_BUFFERS) {
  Deno.test(`checkBuffer() refuses ${Deno.inspect(value)}`, () => {
    assertThrows(() => checkBuffer(value), TypeError, "Cannot use a value of type");
    assertThrows(() => checkBuffers([new Uint8Array(1), value]), TypeError);
  });
}

Deno.test("checkBuffer() takes every Uint8Array, empty and shared ones too", () => {
  checkBuffer(new Uint8Array(0));
  checkBuffer(new Uint8Array(4).subarray(1, 2));
  checkBuffer(new Uint8Array(new SharedArrayBuffer(4)));
  checkBuffers([]);
  checkBuffers([new Uint8Array(1), new Uint8Array(0)]);
});

Deno.test("checkBuffers() refuses what is no array", () => {
  for (const value of [new Uint8Array(4), "text", new Set([new Uint8Array(1)]), undefined]) {
    const buffers = value as unknown as Uint8Array[];
    assertThrows(() => checkBuffers(buffers), TypeError, "give an array");
  }
});

Deno.test("checkAttached() tells an empty buffer from one that was transferred away", () => {
  checkAttached(new Uint8Array(0));
  checkAttached(new Uint8Array(4).subarray(4));
  assertThrows(() => checkAttached(detached()), TypeError, "transferred away");
});

Deno.test("checkAttached() refuses a view that its shrunken memory no longer covers", () => {
  const memory = new ArrayBuffer(8, { maxByteLength: 8 });
  const view = new Uint8Array(memory, 4, 4);
  memory.resize(2);
  assertEquals(view.byteLength, 0);
  assertThrows(() => checkAttached(view), TypeError);
});

Deno.test("checkAttached() takes an empty view at the end of a resizable memory", () => {
  const memory = new ArrayBuffer(8, { maxByteLength: 8 });
  checkAttached(new Uint8Array(memory, 8));
});
