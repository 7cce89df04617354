/**
 * The reading side of a stream.
 *
 * @module
 */

import { READABLE } from "../ffi/backend.ts";
import type { Future } from "../future/future.ts";
import type { Ready } from "../reactor/interest.ts";
import { toWire } from "../scheduler/multi_thread/handle.ts";
import type { CannotSend } from "../scheduler/multi_thread/sendable.ts";
import { checkBuffer, checkBuffers } from "./buffer.ts";
import { checkReadBuf, type ReadBuf } from "./read_buf.ts";
import type { Socket } from "./socket.ts";
import type { SocketAddr } from "./socket_addr.ts";
import {
  immediately,
  Operation,
  Read,
  tryPeek,
  tryRead,
  tryReadBuf,
  tryReadVectored,
  waitReady,
} from "./stream_ops.ts";

/**
 * Where data come from. A borrowed half of a stream; the stream itself is one too.
 *
 * @example
 * ```ts
 * import { TcpListener, TcpStream } from "@edo/runtime/net";
 * import { join } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await TcpListener.bind("127.0.0.1:0");
 * using client = await TcpStream.connect(listener.localAddr());
 * const [server] = await listener.accept();
 * using _server = server;
 * const { reader } = client.split();
 * const buffer = new Uint8Array(8);
 * const [count] = await join(reader.read(buffer), server.writeAll(new Uint8Array([1, 2, 3])));
 * assertEquals(buffer.subarray(0, count), new Uint8Array([1, 2, 3]));
 * ```
 */
export class ReadHalf {
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
   * Reads what is there into `buffer`, and waits while nothing is.
   *
   * **Cancel safety:** when it is dropped, no data were taken.
   *
   * @param buffer Gets the data from its beginning. It must not be transferred meanwhile.
   * @returns How many bytes were read; 0 is the end of the stream, or an empty buffer.
   * @throws {TypeError} At the call, when `buffer` is no `Uint8Array`.
   * @throws {OsError} `ECONNRESET` and others.
   */
  read(buffer: Uint8Array): Future<number> {
    checkBuffer(buffer);
    return new Read(this.#socket, buffer);
  }

  /**
   * As {@linkcode ReadHalf.read}, into several buffers by one call, filled one after another.
   *
   * @param buffers At most 64 are used by one call.
   */
  readVectored(buffers: readonly Uint8Array[]): Future<number> {
    checkBuffers(buffers);
    return new Operation(this.#socket, READABLE, tryReadVectored, buffers);
  }

  /**
   * As {@linkcode ReadHalf.read}, into the room that is left in `buffer`, which then counts as data.
   *
   * @returns How many bytes were read; 0 is the end of the stream, or a full buffer.
   */
  readBuf(buffer: ReadBuf): Future<number> {
    checkReadBuf(buffer);
    return new Operation(this.#socket, READABLE, tryReadBuf, buffer);
  }

  /** As {@linkcode ReadHalf.read}, leaving the data for the next read. */
  peek(buffer: Uint8Array): Future<number> {
    checkBuffer(buffer);
    return new Operation(this.#socket, READABLE, tryPeek, buffer);
  }

  /**
   * Reads at once.
   *
   * @returns As {@linkcode ReadHalf.read}, or `undefined` when it would have to wait.
   */
  tryRead(buffer: Uint8Array): number | undefined {
    checkBuffer(buffer);
    return immediately(this.#socket, READABLE, tryRead, buffer);
  }

  /** As {@linkcode ReadHalf.tryRead}, into several buffers. */
  tryReadVectored(buffers: readonly Uint8Array[]): number | undefined {
    checkBuffers(buffers);
    return immediately(this.#socket, READABLE, tryReadVectored, buffers);
  }

  /**
   * Waits until a read would not, the end of the stream included. It may be wrong: read with
   * {@linkcode ReadHalf.tryRead} and wait again.
   *
   * **Cancel safety:** nothing is lost.
   */
  readReady(): Future<Ready> {
    return waitReady(this.#socket, READABLE);
  }

  /** The address of this end. */
  localAddr(): SocketAddr {
    return this.#socket.localAddr();
  }

  /**
   * The address of the other end.
   *
   * @throws {OsError} `ENOTCONN` when the connection is gone and it was never asked for.
   */
  peerAddr(): SocketAddr {
    return this.#socket.peerAddr();
  }
}
