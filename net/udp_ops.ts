/**
 * Sending and receiving datagrams.
 *
 * @module
 */

import { FAILED, READABLE, WRITABLE } from "../ffi/backend.ts";
import { IoFuture } from "../reactor/io_future.ts";
import { checkAttached, shrunk } from "./buffer.ts";
import type { Socket } from "./socket.ts";
import { SocketAddr } from "./socket_addr.ts";

/**
 * A datagram was larger than the buffer. The buffer has its beginning; the rest is lost, as the
 * system discards it.
 *
 * @example
 * ```ts
 * import { DatagramTooLargeError, UdpSocket } from "@edo/runtime/net";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * using socket = await UdpSocket.bind("127.0.0.1:0");
 * await socket.sendTo(new Uint8Array([1, 2, 3]), socket.localAddr());
 * const buffer = new Uint8Array(2);
 * const error = await assertRejects(
 *   async () => await socket.recvFrom(buffer),
 *   DatagramTooLargeError,
 * );
 * assertEquals([error.size, error.received, buffer[1]], [3, 2, 2]);
 * ```
 */
export class DatagramTooLargeError extends RangeError {
  /** Always `"DatagramTooLargeError"`. */
  override readonly name = "DatagramTooLargeError";
  /** The size of the datagram in bytes. */
  readonly size: number;
  /** How many of its bytes are in the buffer. */
  readonly received: number;
  /** Who sent it, where that was asked for. */
  readonly address: SocketAddr | undefined;

  /** Makes the error. */
  constructor(size: number, received: number, address: SocketAddr | undefined) {
    super(`Cannot receive a datagram of ${size} bytes: the buffer has ${received}`);
    this.size = size;
    this.received = received;
    this.address = address;
  }
}

/** Receives from the connected peer; `null` when it would wait. */
export function tryRecv(socket: Socket, buffer: Uint8Array, peek: boolean): number | null {
  if (buffer.byteLength === 0) checkAttached(buffer);
  const size = socket.calls.receiveFrom(socket.fd, buffer, peek, false);
  if (size >= 0) {
    if (size > buffer.byteLength) {
      throw new DatagramTooLargeError(size, buffer.byteLength, undefined);
    }
    return size;
  }
  if (size === FAILED) throw socket.failure("receive from");
  socket.clear(READABLE);
  return null;
}

/** Receives from anyone; `null` when it would wait. */
export function tryRecvFrom(
  socket: Socket,
  buffer: Uint8Array,
  peek: boolean,
): [number, SocketAddr] | null {
  if (buffer.byteLength === 0) checkAttached(buffer);
  const size = socket.calls.receiveFrom(socket.fd, buffer, peek, true);
  if (size >= 0) {
    const address = new SocketAddr(socket.calls.peer());
    if (size > buffer.byteLength) {
      throw new DatagramTooLargeError(size, buffer.byteLength, address);
    }
    return [size, address];
  }
  if (size === FAILED) throw socket.failure("receive from");
  socket.clear(READABLE);
  return null;
}

/** Sends to the connected peer or to `address`; `null` when it would wait. */
export function trySend(
  socket: Socket,
  buffer: Uint8Array,
  length: number,
  address: SocketAddr | undefined,
): number | null {
  if (buffer.byteLength < length) throw shrunk(buffer, length);
  if (length === 0) checkAttached(buffer);
  const { calls, fd } = socket;
  return address === undefined
    ? sent(socket, calls.send(fd, buffer, length), address)
    : sent(socket, calls.sendTo(fd, buffer, length, address.endpoint), address);
}

function sent(socket: Socket, count: number, to: SocketAddr | undefined): number | null {
  if (count >= 0) return count;
  if (count === FAILED) throw socket.failure("send from", to);
  socket.clear(WRITABLE);
  return null;
}

/** The future of {@linkcode tryRecv}. */
export class Recv extends IoFuture<number, Socket> {
  declare private readonly buffer: Uint8Array;
  declare private readonly peek: boolean;

  constructor(socket: Socket, buffer: Uint8Array, peek: boolean) {
    super();
    this.interest = READABLE;
    this.waitingWaker = undefined;
    this.source = socket;
    this.buffer = buffer;
    this.peek = peek;
  }

  protected attempt(): number | null {
    return tryRecv(this.source, this.buffer, this.peek);
  }
}

/** The future of {@linkcode tryRecvFrom}. */
export class RecvFrom extends IoFuture<[number, SocketAddr], Socket> {
  declare private readonly buffer: Uint8Array;
  declare private readonly peek: boolean;

  constructor(socket: Socket, buffer: Uint8Array, peek: boolean) {
    super();
    this.interest = READABLE;
    this.waitingWaker = undefined;
    this.source = socket;
    this.buffer = buffer;
    this.peek = peek;
  }

  protected attempt(): [number, SocketAddr] | null {
    return tryRecvFrom(this.source, this.buffer, this.peek);
  }
}

/** The future of {@linkcode trySend}. */
export class Send extends IoFuture<number, Socket> {
  declare private readonly buffer: Uint8Array;
  declare private readonly length: number;
  declare private readonly address: SocketAddr | undefined;

  constructor(
    socket: Socket,
    buffer: Uint8Array,
    length: number,
    address: SocketAddr | undefined,
  ) {
    super();
    this.interest = WRITABLE;
    this.waitingWaker = undefined;
    this.source = socket;
    this.buffer = buffer;
    this.length = length;
    this.address = address;
  }

  protected attempt(): number | null {
    return trySend(this.source, this.buffer, this.length, this.address);
  }
}
