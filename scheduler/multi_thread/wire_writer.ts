/**
 * Writes values as words: the parts that have to be fast. What is rarer is in `wire_write_rare.ts`.
 *
 * @module
 */

import { isWellFormed } from "./wire_text.ts";
import { marksOf } from "./transfer.ts";
import { KnownKeys, MOST_KEYS } from "./wire_shapes.ts";
import { Refusal, within } from "./wire_refusal.ts";
import { writeRare } from "./wire_write_rare.ts";
import type { WireHandle } from "./handle.ts";
import {
  ABSENT,
  ARRAY,
  BIGINT,
  BIGINT64,
  FALSE,
  FLOAT,
  INTEGER,
  LATIN,
  NULL,
  OBJECT,
  REF,
  SHAPED,
  SHORT_STRING,
  SMALL_INTEGER,
  SPARSE,
  TAG_BITS,
  TRUE,
  UNDEFINED,
  UTF16,
  UTF8,
} from "./wire_tags.ts";

/** Words that are free whenever a value begins: the longest short string in UTF-16, and some. */
const SLACK: number = SHORT_STRING + 16;

/** Words of scratch memory at first. */
const FIRST_WORDS = 1 << 12;

/** Scratch memory above this many words is given up after use. */
const KEPT_WORDS = 1 << 18;

/** So many objects are looked for one by one, before a map pays. */
const FEW = 8;

const SMALLEST = -(1 << 25);
const LARGEST = (1 << 25) - 1;

const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);
const long = new BigInt64Array(1);
const longWords = new Int32Array(long.buffer);
const text = new TextEncoder();
const plain = Object.prototype;

/** What a payload has in it that needs care on both sides. */
export interface Cargo {
  /** The kinds of handles. */
  readonly kinds: Set<number>;
  /** The ids of shared memory. */
  readonly ids: Set<number>;
  /** To be told when the payload is on its way. */
  readonly onSent: (() => void)[];
  /** Values with marks. */
  readonly marked: object[];
}

/** How a handle and shared memory are named: the encoder's part. */
export interface Naming {
  /** The number of a kind of handles. */
  numberOf(key: string): number;
  /** The id of shared memory. */
  idOf(buffer: SharedArrayBuffer): number;
}

/** Scratch memory with what was written into it. */
export class Writer {
  /** The scratch memory. */
  words: Int32Array;
  /** The same, in bytes. */
  bytes: Uint8Array;
  /** The next free word. */
  at = 0;
  /** Whether some object occurs twice. */
  hasIdentity = false;
  /** See {@linkcode Cargo}. */
  cargo: Cargo | undefined = undefined;
  readonly #naming: Naming;
  readonly #keys = new KnownKeys();
  #limit: number;
  #count = 0;
  readonly #few: (object | undefined)[] = new Array(FEW).fill(undefined);
  #many: Map<object, number> | undefined;

  constructor(naming: Naming) {
    this.#naming = naming;
    this.words = new Int32Array(FIRST_WORDS);
    this.bytes = new Uint8Array(this.words.buffer);
    this.#limit = FIRST_WORDS - SLACK;
  }

  /** Begins anew. */
  reset(): void {
    this.at = 0;
    this.hasIdentity = false;
    this.cargo = undefined;
  }

  /** Lets go of the objects that were written. */
  forget(): void {
    for (let i = 0; i < FEW && i < this.#count; i++) this.#few[i] = undefined;
    this.#many = undefined;
    this.#count = 0;
  }

  /** Whether the scratch memory is larger than what is usual. */
  get isLarge(): boolean {
    return this.words.length > KEPT_WORDS;
  }

  /** Gives up the scratch memory and what is in it. */
  shrink(): void {
    this.#resize(FIRST_WORDS, 0);
  }

  /** Makes room for so many words besides the usual. */
  reserve(words: number): void {
    const needed = this.at + words;
    if (needed <= this.#limit) return;
    this.#resize(Math.max(this.words.length * 2, needed + SLACK), this.at);
  }

  /** Writes any value. */
  write(value: unknown): void {
    if (this.at > this.#limit) this.reserve(SLACK);
    switch (typeof value) {
      case "number":
        return this.writeNumber(value);
      case "string":
        return this.writeString(value);
      case "boolean":
        this.words[this.at++] = value ? TRUE : FALSE;
        return;
      case "undefined":
        this.words[this.at++] = UNDEFINED;
        return;
      case "object":
        if (value !== null) return this.#writeObject(value);
        this.words[this.at++] = NULL;
        return;
      case "bigint":
        return this.writeBigint(value);
      default:
        return writeRare(this, value as object | symbol);
    }
  }

  /** Writes a number. */
  writeNumber(value: number): void {
    const integer = value | 0;
    if (integer === value && (integer !== 0 || 1 / value > 0)) {
      if (integer >= SMALLEST && integer <= LARGEST) {
        this.words[this.at++] = (integer << TAG_BITS) | SMALL_INTEGER;
      } else {
        this.words[this.at++] = INTEGER;
        this.words[this.at++] = integer;
      }
      return;
    }
    this.words[this.at++] = FLOAT;
    this.putDouble(value);
  }

  /** Writes two words of a number. */
  putDouble(value: number): void {
    double[0] = value;
    this.words[this.at++] = doubleWords[0]!;
    this.words[this.at++] = doubleWords[1]!;
  }

  /** Writes a string. */
  writeString(value: string): void {
    const { length } = value;
    if (length > SHORT_STRING) return this.#writeLong(value);
    const { bytes, words } = this;
    const at = this.at + 1;
    const start = at * 4;
    words[at + (length >> 2)] = 0;
    let all = 0;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      bytes[start + i] = unit;
      all |= unit;
    }
    if (all > 0xff) return this.#writeUnits(value);
    words[at - 1] = (length << TAG_BITS) | LATIN;
    this.at = at + ((length + 3) >> 2);
  }

  #writeLong(value: string): void {
    if (!isWellFormed(value)) {
      this.reserve(value.length / 2 + 2);
      return this.#writeUnits(value);
    }
    // A unit takes up to 3 bytes; one byte is tried first, which is what most texts need.
    this.reserve(value.length / 4 + 4);
    const start = (this.at + 2) * 4;
    let { read, written } = text.encodeInto(value, this.bytes.subarray(start));
    if (read < value.length) {
      this.reserve(value.length * 3 / 4 + 4);
      ({ read, written } = text.encodeInto(value, this.bytes.subarray(start)));
    }
    this.words[this.at] = UTF8;
    this.words[this.at + 1] = written;
    this.at += 2 + ((written + 3) >> 2);
  }

  /** In UTF-16, for which there is room. */
  #writeUnits(value: string): void {
    const { length } = value;
    const { words } = this;
    words[this.at++] = UTF16;
    words[this.at++] = length;
    for (let i = 0; i < length; i += 2) {
      const second = i + 1 < length ? value.charCodeAt(i + 1) : 0;
      words[this.at++] = value.charCodeAt(i) | (second << 16);
    }
  }

  /** Writes a bigint. */
  writeBigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      long[0] = value;
      this.words[this.at++] = BIGINT64;
      this.words[this.at++] = longWords[0]!;
      this.words[this.at++] = longWords[1]!;
      return;
    }
    const isNegative = value < 0n;
    this.words[this.at++] = ((isNegative ? 1 : 0) << TAG_BITS) | BIGINT;
    this.writeString((isNegative ? -value : value).toString(16));
  }

  #writeObject(value: object): void {
    const number = this.numberOf(value);
    if (number >= 0) return this.writeRef(number);
    if (marksOf(value) !== undefined) this.load().marked.push(value);
    if (Array.isArray(value)) return this.#writeArray(value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === plain || prototype === null) this.writePlain(value);
    else writeRare(this, value);
  }

  /** The number of an object that was there before, or -1. */
  numberOf(value: object): number {
    const few = Math.min(this.#count, FEW);
    for (let i = 0; i < few; i++) if (this.#few[i] === value) return i;
    return this.#many?.get(value) ?? -1;
  }

  /** Gives an object the next number. */
  remember(value: object): void {
    const number = this.#count++;
    if (number < FEW) this.#few[number] = value;
    else (this.#many ??= new Map()).set(value, number);
  }

  /** Writes the number of an object that was there before. */
  writeRef(number: number): void {
    this.hasIdentity = true;
    this.words[this.at++] = (number << TAG_BITS) | REF;
  }

  /** Writes an object by its own enumerable properties. */
  writePlain(value: object): void {
    this.remember(value);
    const keys = Object.keys(value);
    const count = keys.length;
    const shape = count <= MOST_KEYS ? this.#keys.find(keys) : undefined;
    if (shape === undefined) {
      this.words[this.at++] = OBJECT;
      return this.writeProperties(value, keys);
    }
    const { names } = shape;
    this.reserve(names.length);
    const { words } = this;
    let { at } = this;
    words[at++] = (names.length << 12) | (count << TAG_BITS) | SHAPED;
    words[at++] = shape.hash;
    for (let i = 0; i < names.length; i++) words[at++] = names[i]!;
    this.at = at;
    let i = 0;
    try {
      for (; i < count; i++) this.#writeProperty(value, keys[i]!);
    } catch (error) {
      throw within(error, keys[i]!);
    }
  }

  /** Writes so many properties: the number, and then each name and value. */
  writeProperties(value: object, keys: readonly string[]): void {
    this.words[this.at++] = keys.length;
    let i = 0;
    try {
      for (; i < keys.length; i++) {
        if (this.at > this.#limit) this.reserve(SLACK);
        this.writeString(keys[i]!);
        this.#writeProperty(value, keys[i]!);
      }
    } catch (error) {
      throw within(error, keys[i]!);
    }
  }

  #writeProperty(owner: object, key: string): void {
    const value = (owner as Record<string, unknown>)[key];
    if (value === undefined && !Object.hasOwn(owner, key)) this.writeAbsent();
    else this.write(value);
  }

  /** Writes that there is no property, or no element. */
  writeAbsent(): void {
    if (this.at > this.#limit) this.reserve(SLACK);
    this.words[this.at++] = ABSENT;
  }

  #writeArray(value: readonly unknown[]): void {
    const { length } = value;
    const own = ownCount(value);
    if (length > own * 2 + 8) {
      this.remember(value);
      this.words[this.at++] = SPARSE;
      this.words[this.at++] = length;
      return this.writeProperties(value, Object.keys(value));
    }
    this.remember(value);
    const head = this.at;
    this.words[this.at++] = ARRAY;
    this.words[this.at++] = length;
    const elements = this.#writeElements(value, length);
    if (own <= elements) return;
    const others = Object.keys(value).filter((key) => !isIndex(key));
    if (others.length === 0) return;
    this.words[head] = (1 << TAG_BITS) | ARRAY;
    this.writeProperties(value, others);
  }

  /** Writes elements, and answers how many there are. */
  #writeElements(value: readonly unknown[], length: number): number {
    let holes = 0;
    let i = 0;
    try {
      for (; i < length; i++) {
        const element = value[i];
        if (element === undefined && !Object.hasOwn(value, i)) {
          holes++;
          this.writeAbsent();
        } else {
          this.write(element);
        }
      }
    } catch (error) {
      throw within(error, i);
    }
    return length - holes;
  }

  /** Writes values that are one another's neighbours, with their number. */
  writeList(values: readonly unknown[]): void {
    this.words[this.at++] = values.length;
    for (let i = 0; i < values.length; i++) this.write(values[i]);
  }

  /** Writes bytes as they are, without their number. */
  putBytes(source: Uint8Array): void {
    const words = (source.length + 3) >>> 2;
    this.reserve(words);
    this.bytes.set(source, this.at * 4);
    this.at += words;
  }

  /** What needs care: handles, shared memory, marks. */
  load(): Cargo {
    return this.cargo ??= { kinds: new Set(), ids: new Set(), onSent: [], marked: [] };
  }

  /** Notes a handle, and answers the number of its kind. */
  loadHandle(value: WireHandle, key: string, onSent: (() => void) | undefined): number {
    const cargo = this.load();
    const kind = this.#naming.numberOf(key);
    cargo.kinds.add(kind);
    if (onSent !== undefined) cargo.onSent.push(() => onSent.call(value));
    return kind;
  }

  /** Notes shared memory, and answers its id. */
  loadShared(buffer: SharedArrayBuffer): number {
    const id = this.#naming.idOf(buffer);
    this.load().ids.add(id);
    return id;
  }

  /**
   * Runs `part`; if it meets a value that cannot travel, everything is as if it had not run.
   *
   * @returns Whether it has run to its end.
   */
  attempt(part: () => void): boolean {
    const { at, hasIdentity, cargo } = this;
    const count = this.#count;
    const sizes = [cargo?.onSent.length ?? 0, cargo?.marked.length ?? 0] as const;
    try {
      part();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.at = at;
      this.hasIdentity = hasIdentity;
      this.#takeBack(count);
      if (this.cargo === undefined) return false;
      this.cargo.onSent.length = sizes[0];
      this.cargo.marked.length = sizes[1];
      return false;
    }
  }

  /** Takes the numbers back that were given since there were `count`. */
  #takeBack(count: number): void {
    for (let i = count; i < FEW && i < this.#count; i++) this.#few[i] = undefined;
    for (const [object, number] of this.#many ?? []) {
      if (number >= count) this.#many!.delete(object);
    }
    this.#count = count;
  }

  #resize(length: number, used: number): void {
    const words = new Int32Array(length);
    words.set(this.words.subarray(0, used));
    this.words = words;
    this.bytes = new Uint8Array(words.buffer);
    this.#limit = length - SLACK;
  }
}

/** An array of more elements is counted by its values, which makes no strings of the indices. */
const COUNTED_BY_KEYS = 16;

/**
 * How many own enumerable properties an array has: more than elements if it has others. For long
 * arrays it calls the getters, which elements hardly ever are, once more.
 */
function ownCount(array: readonly unknown[]): number {
  return array.length > COUNTED_BY_KEYS ? Object.values(array).length : Object.keys(array).length;
}

function isIndex(key: string): boolean {
  const index = Number(key) >>> 0;
  return String(index) === key && index !== 0xffffffff;
}
