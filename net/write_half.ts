/**
 * The writing side of a stream.
 *
 * @module
 */

import { FAILED, WRITABLE } from "../ffi/backend.ts";
import type { Future } from "../future/future.ts";
import { pollFn } from "../future/poll_fn.ts";
import type { Ready } from "../reactor/interest.ts";
import { toWire } from "../scheduler/multi_thread/handle.ts";
import type { CannotSend } from "../scheduler/multi_thread/sendable.ts";
import { checkBuffer, checkBuffers, lengthOf } from "./buffer.ts";
import type { Socket } from "./socket.ts";
import type { SocketAddr } from "./socket_addr.ts";
import {
  immediately,
  Operation,
  tryWrite,
  tryWriteVectored,
  waitReady,
  Write,
  WriteAllFuture,
} from "./stream_ops.ts";

/** The future of {@linkcode WriteHalf.writeAll}. */
export interface WriteAll extends Future<void> {
  /** How many bytes the system has taken so far, also after it failed or was dropped. */
  readonly written: number;
}

/**
 * Where data go to. A borrowed half of a stream; the stream itself is one too.
 *
 * @example
 * ```ts
 * import { TcpListener, TcpStream } from "@edo/runtime/net";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await TcpListener.bind("127.0.0.1:0");
 * using client = await TcpStream.connect(listener.localAddr());
 * using server = (await listener.accept())[0];
 * const { writer } = client.split();
 * await writer.writeAll(new TextEncoder().encode("bye"));
 * await writer.shutdown();
 * const buffer = new Uint8Array(8);
 * assertEquals(await server.read(buffer), 3);
 * assertEquals(await server.read(buffer), 0);
 * ```
 */
export class WriteHalf {
  readonly #socket: Socket;

  /** Made by `split`. */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Does not travel: the stream does. */
  get [toWire](): CannotSend<"a half of a connection; send the stream"> {
    throw new TypeError(
      "Cannot send a half of a TCP stream: send the stream, or reunite its halves",
    );
  }

  /**
   * Writes as much of `buffer` as the system takes, and waits while it takes nothing.
   *
   * **Cancel safety:** when it is dropped, nothing was written.
   *
   * @param buffer The data. It must not be changed or transferred meanwhile.
   * @param length How many bytes of its beginning are meant; saves a `subarray`. Default all.
   * @returns How many bytes were taken, at least 1 unless there are none to write.
   * @throws {TypeError} At the call, when `buffer` is no `Uint8Array`.
   * @throws {RangeError} At the call, when `length` is out of range.
   * @throws {OsError} `EPIPE`, `ECONNRESET` and others.
   */
  write(buffer: Uint8Array, length?: number): Future<number> {
    return new Write(this.#socket, buffer, lengthOf(buffer, length));
  }

  /**
   * Writes the whole of `buffer`.
   *
   * **Cancel safety:** when it is dropped, or fails, a part may have been written; `written` of the
   * future tells how much.
   *
   * @param buffer The data. It must not be changed or transferred meanwhile.
   * @param length How many bytes of its beginning are meant; saves a `subarray`. Default all.
   */
  writeAll(buffer: Uint8Array, length?: number): WriteAll {
    return new WriteAllFuture(this.#socket, buffer, lengthOf(buffer, length));
  }

  /**
   * As {@linkcode WriteHalf.write}, from several buffers by one call.
   *
   * @param buffers At most 64 are used by one call.
   */
  writeVectored(buffers: readonly Uint8Array[]): Future<number> {
    checkBuffers(buffers);
    return new Operation(this.#socket, WRITABLE, tryWriteVectored, buffers);
  }

  /**
   * Writes at once.
   *
   * @returns As {@linkcode WriteHalf.write}, or `undefined` when it would have to wait.
   */
  tryWrite(buffer: Uint8Array): number | undefined {
    checkBuffer(buffer);
    this.#socket.check();
    if (!this.#socket.isReady(WRITABLE)) return undefined;
    return tryWrite(this.#socket, buffer, buffer.byteLength) ?? undefined;
  }

  /** As {@linkcode WriteHalf.tryWrite}, from several buffers. */
  tryWriteVectored(buffers: readonly Uint8Array[]): number | undefined {
    checkBuffers(buffers);
    return immediately(this.#socket, WRITABLE, tryWriteVectored, buffers);
  }

  /**
   * Waits until a write would not. It may be wrong: write with {@linkcode WriteHalf.tryWrite} and
   * wait again.
   *
   * **Cancel safety:** nothing is lost.
   */
  writeReady(): Future<Ready> {
    return waitReady(this.#socket, WRITABLE);
  }

  /**
   * Ends the writing side: the other end reads the rest and then the end of the stream. Reading
   * goes on. Once the other end has gone there is nothing left to end, which is no failure.
   */
  shutdown(): Future<void> {
    const socket = this.#socket;
    return pollFn(() => {
      socket.check();
      if (socket.calls.shutdown(socket.fd, "write") !== FAILED) return;
      if (socket.calls.lastFailure().code !== "ENOTCONN") throw socket.failure("shut down");
    });
  }

  /** The address of this end. */
  localAddr(): SocketAddr {
    return this.#socket.localAddr();
  }

  /** The address of the other end. As {@linkcode ReadHalf.peerAddr}. */
  peerAddr(): SocketAddr {
    return this.#socket.peerAddr();
  }
}
