/**
 * The two sides of a TCP connection with owners of their own.
 *
 * @module
 */

import { ReadHalf } from "./read_half.ts";
import type { Socket } from "./socket.ts";
import { TcpStream } from "./tcp_stream.ts";
import { WriteHalf } from "./write_half.ts";

/** What both halves of one connection share. */
interface Pair {
  readonly socket: Socket;
  /** How many halves have not been disposed. */
  owners: number;
}

/** Takes a writing half out of its pair for a reunion; `false` if it is not of this one. */
let leave: (half: OwnedWriteHalf, pair: Pair) => boolean;

/** Makes both halves of a connection. */
export function ownHalves(socket: Socket): { reader: OwnedReadHalf; writer: OwnedWriteHalf } {
  const pair: Pair = { socket, owners: 2 };
  return { reader: new OwnedReadHalf(pair), writer: new OwnedWriteHalf(pair) };
}

/**
 * Two halves are not of the same connection. They ride on the error.
 *
 * @example
 * ```ts
 * import { ReuniteError, TcpListener, TcpStream } from "@edo/runtime/net";
 * import { assertThrows } from "@std/assert";
 *
 * using listener = await TcpListener.bind("127.0.0.1:0");
 * using one = (await TcpStream.connect(listener.localAddr())).intoSplit().reader;
 * using two = (await TcpStream.connect(listener.localAddr())).intoSplit().writer;
 * assertThrows(() => one.reunite(two), ReuniteError);
 * ```
 */
export class ReuniteError extends Error {
  /** Always `"ReuniteError"`. */
  override readonly name = "ReuniteError";
  /** The half that was asked. */
  readonly reader: OwnedReadHalf;
  /** The half that it was given. */
  readonly writer: OwnedWriteHalf;

  /** Makes the error. */
  constructor(reader: OwnedReadHalf, writer: OwnedWriteHalf) {
    super("Cannot reunite halves: they belong to different connections");
    this.reader = reader;
    this.writer = writer;
  }
}

/**
 * The reading side, with a share in the connection: it is closed when both halves are disposed.
 *
 * @example
 * ```ts
 * import { TcpListener, TcpStream } from "@edo/runtime/net";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await TcpListener.bind("127.0.0.1:0");
 * const { reader, writer } = (await TcpStream.connect(listener.localAddr())).intoSplit();
 * using server = (await listener.accept())[0];
 * writer[Symbol.dispose](); // ends the writing side
 * assertEquals(await server.read(new Uint8Array(1)), 0);
 * await server.writeAll(new Uint8Array([7]));
 * assertEquals(await reader.read(new Uint8Array(1)), 1);
 * reader[Symbol.dispose](); // closes the connection
 * ```
 */
export class OwnedReadHalf extends ReadHalf implements Disposable {
  #pair: Pair | undefined;

  /** Made by `intoSplit`. */
  constructor(pair: Pair) {
    super(pair.socket);
    this.#pair = pair;
  }

  /**
   * Makes a stream of both halves again, which must not be used any more.
   *
   * @throws {ReuniteError} When `writer` is of another connection, or a half was disposed.
   */
  reunite(writer: OwnedWriteHalf): TcpStream {
    const pair = this.#pair;
    if (pair === undefined || !leave(writer, pair)) throw new ReuniteError(this, writer);
    this.#pair = undefined;
    return new TcpStream(pair.socket);
  }

  /** Gives up the share in the connection. */
  [Symbol.dispose](): void {
    const pair = this.#pair;
    this.#pair = undefined;
    release(pair);
  }
}

/**
 * The writing side, with a share in the connection. Disposing it ends the writing side.
 *
 * @example
 * ```ts
 * import { TcpListener, TcpStream } from "@edo/runtime/net";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await TcpListener.bind("127.0.0.1:0");
 * const { reader, writer } = (await TcpStream.connect(listener.localAddr())).intoSplit();
 * using stream = reader.reunite(writer);
 * assertEquals(stream.peerAddr().port, listener.localAddr().port);
 * ```
 */
export class OwnedWriteHalf extends WriteHalf implements Disposable {
  #pair: Pair | undefined;

  static {
    leave = (half, pair) => {
      if (half.#pair !== pair) return false;
      half.#pair = undefined;
      return true;
    };
  }

  /** Made by `intoSplit`. */
  constructor(pair: Pair) {
    super(pair.socket);
    this.#pair = pair;
  }

  /** Gives up the share in the connection without ending the writing side. */
  forget(): void {
    const pair = this.#pair;
    this.#pair = undefined;
    release(pair);
  }

  /** Ends the writing side and gives up the share in the connection. */
  [Symbol.dispose](): void {
    const pair = this.#pair;
    this.#pair = undefined;
    if (pair?.socket.isOpen) pair.socket.calls.shutdown(pair.socket.fd, "write");
    release(pair);
  }
}

function release(pair: Pair | undefined): void {
  if (pair !== undefined && --pair.owners === 0) pair.socket.close();
}
