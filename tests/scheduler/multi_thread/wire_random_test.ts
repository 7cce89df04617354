/**
 * Random values: what arrives is what structured clone makes of them, and what is refused is what it
 * refuses.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Random } from "../../../future/random.ts";
import { errorOf, Line } from "./_wire.ts";

const ROUNDS = 600;

/** Bun's structured clone forgets them, edo's wire never does. */
const keepsCauses = structuredClone(new Error("", { cause: 1 })).cause === 1;

type ViewType = new (buffer: ArrayBuffer, start: number, length?: number) => ArrayBufferView;

/** Makes values, some of which cannot travel. */
class Maker {
  readonly #random: Random;
  /** Objects that may occur again. */
  readonly #made: object[] = [];
  /** One value in so many is of a kind that is refused; 0 for none. */
  readonly #refusedOneIn: number;

  constructor(random: Random, refusedOneIn: number) {
    this.#random = random;
    this.#refusedOneIn = refusedOneIn;
  }

  any(depth: number): unknown {
    if (this.#refusedOneIn > 0 && this.#below(this.#refusedOneIn) === 0) return this.#refused();
    const made = this.#made;
    if (made.length > 0 && this.#below(8) === 0) return made[this.#below(made.length)];
    return this.#below(depth + 2) < depth ? this.#object(depth - 1) : this.#primitive();
  }

  #below(count: number): number {
    return this.#random.below(count);
  }

  #primitive(): unknown {
    const big = BigInt(this.#below(2 ** 32)) ** BigInt(this.#below(6));
    switch (this.#below(9)) {
      case 0:
        return [undefined, null, true, false, NaN, -0, Infinity, 0][this.#below(8)];
      case 1:
        return this.#below(200) - 100;
      case 2:
        return (this.#below(2 ** 32) - 2 ** 31) * (this.#below(2) * 8 + 1);
      case 3:
        return this.#below(2 ** 32) / (1 + this.#below(1000));
      case 4:
        return this.#below(2) === 0 ? big : -big;
      default:
        return this.#text();
    }
  }

  #text(): string {
    const limit = [0x80, 0x100, 0x10000][this.#below(3)]!;
    const length = this.#below([4, 30, 70, 300][this.#below(4)]!);
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.#below(limit));
    return text;
  }

  #object(depth: number): unknown {
    const object = this.#empty(depth);
    this.#made.push(object);
    this.#fill(object, depth);
    return object;
  }

  #empty(depth: number): object {
    switch (this.#below(15)) {
      case 0:
      case 1:
        return [];
      case 2:
        return new Map();
      case 3:
        return new Set();
      case 4:
        return new Date(this.#below(2 ** 32) * 100);
      case 5:
        return new RegExp(
          this.#text().replace(/[^a-z]/g, ""),
          ["", "g", "im", "suy"][this.#below(4)],
        );
      case 6:
        return Object([1, "text", true, 5n][this.#below(4)]);
      case 7:
      case 8:
        return this.#view();
      case 9:
        return this.#error(depth);
      default:
        return this.#below(6) === 0 ? Object.create(null) : {};
    }
  }

  #view(): object {
    const known = this.#made.filter((object) => object instanceof ArrayBuffer);
    const length = this.#below(5) * 8;
    const options = this.#below(4) === 0 ? { maxByteLength: length + 16 } : {};
    const isOld = known.length > 0 && this.#below(2) === 0;
    const buffer = isOld ? known[this.#below(known.length)]! : new ArrayBuffer(length, options);
    if (!isOld) this.#made.push(buffer);
    for (const byte of new Uint8Array(buffer).keys()) {
      new Uint8Array(buffer)[byte] = this.#below(256);
    }
    const types: ViewType[] = [Uint8Array, Int16Array, Float64Array, BigInt64Array, DataView];
    const type = types[this.#below(types.length)]!;
    const start = this.#below(buffer.byteLength / 8 + 1) * 8;
    if (this.#below(2) === 0) return new type(buffer, start);
    return new type(buffer, start, this.#below((buffer.byteLength - start) / 8 + 1));
  }

  #error(depth: number): Error {
    const type = [Error, TypeError, RangeError, SyntaxError][this.#below(4)]!;
    const options = keepsCauses && this.#below(2) === 0 ? { cause: this.any(depth) } : {};
    return this.#below(4) === 0 ? new type(undefined, options) : new type(this.#text(), options);
  }

  #fill(object: object, depth: number): void {
    const count = this.#below(this.#below(10) === 0 ? 50 : 6);
    for (let i = 0; i < count; i++) {
      if (object instanceof Map) object.set(this.any(depth), this.any(depth));
      else if (object instanceof Set) object.add(this.any(depth));
      else if (Array.isArray(object)) this.#addTo(object, depth);
      else if (isPlain(object)) this.#define(object, this.#key(), depth);
    }
  }

  #addTo(array: unknown[], depth: number): void {
    const choice = this.#below(12);
    if (choice === 0) array.length += this.#below(40);
    else if (choice === 1) this.#define(array, `p${this.#below(9)}`, depth);
    else array.push(this.any(depth));
  }

  #key(): string {
    const choice = this.#below(10);
    if (choice === 0) return this.#text();
    if (choice === 1) return String(this.#below(100));
    return ["a", "b", "id", "name", "value", "__proto__", "ä", "content-type"][this.#below(8)]!;
  }

  #define(object: object, key: string, depth: number): void {
    const value = this.any(depth);
    const choice = this.#below(10);
    const how = choice === 0 ? { get: () => value } : { value, writable: true };
    Object.defineProperty(object, key, { ...how, enumerable: choice !== 1, configurable: true });
  }

  #refused(): unknown {
    const all = [() => {}, Symbol("s"), new WeakMap(), Promise.resolve(), [].values()];
    return all[this.#below(all.length)];
  }
}

function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}

/** All that can be seen of a value, with objects by number. */
function describe(value: unknown, seen = new Map<object, number>()): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  if (typeof value !== "object" || value === null) return { primitive: value };
  const known = seen.get(value);
  if (known !== undefined) return `#${known}`;
  seen.set(value, seen.size);
  const within = (inner: unknown) => describe(inner, seen);
  const name = Object.prototype.toString.call(value);
  const prototype = Object.getPrototypeOf(value)?.constructor.name;
  return [name, prototype, inside(value, within), ...properties(value, within)];
}

/** What an object has besides properties. */
function inside(value: object, within: (inner: unknown) => unknown): unknown {
  if (value instanceof Map) return [...value].map(([key, item]) => [within(key), within(item)]);
  if (value instanceof Set) return [...value].map(within);
  if (value instanceof ArrayBuffer) {
    return [value.resizable, value.maxByteLength, new Uint8Array(value).join()];
  }
  if (ArrayBuffer.isView(value)) {
    const buffer = value.buffer as ArrayBuffer;
    const before = [value.byteOffset, value.byteLength, within(buffer)];
    if (!buffer.resizable || buffer.byteLength === buffer.maxByteLength) return before;
    const { byteLength } = buffer;
    buffer.resize(buffer.maxByteLength);
    const grown = value.byteLength;
    buffer.resize(byteLength);
    return [...before, grown];
  }
  if (value instanceof Error) {
    const cause = Object.hasOwn(value, "cause") ? within(value.cause) : "none";
    return [value.name, value.message, value.stack, cause];
  }
  if (value instanceof Date || value instanceof RegExp) return String(value.valueOf());
  if (Array.isArray(value)) return value.length;
  return isPlain(value) ? undefined : within(value.valueOf() === value ? 0 : value.valueOf());
}

function properties(value: object, within: (inner: unknown) => unknown): unknown[] {
  if (ArrayBuffer.isView(value) || value instanceof Error) return [];
  return Object.entries(value).map(([key, item]) => [key, within(item)]);
}

Deno.test("random values arrive as structured clone would have them", () => {
  const line = new Line();
  for (let seed = 0; seed < ROUNDS; seed++) {
    const maker = new Maker(new Random(seed), 0);
    const values = [maker.any(4), maker.any(2), maker.any(6)];
    const expected = structuredClone(values);
    const received = line.carry(...values);
    assertEquals(describe(received), describe(expected), `seed ${seed}`);
  }
});

Deno.test("random values are refused if structured clone refuses them", () => {
  const line = new Line();
  let refused = 0;
  for (let seed = 0; seed < ROUNDS; seed++) {
    const maker = new Maker(new Random(seed), 60);
    const value = maker.any(5);
    const expected = errorOf(() => structuredClone(value));
    const found = errorOf(() => line.carry(value));
    assertEquals((found as Error)?.name, (expected as Error)?.name, `seed ${seed}`);
    if (expected !== undefined) refused++;
  }
  assert(refused > ROUNDS / 20 && refused < ROUNDS * 3 / 4, `refused ${refused}`);
});
