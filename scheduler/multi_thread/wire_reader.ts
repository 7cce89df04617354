/**
 * Reads values from words: the parts that have to be fast. What is rarer is in `wire_read_rare.ts`.
 *
 * @module
 */

import type { HandleKind } from "./handle.ts";
import { readRare } from "./wire_read_rare.ts";
import { KnownNames, type Shape } from "./wire_shapes.ts";
import {
  ABSENT,
  ARRAY,
  BYTES,
  FALSE,
  FLOAT,
  INTEGER,
  LATIN,
  NULL,
  REF,
  SHAPED,
  SMALL_INTEGER,
  TAG_BITS,
  TAG_MASK,
  TRUE,
  UNDEFINED,
} from "./wire_tags.ts";
import { TextReader } from "./wire_text.ts";

/** Answered where there is no property or no element. */
export const absent: unique symbol = Symbol("absent");

/** What handles and shared memory are: the decoder's part. */
export interface Meaning {
  /** The kind of handles that has a number; its module has been loaded. */
  kindOf(number: number): HandleKind;
  /** The shared memory that has an id. */
  bufferOf(id: number): SharedArrayBuffer | undefined;
}

/** What is done with handles that are met. */
export interface Handles {
  /** Gets the kind and the data of each, and answers with what takes its place. */
  take(kind: HandleKind, data: readonly unknown[]): unknown;
}

/** So many bytes are copied one by one: a view of them needs no memory outside of the heap. */
const FEW_BYTES = 64;

const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);

/** Reads from a payload. */
export class Reader {
  /** What is read from. */
  words: Int32Array;
  /** The same, in bytes. */
  bytes: Uint8Array;
  /** The next word. */
  at = 0;
  /** See {@linkcode Handles}. */
  handles: Handles | undefined = undefined;
  /** See {@linkcode Meaning}. */
  readonly meaning: Meaning;
  /** Makes strings. */
  readonly text: TextReader = new TextReader();
  readonly #names: KnownNames = new KnownNames();
  /** The objects by number, if some occur twice. */
  #objects: unknown[] | undefined = undefined;

  constructor(meaning: Meaning) {
    this.meaning = meaning;
    this.words = new Int32Array(0);
    this.bytes = new Uint8Array(0);
  }

  /** Begins to read at a word of `source`. */
  begin(source: Int32Array, at: number, hasIdentity: boolean, handles: Handles | undefined): void {
    if (source !== this.words) {
      this.words = source;
      this.bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    }
    this.at = at;
    this.handles = handles;
    this.#objects = hasIdentity ? [] : undefined;
  }

  /** Forgets what was read. */
  finish(): void {
    this.#objects = undefined;
    this.handles = undefined;
  }

  /** Reads a value. */
  read(): unknown {
    const { words } = this;
    const head = words[this.at++]!;
    switch (head & TAG_MASK) {
      case SMALL_INTEGER:
        return head >> TAG_BITS;
      case LATIN: {
        const length = head >>> TAG_BITS;
        const { at } = this;
        this.at = at + ((length + 3) >> 2);
        return this.text.readLatin(words, this.bytes, at, length);
      }
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case TRUE:
        return true;
      case FALSE:
        return false;
      case INTEGER:
        return words[this.at++]!;
      case FLOAT:
        return this.takeDouble();
      case SHAPED:
        return this.#readShaped(head);
      case ARRAY:
        return this.#readArray(head);
      case BYTES:
        return this.#readBytes();
      case REF:
        return this.#objects![head >>> TAG_BITS];
      case ABSENT:
        return absent;
      default:
        return readRare(this, head);
    }
  }

  /** Reads two words as a number. */
  takeDouble(): number {
    doubleWords[0] = this.words[this.at++]!;
    doubleWords[1] = this.words[this.at++]!;
    return double[0]!;
  }

  /** Gives an object the next number. */
  remember(object: unknown): void {
    if (this.#objects !== undefined) this.#objects.push(object);
  }

  /** Gives the next number to an object that is not there yet. */
  promise(): number {
    return this.#objects === undefined ? -1 : this.#objects.push(undefined) - 1;
  }

  /** The object that has been promised a number. */
  fulfil(number: number, object: unknown): void {
    if (number >= 0) this.#objects![number] = object;
  }

  /** Reads properties into an object: their number, then each name and value. */
  readProperties(owner: object): void {
    for (let count = this.words[this.at++]! >>> 0; count > 0; count--) {
      const key = this.read() as string;
      const value = this.read();
      if (value === absent) continue;
      if (key === "__proto__") define(owner, key, value);
      else (owner as Record<string, unknown>)[key] = value;
    }
  }

  /** Reads values with their number. */
  readList(): unknown[] {
    const values: unknown[] = [];
    for (let count = this.words[this.at++]!; count > 0; count--) values.push(this.read());
    return values;
  }

  #readShaped(head: number): object {
    const count = (head >>> TAG_BITS) & 63;
    const { at } = this;
    const end = at + 1 + (head >>> 12);
    const shape = this.#names.find(this.words, at + 1, end, this.words[at]!, count);
    this.at = end;
    if (shape.isSpecial) return this.#readSpecial(shape);
    const { keys } = shape;
    const object: Record<string, unknown> = {};
    this.remember(object);
    for (let i = 0; i < count; i++) {
      const value = this.read();
      if (value !== absent) object[keys[i]!] = value;
    }
    return object;
  }

  #readSpecial({ keys }: Shape): object {
    const object = {};
    this.remember(object);
    for (const key of keys) {
      const value = this.read();
      if (value !== absent) define(object, key, value);
    }
    return object;
  }

  #readArray(head: number): unknown[] {
    const length = this.words[this.at++]! >>> 0;
    const array: unknown[] = [];
    this.remember(array);
    const { words } = this;
    for (let i = 0; i < length; i++) {
      const first = words[this.at]!;
      if ((first & TAG_MASK) === SMALL_INTEGER) {
        this.at++;
        array.push(first >> TAG_BITS);
        continue;
      }
      const value = this.read();
      if (value === absent) array.length = i + 1;
      else array.push(value);
    }
    if ((head >> TAG_BITS) === 1) this.readProperties(array);
    return array;
  }

  #readBytes(): Uint8Array {
    const length = this.words[this.at]! >>> 0;
    const start = (this.at + 1) * 4;
    this.at += 1 + ((length + 3) >>> 2);
    const bytes = this.#copy(start, length);
    // Not asked for without need: a small view has no buffer before.
    if (this.#objects !== undefined) this.#objects.push(bytes.buffer, bytes);
    return bytes;
  }

  #copy(start: number, length: number): Uint8Array<ArrayBuffer> {
    const { bytes } = this;
    // `slice` of a view of shared memory makes memory of its own.
    if (length > FEW_BYTES) return bytes.slice(start, start + length) as Uint8Array<ArrayBuffer>;
    const copy = new Uint8Array(length);
    for (let i = 0; i < length; i++) copy[i] = bytes[start + i]!;
    return copy;
  }
}

function define(owner: object, key: string, value: unknown): void {
  Object.defineProperty(owner, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
