/**
 * A stream of bytes from one isolate to another, through shared memory.
 *
 * @module
 */

import type { Future } from "../../future/future.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import { makeRing, Read, ReaderPort, ringCell, Write, WriterPort } from "./byte_port.ts";
import type { Cell } from "./cell.ts";

export { BrokenPipeError } from "./byte_port.ts";

/** The most and the fewest bytes that a ring holds. */
const MOST = 2 ** 24;
const LEAST = 64;

/**
 * Makes a channel for bytes: what the writer writes, the reader reads, in any isolate. It has no
 * messages, as a pipe has none.
 *
 * Each end may be sent to another isolate, as an argument of a portable task for example; it moves
 * there. Both ends may be closed, and have to be: the memory is freed when both are.
 *
 * @param capacity How many bytes may be under way, from 1 to 16 MiB; rounded up to a power of two.
 * @throws {RangeError} When the capacity is another number, or there is no memory left.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const [writer, reader] = shared.byteChannel(1024);
 * await writer.writeAll(new TextEncoder().encode("hello"));
 * writer.close();
 *
 * const buffer = new Uint8Array(16);
 * assertEquals(await reader.read(buffer), 5);
 * assertEquals(await reader.read(buffer), 0);
 * reader.close();
 * ```
 */
export function byteChannel(capacity: number): [ByteWriter, ByteReader] {
  if (!Number.isSafeInteger(capacity) || capacity < 1 || capacity > MOST) {
    throw new RangeError(
      `Cannot make a byte channel for ${capacity} bytes: a whole number from 1 to ${MOST} is wanted`,
    );
  }
  const cell = makeRing(Math.max(LEAST, 2 ** Math.ceil(Math.log2(capacity))));
  return [new ByteWriter(cell), new ByteReader(ringCell(cell.at))];
}

/**
 * The end of a byte channel that writes. Made by {@linkcode byteChannel}.
 *
 * Writes that wait at once are served in their order.
 *
 * @example Writing without a copy
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const [writer, reader] = shared.byteChannel(64);
 * const room = writer.reserve();
 * room.set([1, 2, 3]);
 * writer.commit(3);
 *
 * assertEquals([...reader.peek()], [1, 2, 3]);
 * reader.consume(3);
 * writer.close();
 * reader.close();
 * ```
 */
export class ByteWriter implements WireHandle, Disposable {
  readonly #port: WriterPort;

  /** Made by {@linkcode byteChannel}. */
  constructor(cell: Cell) {
    this.#port = new WriterPort(cell);
  }

  /**
   * Writes as many bytes as there is room for, at least one.
   *
   * **Cancel safety:** bytes are written in the poll that answers, so giving up writes none.
   *
   * @param bytes What to write. It is read when there is room.
   * @returns How many were written. Fails with a {@linkcode BrokenPipeError} when the reader is gone.
   * @throws {TypeError} When this end was closed or sent.
   */
  write(bytes: Uint8Array): Future<number> {
    this.#port.check("write");
    return new Write(this.#port, bytes, false);
  }

  /**
   * Writes all bytes.
   *
   * **Cancel safety:** giving up may leave some of them written.
   *
   * @param bytes What to write. It must not change until it was written.
   * @returns How many they were. Fails with a {@linkcode BrokenPipeError} when the reader is gone.
   * @throws {TypeError} When this end was closed or sent.
   */
  writeAll(bytes: Uint8Array): Future<number> {
    this.#port.check("write");
    return new Write(this.#port, bytes, true);
  }

  /**
   * Writes as many bytes as there is room for now, and does not wait.
   *
   * @param bytes What to write.
   * @returns How many were written, which may be none.
   * @throws {BrokenPipeError} When the reader is gone.
   * @throws {TypeError} When this end was closed or sent.
   */
  tryWrite(bytes: Uint8Array): number {
    return this.#port.tryWrite(bytes);
  }

  /**
   * The free room that is there in one piece, to write into it. It may be empty. What is written
   * there arrives with {@linkcode ByteWriter.commit}.
   *
   * @throws {TypeError} When this end was closed or sent.
   */
  reserve(): Uint8Array {
    this.#port.check("write");
    return this.#port.ring.reserve();
  }

  /**
   * Sends what was written into {@linkcode ByteWriter.reserve}.
   *
   * @param count How many bytes.
   * @throws {RangeError} When there is less room.
   * @throws {TypeError} When this end was closed or sent.
   */
  commit(count: number): void {
    this.#port.check("write");
    checkCount("commit", count, this.#port.ring.room(count));
    this.#port.ring.commit(count);
    this.#port.tell();
  }

  /**
   * Whether the reader was closed.
   *
   * @throws {TypeError} When this end was closed or sent.
   */
  isClosed(): boolean {
    this.#port.check("ask");
    return this.#port.ring.isAbandoned;
  }

  /** How many bytes may be under way. */
  get capacity(): number {
    return this.#port.ring.capacity;
  }

  /**
   * Closes this end. Those who wait at it are told, and so is the other end. Does nothing when it
   * was closed or sent before.
   */
  close(): void {
    this.#port.close();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.#port.close();
  }

  /** The form in which it moves to another isolate. */
  [toWire](): WireForm {
    return this.#port.move(writerKind);
  }
}

/**
 * The end of a byte channel that reads. Made by {@linkcode byteChannel}.
 *
 * Reads that wait at once are served in their order.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const [writer, reader] = shared.byteChannel(64);
 * writer.tryWrite(Uint8Array.of(1, 2, 3));
 * const buffer = new Uint8Array(2);
 * assertEquals([await reader.read(buffer), ...buffer], [2, 1, 2]);
 * assertEquals([await reader.read(buffer), buffer[0]], [1, 3]);
 * writer.close();
 * reader.close();
 * ```
 */
export class ByteReader implements WireHandle, Disposable {
  readonly #port: ReaderPort;

  /** Made by {@linkcode byteChannel}. */
  constructor(cell: Cell) {
    this.#port = new ReaderPort(cell);
  }

  /**
   * Reads as many bytes as there are, at least one.
   *
   * **Cancel safety:** bytes are taken in the poll that answers, so giving up loses none.
   *
   * @param buffer Where to put them.
   * @returns How many; 0 at the end, when the writer was closed and everything was read, or this
   * end was closed.
   * @throws {RangeError} When the buffer is empty.
   * @throws {TypeError} When this end was closed or sent.
   */
  read(buffer: Uint8Array): Future<number> {
    this.#port.check("read");
    if (buffer.length === 0) throw new RangeError("Cannot read: the buffer is empty");
    return new Read(this.#port, buffer);
  }

  /**
   * Reads as many bytes as there are now, and does not wait.
   *
   * @param buffer Where to put them.
   * @returns How many, which may be none; {@linkcode ByteReader.isEnded} tells whether more may come.
   * @throws {TypeError} When this end was closed or sent.
   */
  tryRead(buffer: Uint8Array): number {
    return this.#port.tryRead(buffer);
  }

  /**
   * The bytes that are there in one piece, without a copy. They stay until they are consumed. It is
   * shared memory, which some functions of the host refuse.
   *
   * @throws {TypeError} When this end was closed or sent.
   */
  peek(): Uint8Array {
    this.#port.check("read");
    return this.#port.ring.peek();
  }

  /**
   * Gives the room of the first bytes back to the writer.
   *
   * @param count How many bytes.
   * @throws {RangeError} When there are fewer.
   * @throws {TypeError} When this end was closed or sent.
   */
  consume(count: number): void {
    this.#port.check("read");
    checkCount("consume", count, this.#port.ring.available(count));
    this.#port.ring.consume(count);
    this.#port.tell();
  }

  /**
   * Whether the writer was closed and everything was read.
   *
   * @throws {TypeError} When this end was closed or sent.
   */
  isEnded(): boolean {
    this.#port.check("ask");
    return this.#port.isEnded();
  }

  /** How many bytes may be under way. */
  get capacity(): number {
    return this.#port.ring.capacity;
  }

  /**
   * Closes this end. Those who wait at it are told, and so is the other end. Does nothing when it
   * was closed or sent before.
   */
  close(): void {
    this.#port.close();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.#port.close();
  }

  /** The form in which it moves to another isolate. */
  [toWire](): WireForm {
    return this.#port.move(readerKind);
  }
}

const writerKind: HandleKind = registerHandle(import.meta, "ByteWriter", {
  decode: (at: number) => new ByteWriter(ringCell(at)),
  drop: (at: number) => new WriterPort(ringCell(at)).close(),
});

const readerKind: HandleKind = registerHandle(import.meta, "ByteReader", {
  decode: (at: number) => new ByteReader(ringCell(at)),
  drop: (at: number) => new ReaderPort(ringCell(at)).close(),
});

function checkCount(action: string, count: number, most: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= most) return;
  throw new RangeError(`Cannot ${action} ${count} bytes: a whole number up to ${most} is wanted`);
}
