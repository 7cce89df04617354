/**
 * Memory that its sender gives up.
 *
 * @module
 */

import { dataCloneError } from "./wire_refusal.ts";

/** What was marked, by the value with which it travels. Marks live as long as their value. */
const marks = new WeakMap<object, readonly ArrayBuffer[]>();
let marked = 0;

/**
 * Marks buffers that the sender gives up when `value` is sent to another isolate.
 *
 * The buffers are detached as soon as the value is on its way, whether or not they occur in it, so
 * nobody can go on writing what someone else believes to own. It is a copy with the semantics of a
 * move: the bytes go through shared memory, and the receiver has memory of its own. What it costs is
 * what sending the buffers costs. The mark holds for the next time that the value is sent; a send
 * that fails leaves the buffers as they are.
 *
 * Memory that several isolates should see at once is a `SharedArrayBuffer`, which arrives as itself.
 *
 * @param value What will be sent, alone or within something else.
 * @param buffers What the sender gives up. Left out: the buffer of `value`, which is a view, or `value`.
 * @returns `value`.
 * @throws {TypeError} When `value` is not an object, or one of `buffers` is not an `ArrayBuffer`.
 * @throws {DOMException} `DataCloneError`, when a buffer is there twice or is detached.
 *
 * @example
 * ```ts ignore
 * const pixels = new Uint8Array(1 << 20);
 * const handle = spawn(blur, transfer(pixels));
 * pixels.length; // 0 from here on
 * ```
 */
export function transfer<T extends object>(value: T, buffers?: Iterable<ArrayBuffer>): T {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`Cannot transfer: found ${String(value)}, wanted an object`);
  }
  const list = buffers === undefined ? [ownBuffer(value)] : [...buffers];
  for (const [index, buffer] of list.entries()) check(buffer, list.indexOf(buffer) < index);
  if (!marks.has(value)) marked++;
  marks.set(value, list as ArrayBuffer[]);
  return value;
}

/** What is given up with `value`. */
export function marksOf(value: object): readonly ArrayBuffer[] | undefined {
  return marked === 0 ? undefined : marks.get(value);
}

/** Takes the mark of a value that is on its way. */
export function unmark(value: object): void {
  if (marks.delete(value)) marked--;
}

/** Makes a buffer empty for good. */
export function detach(buffer: ArrayBuffer): void {
  if (buffer.transfer !== undefined) buffer.transfer(0);
  else structuredClone(buffer, { transfer: [buffer] });
}

/** Whether a buffer was given up before. */
export function isDetached(buffer: ArrayBuffer): boolean {
  if (buffer.detached !== undefined) return buffer.detached;
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

function ownBuffer(value: object): unknown {
  return ArrayBuffer.isView(value) ? value.buffer : value;
}

function check(buffer: unknown, isRepeated: boolean): asserts buffer is ArrayBuffer {
  if (!(buffer instanceof ArrayBuffer)) {
    throw new TypeError(`Cannot transfer: found ${String(buffer)}, wanted an ArrayBuffer`);
  }
  if (isRepeated) throw dataCloneError("Cannot transfer: a buffer is there twice");
  if (isDetached(buffer)) throw dataCloneError("Cannot transfer: a buffer is detached already");
}
