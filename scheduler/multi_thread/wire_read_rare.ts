/**
 * Reads the values that are neither primitives nor plain objects and arrays.
 *
 * @module
 */

import { dataCloneError } from "./wire_refusal.ts";
import type { Reader } from "./wire_reader.ts";
import {
  AGGREGATE,
  BIGINT,
  BIGINT64,
  BOXED,
  BUFFER,
  DATE,
  DOM_EXCEPTION,
  ERROR,
  ERRORS,
  HANDLE,
  HAS_CAUSE,
  HAS_MESSAGE,
  HAS_NAME,
  HAS_STACK,
  MAP,
  OBJECT,
  REGEXP,
  SET,
  SHARED,
  SPARSE,
  TAG_BITS,
  TAG_MASK,
  UTF16,
  UTF8,
  VIEW,
  VIEWS,
} from "./wire_tags.ts";
import { readUtf16, readUtf8 } from "./wire_text.ts";

const long = new BigInt64Array(1);
const longWords = new Int32Array(long.buffer);

/** Reads a value whose first word is `head`. */
export function readRare(from: Reader, head: number): unknown {
  const rest = head >>> TAG_BITS;
  switch (head & TAG_MASK) {
    case UTF8:
      return readLong(from);
    case UTF16:
      return readUnits(from);
    case BIGINT64:
      longWords[0] = from.words[from.at++]!;
      longWords[1] = from.words[from.at++]!;
      return long[0]!;
    case BIGINT: {
      const value = BigInt(`0x${from.read() as string}`);
      return rest === 1 ? -value : value;
    }
    case OBJECT:
      return readObject(from);
    case SPARSE:
      return readSparse(from);
    case DATE:
      return remembered(from, new Date(from.takeDouble()));
    case REGEXP:
      return readRegExp(from);
    case BOXED:
      return readBoxed(from);
    case MAP:
      return readMap(from);
    case SET:
      return readSet(from);
    case BUFFER:
      return readBuffer(from, rest === 1);
    case SHARED:
      return remembered(from, sharedOf(from, from.words[from.at++]!));
    case VIEW:
      return readView(from, rest & 63, rest >>> 6 === 1);
    case ERROR:
      return readError(from, head, rest & 63);
    case DOM_EXCEPTION:
      return readDomException(from);
    case HANDLE:
      return readHandle(from, rest);
    default:
      throw new TypeError(`Cannot read a value: no value begins with ${head & TAG_MASK}`);
  }
}

function remembered<T>(from: Reader, object: T): T {
  from.remember(object);
  return object;
}

function readLong(from: Reader): string {
  const length = from.words[from.at]! >>> 0;
  const start = (from.at + 1) * 4;
  from.at += 1 + ((length + 3) >>> 2);
  return readUtf8(from.bytes, start, length);
}

function readUnits(from: Reader): string {
  const length = from.words[from.at]!;
  const start = from.at + 1;
  from.at = start + ((length + 1) >> 1);
  return readUtf16(from.words, start, length);
}

function readObject(from: Reader): object {
  const object = remembered(from, {});
  from.readProperties(object);
  return object;
}

function readSparse(from: Reader): unknown[] {
  const array = remembered(from, [] as unknown[]);
  array.length = from.words[from.at++]! >>> 0;
  from.readProperties(array);
  return array;
}

function readRegExp(from: Reader): RegExp {
  const number = from.promise();
  const source = from.read() as string;
  const result = new RegExp(source, from.read() as string);
  from.fulfil(number, result);
  return result;
}

function readBoxed(from: Reader): object {
  const number = from.promise();
  const result = Object(from.read()) as object;
  from.fulfil(number, result);
  return result;
}

function readMap(from: Reader): Map<unknown, unknown> {
  const map = remembered(from, new Map<unknown, unknown>());
  for (let count = from.words[from.at++]!; count > 0; count -= 2) {
    const key = from.read();
    map.set(key, from.read());
  }
  return map;
}

function readSet(from: Reader): Set<unknown> {
  const set = remembered(from, new Set<unknown>());
  for (let count = from.words[from.at++]!; count > 0; count--) set.add(from.read());
  return set;
}

function readBuffer(from: Reader, isResizable: boolean): ArrayBuffer {
  const length = from.words[from.at++]! >>> 0;
  const options = isResizable ? { maxByteLength: from.takeDouble() } : undefined;
  const start = from.at * 4;
  from.at += (length + 3) >>> 2;
  if (options === undefined) {
    return remembered(from, from.bytes.slice(start, start + length).buffer as ArrayBuffer);
  }
  const buffer = new ArrayBuffer(length, options);
  new Uint8Array(buffer).set(from.bytes.subarray(start, start + length));
  return remembered(from, buffer);
}

function sharedOf(from: Reader, id: number): SharedArrayBuffer {
  const buffer = from.meaning.bufferOf(id);
  if (buffer !== undefined) return buffer;
  throw dataCloneError(`Cannot read a value: shared memory ${id} has not arrived`);
}

function readView(from: Reader, which: number, follows: boolean): ArrayBufferView {
  const buffer = from.read() as ArrayBufferLike;
  const number = from.promise();
  const start = from.takeDouble();
  const length = from.takeDouble();
  const View = VIEWS[which]!;
  const view = follows ? new View(buffer, start) : new View(buffer, start, length);
  from.fulfil(number, view);
  return view;
}

function readError(from: Reader, head: number, which: number): Error {
  const message = (head & HAS_MESSAGE) !== 0 ? from.read() as string : undefined;
  const stack = (head & HAS_STACK) !== 0 ? from.read() as string : undefined;
  const error = which === AGGREGATE ? new AggregateError([], message) : new ERRORS[which]!(message);
  // Assigned, not defined: that is twice as fast, and the property is there already.
  (error as { stack: string | undefined }).stack = stack;
  from.remember(error);
  if ((head & HAS_CAUSE) !== 0) hide(error, "cause", from.read());
  if ((head & HAS_NAME) !== 0) hide(error, "name", from.read());
  if (which === AGGREGATE) hide(error, "errors", from.read());
  from.readProperties(error);
  return error;
}

/** Defines a property as those of errors are: not enumerable. */
function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true });
}

function readDomException(from: Reader): Error {
  const number = from.promise();
  const message = from.read() as string;
  const name = from.read() as string;
  const stack = from.read();
  const error = new DOMException(message, name);
  if (typeof stack === "string") hide(error, "stack", stack);
  from.fulfil(number, error);
  return error;
}

function readHandle(from: Reader, kind: number): unknown {
  const number = from.promise();
  const data = from.readList();
  const object = from.handles!.take(from.meaning.kindOf(kind), data);
  from.fulfil(number, object);
  return object;
}
