/**
 * TCP connections.
 *
 * @module
 */

import type { OsError } from "../ffi/os_error.ts";
import type { Future } from "../future/future.ts";
import { future } from "../future/generator.ts";
import type { Interest, Ready } from "../reactor/interest.ts";
import { toWire, type WireForm } from "../scheduler/multi_thread/handle.ts";
import type { Duration } from "../time/duration.ts";
import { adopt } from "./adopt.ts";
import { checkBuffer, lengthOf } from "./buffer.ts";
import { connect } from "./connect.ts";
import { parseTarget, type ToSocketAddrs } from "./lookup.ts";
import type { ReadBuf } from "./read_buf.ts";
import { ReadHalf } from "./read_half.ts";
import type { Socket } from "./socket.ts";
import type { SocketAddr } from "./socket_addr.ts";
import { Read, waitReady, Write, WriteAllFuture } from "./stream_ops.ts";
import {
  checkRange,
  getKeepalive,
  getLinger,
  hopOption,
  type KeepAlive,
  setKeepalive,
  setLinger,
} from "./tcp_options.ts";
import { type OwnedReadHalf, type OwnedWriteHalf, ownHalves } from "./tcp_split.ts";
import { readableOf, writableOf } from "./web_streams.ts";
import { formOf, socketHandle } from "./wire.ts";
import { type WriteAll, WriteHalf } from "./write_half.ts";

/**
 * A TCP connection.
 *
 * - **Owned:** it is open until `close`, `using` or the disposal of both owned halves. JavaScript has
 *   no destructors: a stream that is forgotten stays open.
 * - **Two sides:** one task may read while another writes; several readers take turns.
 * - **Cancel safety:** dropping a `read`, `peek`, `write` or wait loses nothing; `writeAll` tells how
 *   far it has come.
 * - **Moves:** sent to a worker, as in `spawn(serve, stream)`, it is open there and as if closed here.
 *
 * Follows Tokio's `net::TcpStream`; its `readable` and `writable` are `readReady` and `writeReady`
 * here, because JavaScript has streams by these names.
 *
 * @example
 * ```ts
 * import { TcpListener, TcpStream } from "@edo/runtime/net";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await TcpListener.bind("127.0.0.1:0");
 * using client = await TcpStream.connect(listener.localAddr());
 * using server = (await listener.accept())[0];
 * await client.writeAll(new TextEncoder().encode("hello"));
 * const buffer = new Uint8Array(16);
 * const count = await server.read(buffer);
 * assertEquals(new TextDecoder().decode(buffer.subarray(0, count)), "hello");
 * ```
 */
export class TcpStream implements Disposable {
  readonly #socket: Socket;
  #reader: ReadHalf | undefined = undefined;
  #writer: WriteHalf | undefined = undefined;
  #readable: ReadableStream<Uint8Array> | undefined = undefined;
  #writable: WritableStream<Uint8Array> | undefined = undefined;
  #webSides = 2;
  #isSplit = false;

  /** Wraps a connected socket; see `connect`, `accept` and `fromFd`. */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Opens a connection.
   *
   * A host name is resolved by the system, on another thread; its addresses are tried in order and
   * the failure of the last one is thrown.
   *
   * **Cancel safety:** dropping it closes the attempt.
   *
   * @param address `"host:port"`, `"[::1]:port"`, `{ hostname, port }` or a `SocketAddr`.
   * @throws {TypeError} At the call, when the address has a wrong form.
   * @throws {RangeError} At the call, when the port is out of range.
   * @throws {OsError} `ECONNREFUSED`, `ETIMEDOUT`, `EHOSTUNREACH`, `ENOTFOUND` and others.
   */
  static connect(address: ToSocketAddrs): Future<TcpStream> {
    const target = parseTarget(address);
    return future(function* () {
      return new TcpStream(yield* connect(target));
    });
  }

  /**
   * Takes over the descriptor of a connected TCP socket and makes it non-blocking.
   *
   * @throws {TypeError} When it is something else.
   */
  static fromFd(fd: number): TcpStream {
    return new TcpStream(adopt(fd, "TCP stream"));
  }

  /** The descriptor, which the stream goes on to own. */
  get fd(): number {
    return this.#socket.fd;
  }

  /** Gives the descriptor away, open and non-blocking; the stream is as if closed. */
  intoFd(): number {
    return this.#socket.intoFd();
  }

  /** As {@linkcode ReadHalf.read}. */
  read(buffer: Uint8Array): Future<number> {
    checkBuffer(buffer);
    return new Read(this.#socket, buffer);
  }

  /** As {@linkcode ReadHalf.readVectored}. */
  readVectored(buffers: readonly Uint8Array[]): Future<number> {
    return this.#readHalf().readVectored(buffers);
  }

  /** As {@linkcode ReadHalf.readBuf}. */
  readBuf(buffer: ReadBuf): Future<number> {
    return this.#readHalf().readBuf(buffer);
  }

  /** As {@linkcode ReadHalf.peek}. */
  peek(buffer: Uint8Array): Future<number> {
    return this.#readHalf().peek(buffer);
  }

  /** As {@linkcode ReadHalf.tryRead}. */
  tryRead(buffer: Uint8Array): number | undefined {
    return this.#readHalf().tryRead(buffer);
  }

  /** As {@linkcode ReadHalf.tryReadVectored}. */
  tryReadVectored(buffers: readonly Uint8Array[]): number | undefined {
    return this.#readHalf().tryReadVectored(buffers);
  }

  /** As {@linkcode ReadHalf.readReady}. */
  readReady(): Future<Ready> {
    return this.#readHalf().readReady();
  }

  /** As {@linkcode WriteHalf.write}. */
  write(buffer: Uint8Array, length?: number): Future<number> {
    return new Write(this.#socket, buffer, lengthOf(buffer, length));
  }

  /** As {@linkcode WriteHalf.writeAll}. */
  writeAll(buffer: Uint8Array, length?: number): WriteAll {
    return new WriteAllFuture(this.#socket, buffer, lengthOf(buffer, length));
  }

  /** As {@linkcode WriteHalf.writeVectored}. */
  writeVectored(buffers: readonly Uint8Array[]): Future<number> {
    return this.#writeHalf().writeVectored(buffers);
  }

  /** As {@linkcode WriteHalf.tryWrite}. */
  tryWrite(buffer: Uint8Array): number | undefined {
    return this.#writeHalf().tryWrite(buffer);
  }

  /** As {@linkcode WriteHalf.tryWriteVectored}. */
  tryWriteVectored(buffers: readonly Uint8Array[]): number | undefined {
    return this.#writeHalf().tryWriteVectored(buffers);
  }

  /** As {@linkcode WriteHalf.writeReady}. */
  writeReady(): Future<Ready> {
    return this.#writeHalf().writeReady();
  }

  /** As {@linkcode WriteHalf.shutdown}. */
  shutdown(): Future<void> {
    return this.#writeHalf().shutdown();
  }

  /**
   * Waits until the connection is ready for one of `interest`. It may be wrong: try, and wait again
   * when the attempt would block. On macOS a wait for `Interest.ERROR` alone, and on FreeBSD also one
   * for `Interest.PRIORITY` alone, ends with the next data, because kqueue has no event for it.
   *
   * **Cancel safety:** nothing is lost.
   *
   * @param interest Bits of `Interest`, as `Interest.READABLE | Interest.WRITABLE`.
   */
  ready(interest: Interest): Future<Ready> {
    return waitReady(this.#socket, interest);
  }

  /** Both sides, each usable by a task of its own; the stream stays the owner. */
  split(): { readonly reader: ReadHalf; readonly writer: WriteHalf } {
    this.#isSplit = true;
    return { reader: this.#readHalf(), writer: this.#writeHalf() };
  }

  /**
   * Both sides as owners: disposing the writer ends the writing side, disposing both closes the
   * connection. The stream itself must not be used any more; `reader.reunite(writer)` gives another.
   */
  intoSplit(): { readonly reader: OwnedReadHalf; readonly writer: OwnedWriteHalf } {
    this.#socket.check();
    this.#isSplit = true;
    return ownHalves(this.#socket);
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

  /** Takes the error that the system holds for the connection, if any. */
  takeError(): OsError | undefined {
    return this.#socket.takeError();
  }

  /** Whether small writes are sent at once (TCP_NODELAY). */
  nodelay(): boolean {
    return this.#socket.getOption("noDelay") !== 0;
  }

  /** Sends small writes at once, instead of waiting to fill a segment (Nagle). Default `false`. */
  setNodelay(on: boolean): void {
    this.#socket.setOption("noDelay", on ? 1 : 0);
  }

  /**
   * Whether received data are acknowledged at once.
   *
   * @throws {OsError} `ENOPROTOOPT` on systems other than Linux.
   */
  quickack(): boolean {
    return this.#socket.getOption("quickAck") !== 0;
  }

  /**
   * Acknowledges received data at once, until the system changes its mind.
   *
   * @throws {OsError} `ENOPROTOOPT` on systems other than Linux.
   */
  setQuickack(on: boolean): void {
    this.#socket.setOption("quickAck", on ? 1 : 0);
  }

  /** For how many seconds a close waits for unsent data, or `undefined` if it does not. */
  linger(): number | undefined {
    return getLinger(this.#socket);
  }

  /**
   * What a close does with unsent data: `undefined` leaves them to the system; 0 throws them away and
   * resets the connection; more blocks the closing thread for up to that long.
   *
   * @param duration Rounded up to whole seconds.
   */
  setLinger(duration: Duration | undefined): void {
    setLinger(this.#socket, duration);
  }

  /** How many hops a packet may take. */
  ttl(): number {
    return this.#socket.getOption(hopOption(this.#socket));
  }

  /**
   * Sets how many hops a packet may take.
   *
   * @param hops 1 to 255.
   * @throws {RangeError} When `hops` is out of range.
   */
  setTtl(hops: number): void {
    checkRange("TTL", hops, 1, 255);
    this.#socket.setOption(hopOption(this.#socket), hops);
  }

  /** The settings of keep-alive, or `undefined` if it is off. */
  keepalive(): Required<Record<keyof KeepAlive, number>> | undefined {
    return getKeepalive(this.#socket);
  }

  /**
   * Probes a quiet connection. `true` uses the system's times.
   *
   * @throws {RangeError} When a time or a count is out of range.
   */
  setKeepalive(keepalive: boolean | KeepAlive): void {
    setKeepalive(this.#socket, keepalive);
  }

  /**
   * The reading side as a WHATWG byte stream. Once both it has ended or was cancelled and
   * {@linkcode TcpStream.writable} was closed or aborted, the connection is closed.
   */
  get readable(): ReadableStream<Uint8Array> {
    return this.#readable ??= readableOf(this.#readHalf(), () => this.#webSideDone());
  }

  /** The writing side as a WHATWG stream; closing it ends the writing side. */
  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= writableOf(this.#writeHalf(), () => this.#webSideDone());
  }

  /** Closes the connection. Those who wait on it fail; a second time does nothing. */
  close(): void {
    this.#socket.close();
  }

  /** As {@linkcode TcpStream.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Moves to another isolate: there it is open, here it is as if closed.
   *
   * @throws {TypeError} When somebody waits on it, when it was split, when one of its sides is in use
   * as a WHATWG stream, and when it is closed.
   */
  [toWire](): WireForm {
    const isWeb = this.#readable !== undefined || this.#writable !== undefined;
    return formOf(this.#socket, kind, this.#isSplit || isWeb);
  }

  /** The side that the rarer methods of reading belong to; the others are written out above. */
  #readHalf(): ReadHalf {
    return this.#reader ??= new ReadHalf(this.#socket);
  }

  #writeHalf(): WriteHalf {
    return this.#writer ??= new WriteHalf(this.#socket);
  }

  #webSideDone(): void {
    if (--this.#webSides === 0) this.close();
  }
}

const kind = socketHandle(import.meta, "TCP stream", (socket) => new TcpStream(socket));
