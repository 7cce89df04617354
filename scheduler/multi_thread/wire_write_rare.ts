/**
 * Writes the values that are neither primitives nor plain objects and arrays.
 *
 * @module
 */

import { isFuture } from "../../future/future.ts";
import { isHandle, toWire, type WireHandle } from "./handle.ts";
import { isDetached } from "./transfer.ts";
import { Refusal, within } from "./wire_refusal.ts";
import {
  AGGREGATE,
  BOXED,
  BUFFER,
  BYTES,
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
  REGEXP,
  SET,
  SHARED,
  TAG_BITS,
  VIEW,
  VIEWS,
} from "./wire_tags.ts";
import type { Writer } from "./wire_writer.ts";

const tagOf = Object.prototype.toString;

/** What `Object.prototype.toString` calls things that cannot travel. */
const REFUSED =
  /^\[object (Promise|Weak\w+|FinalizationRegistry|(Async)?Generator|.* Iterator|Intl\..*|WebAssembly\..*|Module)\]$/;

/** Writes an object that is neither plain nor an array and was not there before, or refuses. */
export function writeRare(out: Writer, value: object | symbol): void {
  if (isHandle(value)) return writeHandle(out, value);
  if (typeof value === "symbol") throw new Refusal("a symbol");
  if (typeof value === "function") throw new Refusal("a function");
  if (ArrayBuffer.isView(value)) return writeView(out, value);
  const prototype = Object.getPrototypeOf(value);
  if (ordinary.has(prototype)) return out.writePlain(value);
  const tag = tagOf.call(value);
  let isOrdinary = !Object.hasOwn(value, Symbol.toStringTag);
  for (const { type, name, probe, write } of classes) {
    // By class or, for objects of another realm, by tag; then by what only real ones answer.
    if (!(value instanceof type) && tag !== name) continue;
    if (isReal(value, probe)) return write(out, value);
    isOrdinary = false;
  }
  if (isFuture(value)) throw new Refusal("a future");
  if (REFUSED.test(tag)) throw new Refusal(`a ${tag.slice("[object ".length, -1)}`);
  if (isOrdinary) ordinary.add(prototype);
  out.writePlain(value);
}

/** Prototypes of classes whose instances are like plain objects, as far as they were met. */
const ordinary = new WeakSet<object>();

/** A class whose objects have a form of their own. */
interface Class {
  readonly type: abstract new (...args: never[]) => unknown;
  /** What `Object.prototype.toString` calls its objects. */
  readonly name: string;
  /** Throws when it is called on anything but a real object of the class. */
  readonly probe: ((this: never) => unknown) | undefined;
  // deno-lint-ignore no-explicit-any -- each writer knows its class
  readonly write: (out: Writer, value: any) => void;
}

function entry(
  type: unknown,
  probe: ((this: never) => unknown) | string | undefined,
  write: (out: Writer, value: never) => void,
): Class[] {
  if (type === undefined) return [];
  const { name, prototype } = type as { name: string; prototype: object };
  return [{
    type: type as Class["type"],
    name: `[object ${name}]`,
    probe: typeof probe === "string"
      ? Object.getOwnPropertyDescriptor(prototype, probe)!.get!
      : probe,
    write: write as Class["write"],
  }];
}

/** In the order in which they are asked, the common ones first. */
const classes: readonly Class[] = [
  ...entry(globalThis.DOMException, "code", writeDomException),
  ...entry(Error, undefined, writeError),
  ...entry(Date, Date.prototype.valueOf, writeDate),
  ...entry(Map, "size", writeMap),
  ...entry(Set, "size", writeSet),
  ...entry(ArrayBuffer, "byteLength", writeBuffer),
  ...entry(globalThis.SharedArrayBuffer, "byteLength", writeShared),
  ...entry(RegExp, "source", writeRegExp),
  ...entry(Number, Number.prototype.valueOf, writeBoxed),
  ...entry(String, String.prototype.valueOf, writeBoxed),
  ...entry(Boolean, Boolean.prototype.valueOf, writeBoxed),
  ...entry(BigInt, BigInt.prototype.valueOf, writeBoxed),
  ...entry(Symbol, Symbol.prototype.valueOf, () => {
    throw new Refusal("a symbol");
  }),
];

function isReal(value: object, probe: ((this: never) => unknown) | undefined): boolean {
  if (probe === undefined) return isError(value);
  try {
    probe.call(value as never);
    return true;
  } catch {
    return false;
  }
}

/** `Error.isError` where there is one; else whatever has the class is taken for an error. */
const isError = (Error as { isError?: (value: unknown) => boolean }).isError ?? (() => true);

function writeDate(out: Writer, value: Date): void {
  out.remember(value);
  out.words[out.at++] = DATE;
  out.putDouble(Date.prototype.getTime.call(value));
}

function writeRegExp(out: Writer, value: RegExp): void {
  out.remember(value);
  out.words[out.at++] = REGEXP;
  out.write(value.source);
  out.write(value.flags);
}

function writeBoxed(out: Writer, value: { valueOf(): unknown }): void {
  out.remember(value);
  out.words[out.at++] = BOXED;
  out.write(primitiveOf(value));
}

function primitiveOf(value: unknown): unknown {
  if (value instanceof Number) return Number.prototype.valueOf.call(value);
  if (value instanceof String) return String.prototype.valueOf.call(value);
  if (value instanceof Boolean) return Boolean.prototype.valueOf.call(value);
  return (value as { valueOf(): unknown }).valueOf();
}

function writeMap(out: Writer, value: Map<unknown, unknown>): void {
  out.remember(value);
  // Taken at once: a getter that runs meanwhile may change the map.
  const entries: unknown[] = [];
  Map.prototype.forEach.call(value, (item, key) => entries.push(key, item));
  out.words[out.at++] = MAP;
  writeMembers(out, entries);
}

function writeSet(out: Writer, value: Set<unknown>): void {
  out.remember(value);
  const members: unknown[] = [];
  Set.prototype.forEach.call(value, (member) => members.push(member));
  out.words[out.at++] = SET;
  writeMembers(out, members);
}

/** Writes what a collection has, with its number. */
function writeMembers(out: Writer, members: readonly unknown[]): void {
  out.words[out.at++] = members.length;
  let i = 0;
  try {
    for (; i < members.length; i++) out.write(members[i]);
  } catch (error) {
    throw within(error, i);
  }
}

function writeBuffer(out: Writer, value: ArrayBuffer): void {
  if (isDetached(value)) throw new Refusal("a detached ArrayBuffer");
  out.remember(value);
  out.words[out.at++] = ((value.resizable ? 1 : 0) << TAG_BITS) | BUFFER;
  out.words[out.at++] = value.byteLength;
  if (value.resizable) out.putDouble(value.maxByteLength);
  out.putBytes(new Uint8Array(value));
}

function writeShared(out: Writer, value: SharedArrayBuffer): void {
  const id = out.loadShared(value);
  out.remember(value);
  out.words[out.at++] = SHARED;
  out.words[out.at++] = id;
}

function writeView(out: Writer, view: ArrayBufferView): void {
  const { buffer } = view;
  const isPlain = buffer instanceof ArrayBuffer && !buffer.resizable;
  if (isPlain && isDetached(buffer)) throw new Refusal("a view of a detached ArrayBuffer");
  const which = VIEWS.findIndex((type) => view instanceof type);
  if (which < 0) throw new Refusal(`a view of a kind that is not known, ${tagOf.call(view)}`);
  const isWhole = isPlain && view.byteLength === buffer.byteLength;
  if (which === 0 && isWhole && out.numberOf(buffer) < 0) {
    out.remember(buffer);
    out.remember(view);
    out.words[out.at++] = BYTES;
    out.words[out.at++] = view.byteLength;
    return out.putBytes(view as Uint8Array);
  }
  if (!isPlain && !isInBounds(view)) throw new Refusal("a view that is out of bounds");
  const follows = !isPlain && followsEnd(view) ? 1 << 12 : 0;
  out.words[out.at++] = follows | (which << TAG_BITS) | VIEW;
  out.write(buffer);
  out.remember(view);
  out.putDouble(view.byteOffset);
  out.putDouble(view instanceof DataView ? view.byteLength : (view as Uint8Array).length);
}

function isInBounds(view: ArrayBufferView): boolean {
  try {
    if (view instanceof DataView) void view.byteLength;
    else Uint8Array.prototype.keys.call(view as Uint8Array);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a view of a buffer that can change its size was made without a length, so that it always
 * reaches to the end. The language does not tell. Growing the buffer for a moment does; a view to
 * the end of a full one is taken to follow it.
 */
function followsEnd(view: ArrayBufferView): boolean {
  const { buffer } = view;
  if (!(buffer instanceof ArrayBuffer)) return false;
  const { byteLength, maxByteLength } = buffer;
  const before = view.byteLength;
  const element = (view as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
  if (byteLength - view.byteOffset - before >= element) return false;
  const grown = byteLength + element;
  if (grown > maxByteLength) return true;
  buffer.resize(grown);
  const follows = view.byteLength !== before;
  buffer.resize(byteLength);
  return follows;
}

/** The properties of an error that are written by themselves. */
const OWN_FIELDS = ["message", "stack", "cause", "errors", "name"];

/**
 * As structured clone does, and more: the name of a subclass, the errors of an `AggregateError`, and
 * own enumerable properties such as `code`, of which those are left out that cannot travel.
 */
function writeError(out: Writer, error: Error): void {
  out.remember(error);
  const which = classOf(error);
  const message = Object.hasOwn(error, "message") || error.message !== ""
    ? error.message
    : undefined;
  const { stack, name } = error;
  const cause = Object.getOwnPropertyDescriptor(error, "cause");
  const hasName = typeof name === "string" && name !== ERRORS[which]!.name;
  out.words[out.at++] = (message === undefined ? 0 : HAS_MESSAGE) |
    (typeof stack === "string" ? HAS_STACK : 0) | (cause === undefined ? 0 : HAS_CAUSE) |
    (hasName ? HAS_NAME : 0) | (which << TAG_BITS) | ERROR;
  if (message !== undefined) out.write(String(message));
  if (typeof stack === "string") out.write(stack);
  if (cause !== undefined) writeField(out, error, "cause");
  if (hasName) out.write(name);
  if (which === AGGREGATE) writeField(out, error, "errors");
  writeRiders(out, error);
}

function writeField(out: Writer, owner: object, key: string): void {
  try {
    out.write((owner as Record<string, unknown>)[key]);
  } catch (error) {
    throw within(error, key);
  }
}

/** The number, and each name and value. */
function writeRiders(out: Writer, error: Error): void {
  out.reserve(1);
  const at = out.at++;
  let count = 0;
  for (const key of Object.keys(error)) {
    if (OWN_FIELDS.includes(key)) continue;
    const isWritten = out.attempt(() => {
      out.write(key);
      out.write((error as unknown as Record<string, unknown>)[key]);
    });
    if (isWritten) count++;
  }
  out.words[at] = count;
}

/** The class of the language that an error comes closest to. */
function classOf(error: Error): number {
  for (let which = ERRORS.length - 1; which > 0; which--) {
    if (error instanceof ERRORS[which]!) return which;
  }
  const byName = ERRORS.findIndex(({ name }) => name === error.name);
  return byName < 0 || byName === AGGREGATE ? 0 : byName;
}

function writeDomException(out: Writer, error: DOMException): void {
  out.remember(error);
  out.words[out.at++] = DOM_EXCEPTION;
  out.write(error.message);
  out.write(error.name);
  out.write(error.stack);
}

function writeHandle(out: Writer, value: WireHandle): void {
  const form = value[toWire]();
  const kind = out.loadHandle(form, value);
  out.remember(value);
  out.words[out.at++] = (kind << TAG_BITS) | HANDLE;
  out.writeList(form.data);
}
