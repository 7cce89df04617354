/**
 * The words that values are made of while they travel between isolates.
 *
 * ```text
 *  word 0      bits 0–23 number of values, 24 IDENTITY: some object occurs twice, 25 CARGO
 *  word 1…     the values, one after the other
 *
 *  with CARGO, at the end:
 *    n, kinds…    numbers of the kinds of handles in it                  handle.ts
 *    n, ids…      shared memory in it                                    Attachments
 *    word         where these begin, in words from word 0
 * ```
 *
 * A value begins with a word whose low 6 bits are its tag; what the other 26 bits are, and what
 * follows, stands beside each tag. Byte order is the machine's: payloads never leave it.
 *
 * W1 Objects are numbered in the order in which they begin, from 0. REF names an object by its number.
 *    A view comes after its buffer.
 * W2 A payload is read from its beginning to its end. Only CARGO may be read by itself, so that who
 *    receives it can load what is missing before the rest.
 * W3 A handle's data is a list of values in the same numbering.
 *
 * @module
 */

/** Its bits in the first word of a payload. */
export const COUNT_MASK = 0xffffff;
/** See the head of the file. */
export const IDENTITY = 1 << 24;
/** See the head of the file. */
export const CARGO = 1 << 25;

/** The low bits of a value's first word. */
export const TAG_MASK = 63;
/** Where the other bits begin. */
export const TAG_BITS = 6;

/** No property: it was there when the keys were taken, and a getter has deleted it. */
export const ABSENT = 0;
/** `undefined`. */
export const UNDEFINED = 1;
/** `null`. */
export const NULL = 2;
/** `true`. */
export const TRUE = 3;
/** `false`. */
export const FALSE = 4;
/** An integer of 26 bits, in the word. */
export const SMALL_INTEGER = 5;
/** An integer of 32 bits, in the next word. */
export const INTEGER = 6;
/** A number, in the next two words. */
export const FLOAT = 7;
/** A short string of Latin-1: its length; one byte for each unit, the last word filled with 0. */
export const LATIN = 8;
/** A string in UTF-8: bytes; the text. */
export const UTF8 = 9;
/** A string: units; the text in UTF-16. */
export const UTF16 = 10;
/** A bigint of 64 bits, in the next two words. */
export const BIGINT64 = 11;
/** A bigint: a string, its hexadecimal digits; the other bits are 1 if it is negative. */
export const BIGINT = 12;
/** An object that was there before: its number. */
export const REF = 13;
/** A plain object of few keys: bits 6–11 keys, 12–31 words of their names; hash, names, values. */
export const SHAPED = 14;
/** A plain object of many keys: number of keys; each name and value. */
export const OBJECT = 15;
/** An array: 1 if it has other properties; length, elements; number of others, each name and value. */
export const ARRAY = 16;
/** An array of few elements: length; number of properties, each name and value. */
export const SPARSE = 17;
/** A `Uint8Array` that covers a buffer of its own: bytes; the bytes. Two numbers, the buffer's first. */
export const BYTES = 18;
/** An `ArrayBuffer`: 1 if resizable; bytes, most bytes if resizable, the bytes. */
export const BUFFER = 19;
/** A `SharedArrayBuffer`: its id. */
export const SHARED = 20;
/** A view: bits 6–11 which, 12 follows the end; the buffer, first byte, number of elements. */
export const VIEW = 21;
/** A `Date`: time. */
export const DATE = 22;
/** A `RegExp`: source and flags. */
export const REGEXP = 23;
/** A `Map`: size; keys and values. */
export const MAP = 24;
/** A `Set`: size; values. */
export const SET = 25;
/** A boxed primitive: the primitive. */
export const BOXED = 26;
/** An error: bits 6–11 which class, 12–15 fields that follow; properties as in OBJECT. */
export const ERROR = 27;
/** A `DOMException`: message, name, stack. */
export const DOM_EXCEPTION = 28;
/** A handle: kind; number of values, the values. */
export const HANDLE = 29;

/** A string of at most this many units is written unit by unit. */
export const SHORT_STRING = 64;

/** Every kind of view; a view's number is its place. `Float16Array` is not everywhere yet. */
export const VIEWS: readonly ViewConstructor[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
  ...("Float16Array" in globalThis ? [globalThis.Float16Array as ViewConstructor] : []),
];

/** Makes a view of a buffer. */
export interface ViewConstructor {
  /** Its name. */
  readonly name: string;
  /** Elements of more than one byte have this. */
  readonly BYTES_PER_ELEMENT?: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): ArrayBufferView;
}

/** Every class of errors of the language; an error's number is its place. */
export const ERRORS: readonly ErrorConstructor[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError as unknown as ErrorConstructor,
];

/** The number of `AggregateError`. */
export const AGGREGATE: number = ERRORS.length - 1;

/** The fields of an error that follow its first word. */
export const HAS_MESSAGE: number = 1 << 12;
/** See {@linkcode HAS_MESSAGE}. */
export const HAS_STACK: number = 1 << 13;
/** See {@linkcode HAS_MESSAGE}. */
export const HAS_CAUSE: number = 1 << 14;
/** A name that is not its class's. */
export const HAS_NAME: number = 1 << 15;
