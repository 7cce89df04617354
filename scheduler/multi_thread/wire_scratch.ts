/**
 * Scratch memory, and how primitives are written into it.
 *
 * @module
 */

import {
  BIGINT,
  BIGINT64,
  FLOAT,
  INTEGER,
  LATIN,
  SHORT_STRING,
  SMALL_INTEGER,
  TAG_BITS,
  UTF16,
  UTF8,
} from "./wire_tags.ts";
import { isWellFormed } from "./wire_text.ts";

/** Words that are free whenever a value begins: the longest short string in UTF-16, and some. */
const SLACK: number = SHORT_STRING + 16;

/** Words of scratch memory at first. */
const FIRST_WORDS = 1 << 12;

/** Scratch memory above this many words is given up after use. */
const KEPT_WORDS = 1 << 18;

const SMALLEST = -(1 << 25);
const LARGEST = (1 << 25) - 1;

const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);
const long = new BigInt64Array(1);
const longWords = new Int32Array(long.buffer);
const text = new TextEncoder();

/** Memory of this isolate that grows as it is written. */
export class Scratch {
  /** The memory. */
  words: Int32Array = new Int32Array(FIRST_WORDS);
  /** The same, in bytes: an encoder of text does not take shared memory. */
  bytes: Uint8Array = new Uint8Array(this.words.buffer);
  /** The next free word. */
  at = 0;
  /** A value may begin up to this word. */
  limit: number = FIRST_WORDS - SLACK;

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
    if (needed <= this.limit) return;
    this.#resize(Math.max(this.words.length * 2, needed + SLACK), this.at);
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
      this.reserve((value.length >> 1) + 3);
      return this.#writeUnits(value);
    }
    // A unit takes up to 3 bytes; one byte is tried first, which is what most texts need.
    this.reserve((value.length >> 2) + 4);
    const start = (this.at + 2) * 4;
    let { read, written } = text.encodeInto(value, this.bytes.subarray(start));
    if (read < value.length) {
      this.reserve(Math.ceil(value.length * 3 / 4) + 4);
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

  /** Writes bytes as they are, without their number. */
  putBytes(source: Uint8Array): void {
    const words = (source.length + 3) >>> 2;
    this.reserve(words);
    this.bytes.set(source, this.at * 4);
    this.at += words;
  }

  #resize(length: number, used: number): void {
    const words = new Int32Array(length);
    words.set(this.words.subarray(0, used));
    this.words = words;
    this.bytes = new Uint8Array(words.buffer);
    this.limit = length - SLACK;
  }
}
