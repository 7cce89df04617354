/**
 * What `@std/assert` takes for equal.
 *
 * @module
 */

import { assert, assertThrows, equal } from "@std/assert";
import { equal as equalAlone } from "@std/assert/equal";

class Point {
  constructor(public x: number) {}
}
class Place {
  constructor(public x: number) {}
}
class Hidden {
  #x: number;
  constructor(x: number) {
    this.#x = x;
  }
  get x(): number {
    return this.#x;
  }
}

function cycle(value: number): object {
  const own: Record<string, unknown> = { value };
  own.self = own;
  return own;
}

const symbol = Symbol();
const doubled = (x: number) => 2 * x;
const failure = new Error("a");
const bytes = (...values: number[]) => new Uint8Array(values);

const EQUAL: Record<string, [unknown, unknown]> = {
  "primitives": ["a", "a"],
  "NaN": [NaN, NaN],
  "0 and -0": [0, -0],
  "bigints": [2n, 2n],
  "nested objects": [{ a: [{ b: 1 }] }, { a: [{ b: 1 }] }],
  "keys in another order": [{ a: 1, b: 2 }, { b: 2, a: 1 }],
  "symbol keys": [{ [symbol]: 1 }, { [symbol]: 1 }],
  "objects without prototype": [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  "instances of one class": [new Point(1), new Point(1)],
  "instances with equal getters": [new Hidden(1), new Hidden(1)],
  "dates": [new Date(1), new Date(1)],
  "invalid dates": [new Date(NaN), new Date(NaN)],
  "patterns": [/a/g, /a/g],
  "URLs": [new URL("file:///a"), new URL("file:///a")],
  "bytes": [bytes(1, 2), bytes(1, 2)],
  "buffers": [bytes(1).buffer, bytes(1).buffer],
  "floats": [new Float64Array([NaN, 0]), new Float64Array([NaN, -0])],
  "sets of objects": [new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
  "maps in another order": [new Map([[1, 1], [2, 2]]), new Map([[2, 2], [1, 1]])],
  "maps with object keys": [new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]])],
  "cycles": [cycle(1), cycle(1)],
  "one function": [doubled, doubled],
  "one error": [failure, failure],
};

const DIFFERENT: Record<string, [unknown, unknown]> = {
  "types": [1, "1"],
  "null and undefined": [null, undefined],
  "null and an object": [null, {}],
  "an array and an object": [[], {}],
  "lengths": [[1], [1, 2]],
  "a missing key and undefined": [{ a: undefined }, {}],
  "undefined and a missing key": [{}, { a: undefined }],
  "another missing key": [{ a: undefined }, { b: undefined }],
  "nested values": [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
  "symbol keys": [{ [symbol]: 1 }, {}],
  "classes": [new Point(1), new Place(1)],
  "an instance and a plain object": [new Point(1), { x: 1 }],
  "getters": [new Hidden(1), new Hidden(2)],
  "dates": [new Date(1), new Date(2)],
  "flags of patterns": [/a/g, /a/i],
  "URLs": [new URL("file:///a"), new URL("file:///b")],
  "bytes": [bytes(1, 2), bytes(1, 3)],
  "kinds of bytes": [bytes(1), new Int8Array([1])],
  "buffers": [bytes(1).buffer, bytes(2).buffer],
  "views": [new DataView(bytes(1).buffer), new DataView(bytes(2).buffer)],
  "members of sets": [new Set([{ a: 1 }]), new Set([{ a: 2 }])],
  "sizes of sets": [new Set([1]), new Set([1, 2])],
  "values of maps": [new Map([[1, 1]]), new Map([[1, 2]])],
  "a map and a set": [new Map(), new Set()],
  "cycles": [cycle(1), cycle(2)],
  "functions": [doubled, (x: number) => 2 * x],
  "messages of errors": [new Error("a"), new Error("b")],
  "properties of errors": [Object.assign(new Error("a"), { code: 1 }), new Error("a")],
};

for (const [name, [a, b]] of Object.entries(EQUAL)) {
  Deno.test(`equal() accepts ${name}`, () => {
    assert(equal(a, b));
    assert(equal(b, a));
  });
}

for (const [name, [a, b]] of Object.entries(DIFFERENT)) {
  Deno.test(`equal() tells apart ${name}`, () => {
    assert(!equal(a, b));
    assert(!equal(b, a));
  });
}

Deno.test("equal() refuses weak collections, which cannot be looked into", () => {
  assertThrows(() => equal(new WeakMap(), new WeakMap()), TypeError, "Cannot compare WeakMap");
  assertThrows(() => equal(new WeakSet(), new WeakSet()), TypeError, "Cannot compare WeakSet");
});

Deno.test("equal() is there under a path of its own", () => {
  assert(equalAlone === equal);
});
