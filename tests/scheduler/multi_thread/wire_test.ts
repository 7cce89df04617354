/**
 * Values that travel between isolates: each kind, identity, and what is refused.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { ready } from "../../../future/ready.ts";
import { detach } from "../../../scheduler/multi_thread/transfer.ts";
import { errorOf, Line } from "./_wire.ts";

const line = new Line();

Deno.test("Encoder and Decoder carry every primitive", () => {
  const values = [
    ...[undefined, null, true, false, 0, -0, 1, -1, 33554431, 33554432, -33554432, -33554433],
    ...[2147483647, -2147483648, 2147483648, 0.5, -1e300, NaN, Infinity, -Infinity, 5e-324],
    ...[0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, -(2n ** 200n)],
    ...["", "a", "abcd", "\xe9\xff\0", "\u0100", "😀", "\ud800", "a\udfff", "\ufeffx"],
  ];
  const received = line.carry(...values);
  assertEquals(received.length, values.length);
  for (const [i, value] of values.entries()) assertStrictEquals(received[i], value);
});

Deno.test("Encoder and Decoder carry strings of every length and kind", () => {
  for (const unit of ["x", "\xfc", "\u6f22", "😀", "\udc00"]) {
    for (const count of [1, 3, 4, 5, 23, 24, 25, 31, 32, 33, 63, 64, 65, 128, 1000, 70_001]) {
      const text = unit.repeat(count);
      assertStrictEquals(line.carryOne(text), text);
      assertEquals(line.carryOne({ [text]: 1 }), { [text]: 1 });
    }
  }
});

Deno.test("a string that looks like another one is not taken for it", () => {
  // More than the decoder remembers, so that many share a slot.
  for (let i = 0; i < 5000; i++) assertStrictEquals(line.carryOne(`name${i}`), `name${i}`);
  for (let i = 0; i < 300; i++) {
    assertEquals(line.carryOne({ [`k${i}`]: i, z: 1 }), { [`k${i}`]: i, z: 1 });
  }
  assertStrictEquals(line.carryOne("a\0\0"), "a\0\0");
  assertStrictEquals(line.carryOne("a\0"), "a\0");
  assertStrictEquals(line.carryOne("a"), "a");
});

Deno.test("Encoder and Decoder carry plain objects with their keys in order", () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, i]));
  for (
    const value of [{}, { a: 1, b: "x" }, { b: 1, a: 2 }, { "": 0 }, { 2: "b", 1: "a", c: 3 }, many]
  ) {
    assertEquals(line.carryOne(value), value);
    assertEquals(Object.keys(line.carryOne(value)), Object.keys(value));
  }
  assertEquals(line.carryOne({ ä: 1, "漢": 2 }), { ä: 1, "漢": 2 });
});

Deno.test("an own property named __proto__ arrives as a property", () => {
  const received = line.carryOne(JSON.parse('{"__proto__": {"evil": true}, "a": 1}'));
  assertStrictEquals(Object.getPrototypeOf(received), Object.prototype);
  assert(Object.hasOwn(received, "__proto__"));
  assertEquals(received.evil, undefined);
  const many = JSON.parse(`{${Array.from({ length: 40 }, (_, i) => `"k${i}":0`)},"__proto__":[]}`);
  assert(Object.hasOwn(line.carryOne(many), "__proto__"));
});

Deno.test("getters are called, symbols and hidden properties left out, prototypes lost", () => {
  class Point {
    x = 1;
    #y = 2;
    get y() {
      return this.#y;
    }
  }
  const value = Object.assign(new Point(), {
    [Symbol("s")]: 1,
    get z() {
      return 3;
    },
  });
  Object.defineProperty(value, "hidden", { value: 4 });
  const received = line.carryOne<object>(value);
  assertEquals(received, { x: 1, z: 3 });
  assertStrictEquals(Object.getPrototypeOf(received), Object.prototype);
  assertStrictEquals(
    Object.getPrototypeOf(line.carryOne(Object.create(null))),
    Object.prototype,
  );
});

Deno.test("a property that a getter deletes does not arrive", () => {
  const value = {
    get first() {
      delete (value as { second?: number }).second;
      return 1;
    },
    second: 2,
    third: undefined,
  };
  assertEquals(Object.keys(line.carryOne(value)), ["first", "third"]);
});

Deno.test("arrays keep holes, length and other properties", () => {
  // deno-lint-ignore no-sparse-arrays -- the point
  const holes = [1, , undefined, , 5, ,];
  const received = line.carryOne(holes);
  assertEquals(received.length, 6);
  assertEquals(Object.keys(received), ["0", "2", "4"]);
  const match = line.carryOne("abc".match(/b/)!);
  assertEquals([...match], ["b"]);
  assertEquals(match.index, 1);
  const long = Object.assign(Array.from({ length: 50 }, (_, i) => i), { note: "x", 4294967295: 1 });
  assertEquals(Object.keys(line.carryOne(long)), Object.keys(long));
  const sparse: number[] = [];
  sparse[4_000_000_000] = 1;
  sparse[3] = 2;
  assertEquals(line.carryOne(sparse).length, 4_000_000_001);
  assertEquals(Object.entries(line.carryOne(sparse)), [["3", 2], ["4000000000", 1]]);
  assert(line.put([sparse]).bytes < 100);
  assertEquals(line.carryOne(new Array(1000)).length, 1000);
});

Deno.test("cycles and repeated references arrive as such", () => {
  const shared = { name: "shared" };
  const cycle: Record<string, unknown> = { shared, list: [shared, shared] };
  cycle.self = cycle;
  const [first, second] = line.carry(cycle, shared) as [typeof cycle, unknown];
  assertStrictEquals(first.self, first);
  assertStrictEquals(first.shared, second);
  assertStrictEquals((first.list as unknown[])[1], second);
  // Many objects: beyond those that are looked for one by one.
  const many = Array.from({ length: 100 }, (_, i) => ({ i }));
  const twice = line.carryOne([...many, ...many]);
  for (let i = 0; i < 100; i++) assertStrictEquals(twice[i], twice[i + 100]);
});

Deno.test("identity spans every kind of object", () => {
  const kinds = [
    ...[new Date(0), /a/g, new Map(), new Set(), new ArrayBuffer(2), new Uint8Array(3), Object(1)],
    ...[new Error("e"), new DOMException("m", "AbortError"), new Float64Array(2), Object("s")],
    ...[new DataView(new ArrayBuffer(1)), [], {}, new AggregateError([1])],
  ];
  const received = line.carryOne([kinds, kinds.toReversed(), kinds]);
  for (let i = 0; i < kinds.length; i++) {
    assertStrictEquals(received[0]![i], received[1]![kinds.length - 1 - i]);
    assertStrictEquals(received[0]![i]!.constructor, kinds[i]!.constructor);
  }
});

Deno.test("Encoder and Decoder carry dates, expressions, boxes and collections", () => {
  assertEquals(line.carryOne(new Date(12.5)), new Date(12.5));
  assert(Number.isNaN(line.carryOne(new Date(NaN)).getTime()));
  const expression = line.carryOne(/a\/[b]\u{1f600}/giu);
  assertEquals(expression, /a\/[b]\u{1f600}/giu);
  for (const value of [1.5, "text", true, 10n]) {
    const box = line.carryOne(Object(value));
    assertEquals(typeof box, "object");
    assertStrictEquals(box.valueOf(), value);
  }
  const map = new Map<unknown, unknown>([[{ k: 1 }, [1]], ["a", new Set([1, "b"])]]);
  map.set("self", map);
  const received = line.carryOne(map);
  assertStrictEquals(received.get("self"), received);
  assertEquals([...received.keys()].slice(0, 2), [{ k: 1 }, "a"]);
  assertEquals(received.get("a"), new Set([1, "b"]));
});

Deno.test("a class that only looks like a map travels as a plain object", () => {
  const pretended = Object.assign(Object.create(Map.prototype), { a: 1 });
  assertEquals(line.carryOne(pretended), { a: 1 });
  assertEquals(line.carryOne({ [Symbol.toStringTag]: "Date", a: 1 } as object), { a: 1 });
  class Record {
    a = 1;
  }
  const dressed = Object.assign(new Record(), { [Symbol.toStringTag]: "Map" });
  for (const value of [new Record(), dressed, new Record()]) {
    assertEquals(line.carryOne<object>(value), { a: 1 });
  }
  // What was met before does not make a real one a plain object.
  assertEquals(line.carryOne(new Map([[1, 2]])), new Map([[1, 2]]));
});

Deno.test("views arrive with their buffers, which they share", () => {
  const buffer = new ArrayBuffer(32);
  const floats = new Float64Array(buffer, 8, 2);
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer, 1, 5);
  floats[0] = 1.5;
  const received = line.carryOne({ floats, bytes, view, buffer });
  assertStrictEquals(received.floats.buffer, received.buffer);
  assertStrictEquals(received.bytes.buffer, received.buffer);
  assertStrictEquals(received.view.buffer, received.buffer);
  assertEquals(received.floats[0], 1.5);
  assertEquals([received.view.byteOffset, received.view.byteLength], [1, 5]);
  received.bytes[8] = 99;
  assert(received.floats[0] !== 1.5);
  assertEquals(floats[0], 1.5);
});

Deno.test("every kind of view arrives as itself", () => {
  const data = Uint8Array.from({ length: 16 }, (_, i) => i * 13).buffer;
  const types: (new (buffer: ArrayBuffer) => ArrayBufferView)[] = [
    ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
    ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView],
    ...("Float16Array" in globalThis ? [Float16Array] : []),
  ];
  for (const type of types) {
    const view = new type(data.slice());
    const received = line.carryOne(view);
    assertStrictEquals(received.constructor, type as never);
    assertEquals(new Uint8Array(received.buffer), new Uint8Array(data));
  }
});

Deno.test("bytes of every length arrive in memory of their own", () => {
  for (const length of [0, 1, 2, 3, 4, 5, 31, 32, 1000, 100_000, 2_000_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    const received = line.carryOne(bytes);
    assertInstanceOf(received.buffer, ArrayBuffer);
    assertEquals(received.buffer.byteLength, length);
    assertEquals(received, bytes);
  }
});

Deno.test("resizable buffers and what follows their end stay so", () => {
  const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
  const received = line.carryOne({
    buffer,
    follows: new Uint8Array(buffer, 2),
    fixed: new Uint8Array(buffer, 2, 6),
  });
  assertEquals(received.buffer.maxByteLength, 16);
  received.buffer.resize(12);
  assertEquals([received.follows.length, received.fixed.length], [10, 6]);
  assertEquals(buffer.byteLength, 8);
});

Deno.test("shared memory arrives as itself, also within views", () => {
  const buffer = new SharedArrayBuffer(16);
  const words = new Int32Array(buffer, 4, 2);
  const received = line.carryOne({ buffer, words });
  assertStrictEquals(received.buffer, buffer);
  received.words[0] = 7;
  assertEquals(words[0], 7);
});

Deno.test("errors keep class, name, message, stack, cause and what rides on them", () => {
  class OwnError extends RangeError {
    override name = "OwnError";
    readonly code = "E_OWN";
    readonly callback = () => {};
  }
  const error = new OwnError("bad", { cause: new TypeError("worse", { cause: 5 }) });
  const received = line.carryOne<Error & { code?: string }>(error);
  assertInstanceOf(received, RangeError);
  assertEquals(received.name, "OwnError");
  assertEquals(received.message, "bad");
  assertEquals(received.stack, error.stack);
  assertEquals(received.code, "E_OWN");
  assert(!Object.hasOwn(received, "callback"));
  assertInstanceOf(received.cause, TypeError);
  assertEquals(received.cause.cause, 5);
  const bare = line.carryOne(new Error());
  assert(!Object.hasOwn(bare, "cause"));
  assertEquals(bare.message, "");
  const cyclic = new Error("c");
  cyclic.cause = cyclic;
  const turned = line.carryOne(cyclic);
  assertStrictEquals(turned.cause, turned);
});

Deno.test("an AggregateError keeps its errors, a DOMException its name", () => {
  const received = line.carryOne(new AggregateError([new Error("a"), 2], "both"));
  assertInstanceOf(received, AggregateError);
  assertEquals(received.message, "both");
  assertEquals(received.errors[0].message, "a");
  assertEquals(received.errors[1], 2);
  const aborted = line.carryOne(new DOMException("stop", "AbortError"));
  assertInstanceOf(aborted, DOMException);
  assertEquals([aborted.name, aborted.message, aborted.code], ["AbortError", "stop", 20]);
});

Deno.test("the rider of an error that cannot travel leaves no trace", () => {
  const inner = { deep: true };
  const error = Object.assign(new Error("e"), { bad: [inner, () => {}], good: inner });
  const [received, again] = line.carry(error, inner) as [typeof error, typeof inner];
  assert(!Object.hasOwn(received, "bad"));
  assertStrictEquals(received.good, again);
  assertEquals(again, { deep: true });
});

Deno.test("what cannot travel is refused, with the way to it", () => {
  const refusals: [values: unknown[], path: string, found: string][] = [
    [[1, { callback: () => {} }], "arguments[1].callback", "a function"],
    [[Symbol("s")], "arguments[0]", "a symbol"],
    [[[[0, { "a b": [Symbol.iterator] }]]], 'arguments[0][0][1]["a b"][0]', "a symbol"],
    [[new Map([["k", new WeakMap()]])], "arguments[0][1]", "a WeakMap"],
    [[{ x: Promise.resolve() }], "arguments[0].x", "a Promise"],
    [[new Error("e", { cause: () => {} })], "arguments[0].cause", "a function"],
    [[ready(1)], "arguments[0]", "a future"],
    [[Object.assign([1], { note: () => {} })], "arguments[0].note", "a function"],
    [[Object(Symbol("s"))], "arguments[0]", "a symbol"],
  ];
  for (const [values, path, found] of refusals) {
    const error = errorOf(() => line.put(values));
    assertInstanceOf(error, DOMException);
    assertEquals(error.name, "DataCloneError");
    assertEquals(
      error.message,
      `Cannot send ${path}: found ${found}, wanted what structured clone takes or a handle`,
    );
  }
  const result = errorOf(() => line.put([{ f: () => {} }], "result")) as Error;
  assert(result.message.startsWith("Cannot send result.f: "));
});

Deno.test("what structured clone refuses is refused", () => {
  const detached = new ArrayBuffer(1);
  const view = new Uint8Array(detached);
  detach(detached);
  const shrunk = new ArrayBuffer(8, { maxByteLength: 8 });
  const outside = new Uint8Array(shrunk, 4, 4);
  shrunk.resize(2);
  const refused = [
    ...[() => {}, class {}, Symbol(), Promise.resolve(), new WeakMap(), new WeakSet()],
    ...[new WeakRef({}), new FinalizationRegistry(() => {}), (function* () {})(), [].values()],
    ...[
      new Map().keys(),
      (async function* () {})(),
      detached,
      view,
      outside,
      new Intl.NumberFormat(),
    ],
  ];
  for (const value of refused) {
    assert(errorOf(() => structuredClone(value)) !== undefined);
    assertEquals((errorOf(() => line.put([value])) as Error).name, "DataCloneError");
  }
});

Deno.test("what a getter throws comes through, and the encoder goes on working", () => {
  const thrown = new Error("mine");
  const value = {
    get bad() {
      throw thrown;
    },
  };
  assertStrictEquals(errorOf(() => line.put([[value]])), thrown);
  assertEquals(line.carryOne({ a: [1] }), { a: [1] });
});

Deno.test("a getter may send something while its object is encoded", () => {
  const inner: unknown[] = [];
  const value = {
    before: "x".repeat(100),
    get middle() {
      inner.push(line.carryOne({
        from: "within",
        get deeper() {
          return line.carryOne("deep");
        },
      }));
      return "middle";
    },
    after: [1, 2, 3],
  };
  const received = line.carryOne(value);
  assertEquals(received, { before: "x".repeat(100), middle: "middle", after: [1, 2, 3] });
  assertEquals(inner, [{ from: "within", deeper: "deep" }]);
});

Deno.test("a payload may be larger than the encoder's scratch memory, nested deeply or long", () => {
  let deep: unknown = "end";
  for (let i = 0; i < 1000; i++) deep = i % 2 === 0 ? [deep] : { deep };
  assertEquals(line.carryOne(deep), deep);
  const long = Array.from({ length: 20_000 }, (_, i) => ({ i, text: `number ${i}`, half: i / 2 }));
  assertEquals(line.carryOne(long), long);
  assertEquals(line.carryOne({ large: new Uint8Array(3 << 20), small: 1 }).small, 1);
});
