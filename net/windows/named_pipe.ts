/**
 * What both ends of a named pipe can do.
 *
 * @module
 */

import { READABLE, WRITABLE } from "../../ffi/backend.ts";
import type { Future } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import type { Interest, Ready } from "../../reactor/interest.ts";
import { toWire } from "../../scheduler/multi_thread/handle.ts";
import type { CannotSend } from "../../scheduler/multi_thread/sendable.ts";
import { checkBuffer, lengthOf } from "../buffer.ts";
import { checkReadBuf, type ReadBuf } from "../read_buf.ts";
import {
  immediately,
  PipeOperation,
  tryFlush,
  tryRead,
  tryReadBuf,
  tryWrite,
  waitReady,
} from "./pipe_ops.ts";
import type { PipeSource } from "./pipe_source.ts";

/**
 * How a pipe treats what is written: as a stream of bytes, or as messages, each of which a reader
 * gets on its own. A message that is longer than the reader's buffer comes in pieces.
 */
export type PipeMode = "byte" | "message";

/** Which end of a pipe something is. */
export type PipeEnd = "client" | "server";

/** What the system tells of a pipe. */
export interface PipeInfo {
  /** How the pipe treats what is written. */
  readonly mode: PipeMode;
  /** Which end was asked. */
  readonly end: PipeEnd;
  /** How many servers of the name there may be at once, or `undefined` for no limit. */
  readonly maxInstances: number | undefined;
  /** Bytes that the system sets apart for what this end writes; advice only. */
  readonly outBufferSize: number;
  /** Bytes that the system sets apart for what this end reads; advice only. */
  readonly inBufferSize: number;
}

/**
 * An end of a named pipe. Windows only.
 *
 * - **Owned:** it is open until `close` or `using`. What was written is delivered all the same: the
 *   process stays until the other end has taken it, or has gone.
 * - **Memory:** data go through memory of edo's own, 64 KiB for reads and as much as the largest
 *   write; no buffer of yours is ever the system's.
 * - **Cancel safety:** dropping a `read`, `write` or wait loses nothing. What arrives for a read that
 *   was dropped is there for the next one.
 * - **Does not move** to another isolate: its operations report to the thread that opened it.
 *
 * @example
 * ```ts
 * import { ClientOptions, type NamedPipe, ServerOptions } from "@edo/runtime/net/windows";
 * import { assertEquals } from "@std/assert";
 *
 * const say = (pipe: NamedPipe, text: string) => pipe.writeAll(new TextEncoder().encode(text));
 *
 * if (Deno.build.os === "windows") {
 *   using server = new ServerOptions().create("\\\\.\\pipe\\edo-example-both");
 *   using client = new ClientOptions().open("\\\\.\\pipe\\edo-example-both");
 *   await server.connect();
 *   await say(client, "hello");
 *   const buffer = new Uint8Array(16);
 *   assertEquals(await server.read(buffer), 5);
 * }
 * ```
 */
export abstract class NamedPipe implements Disposable {
  readonly #source: PipeSource;

  /** Wraps a registered end. */
  constructor(source: PipeSource) {
    this.#source = source;
  }

  /** Does not travel: its operations report to the isolate that opened it. */
  get [toWire](): CannotSend<"a named pipe; open it where it is used"> {
    throw new TypeError("Cannot send a named pipe: open it where it is used");
  }

  /**
   * Tells how the pipe was made.
   *
   * @throws {OsError} When the system refuses.
   */
  info(): PipeInfo {
    this.#source.check();
    const facts = this.#source.calls.facts();
    if (facts === undefined) throw this.#source.failure("get information of");
    const { messages, isServer, ...rest } = facts;
    return { mode: messages ? "message" : "byte", end: isServer ? "server" : "client", ...rest };
  }

  /**
   * Reads what is there into `buffer`, and waits while nothing is.
   *
   * **Cancel safety:** when it is dropped, no data were taken: what arrives meanwhile is kept for the
   * next read.
   *
   * @param buffer Gets the data from its beginning.
   * @returns How many bytes were read; 0 once the other end has gone, for an empty buffer, and for an
   * empty message.
   * @throws {TypeError} At the call, when `buffer` is no `Uint8Array`.
   * @throws {OsError} When the system refuses.
   */
  read(buffer: Uint8Array): Future<number> {
    checkBuffer(buffer);
    return new PipeOperation(this.#source, READABLE, () => tryRead(this.#source, buffer));
  }

  /** As {@linkcode NamedPipe.read}, into the room that is left in `buffer`. */
  readBuf(buffer: ReadBuf): Future<number> {
    checkReadBuf(buffer);
    return new PipeOperation(this.#source, READABLE, () => tryReadBuf(this.#source, buffer));
  }

  /**
   * Reads at once.
   *
   * @returns As {@linkcode NamedPipe.read}, or `undefined` when it would have to wait; then a read has
   * begun, whose end makes the pipe readable.
   */
  tryRead(buffer: Uint8Array): number | undefined {
    checkBuffer(buffer);
    return immediately(this.#source, READABLE, () => tryRead(this.#source, buffer));
  }

  /** As {@linkcode NamedPipe.tryRead}, into the room that is left in `buffer`. */
  tryReadBuf(buffer: ReadBuf): number | undefined {
    checkReadBuf(buffer);
    return immediately(this.#source, READABLE, () => tryReadBuf(this.#source, buffer));
  }

  /**
   * Has `buffer` written, as one message where the pipe keeps messages apart, and waits while an
   * earlier write is under way.
   *
   * The data are copied, and it does not wait for the other end to take them: see
   * {@linkcode NamedPipe.flush}. What goes wrong with them fails the next write or flush.
   *
   * **Cancel safety:** when it is dropped, nothing was written.
   *
   * @param buffer The data.
   * @param length How many bytes of its beginning are meant. Default all.
   * @returns How many bytes are being written: all of them.
   * @throws {TypeError} At the call, when `buffer` is no `Uint8Array`.
   * @throws {RangeError} At the call, when `length` is out of range.
   * @throws {OsError} `EPIPE` when the other end has gone, `ENOTCONN` before a client has come.
   */
  write(buffer: Uint8Array, length?: number): Future<number> {
    const count = lengthOf(buffer, length);
    return new PipeOperation(this.#source, WRITABLE, () => tryWrite(this.#source, buffer, count));
  }

  /**
   * As {@linkcode NamedPipe.write}, for code that writes to any stream.
   *
   * **Cancel safety:** when it is dropped, nothing was written.
   */
  writeAll(buffer: Uint8Array, length?: number): Future<void> {
    const written = this.write(buffer, length);
    return future(function* () {
      yield* written;
    });
  }

  /**
   * Begins to write at once.
   *
   * @returns As {@linkcode NamedPipe.write}, or `undefined` when it would have to wait.
   */
  tryWrite(buffer: Uint8Array): number | undefined {
    checkBuffer(buffer);
    const { byteLength } = buffer;
    return immediately(this.#source, WRITABLE, () => tryWrite(this.#source, buffer, byteLength));
  }

  /**
   * Waits until the system has written what it was given, into its own buffer or the other end's.
   *
   * **Cancel safety:** nothing is lost.
   *
   * @throws {OsError} When the last write failed.
   */
  flush(): Future<void> {
    const flushed = () => tryFlush(this.#source) === null ? null : undefined;
    return new PipeOperation<void>(this.#source, WRITABLE, flushed);
  }

  /**
   * Waits until a read would not, the end included. It may be wrong: read with
   * {@linkcode NamedPipe.tryRead} and wait again.
   *
   * **Cancel safety:** nothing is lost.
   */
  readable(): Future<Ready> {
    return waitReady(this.#source, READABLE);
  }

  /**
   * Waits until a write would not. It may be wrong: write with {@linkcode NamedPipe.tryWrite} and
   * wait again.
   *
   * **Cancel safety:** nothing is lost.
   */
  writable(): Future<Ready> {
    return waitReady(this.#source, WRITABLE);
  }

  /**
   * Waits until the pipe is ready for one of `interest`. It may be wrong: try, and wait again. The end
   * of the other side is told as readiness, by no bit of its own.
   *
   * **Cancel safety:** nothing is lost.
   *
   * @param interest Bits of `Interest`, as `Interest.READABLE | Interest.WRITABLE`.
   */
  ready(interest: Interest): Future<Ready> {
    return waitReady(this.#source, interest);
  }

  /** Closes this end. Those who wait on it fail; a second time does nothing. */
  close(): void {
    this.#source.close();
  }

  /** As {@linkcode NamedPipe.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}
