/**
 * Reading from and writing to a connected stream socket.
 *
 * @module
 */

import { FAILED, READABLE, WRITABLE } from "../ffi/backend.ts";
import type { Future } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { IoFuture } from "../reactor/io_future.ts";
import type { Interest, Ready } from "../reactor/interest.ts";
import { checkAttached } from "./buffer.ts";
import type { ReadBuf } from "./read_buf.ts";
import type { Socket } from "./socket.ts";

/** A call's answer: a count, or `undefined` when it would block. */
type Attempt = number | undefined;

/** Reads once; 0 at the end of the stream. A short read says that no more is there for now. */
export function tryRead(socket: Socket, buffer: Uint8Array): Attempt {
  if (buffer.byteLength === 0) return empty(buffer);
  const count = socket.calls.receive(socket.fd, buffer);
  if (count > 0) {
    if (count < buffer.byteLength) socket.registration.clear(READABLE);
    return count;
  }
  return settle(socket, count, READABLE, "read from");
}

/** As {@linkcode tryRead} into the room that `buffer` has left. */
export function tryReadBuf(socket: Socket, buffer: ReadBuf): Attempt {
  const count = tryRead(socket, buffer.unfilled);
  if (count !== undefined) buffer.advance(count);
  return count;
}

/** Writes once. A short write says that the send buffer is full for now. */
export function tryWrite(socket: Socket, buffer: Uint8Array): Attempt {
  if (buffer.byteLength === 0) return empty(buffer);
  const count = socket.calls.send(socket.fd, buffer);
  if (count > 0) {
    if (count < buffer.byteLength) socket.registration.clear(WRITABLE);
    return count;
  }
  return settle(socket, count, WRITABLE, "write to");
}

/** As {@linkcode tryRead}, leaving the data where they are. */
export function tryPeek(socket: Socket, buffer: Uint8Array): Attempt {
  if (buffer.byteLength === 0) return empty(buffer);
  return settle(socket, socket.calls.peek(socket.fd, buffer), READABLE, "peek at");
}

/** As {@linkcode tryRead} into several buffers. */
export function tryReadVectored(socket: Socket, buffers: readonly Uint8Array[]): Attempt {
  buffers.forEach(checkAttached);
  return settle(socket, socket.calls.receiveVectored(socket.fd, buffers), READABLE, "read from");
}

/** As {@linkcode tryWrite} from several buffers. */
export function tryWriteVectored(socket: Socket, buffers: readonly Uint8Array[]): Attempt {
  buffers.forEach(checkAttached);
  return settle(socket, socket.calls.sendVectored(socket.fd, buffers), WRITABLE, "write to");
}

function empty(buffer: Uint8Array): number {
  checkAttached(buffer);
  return 0;
}

function settle(socket: Socket, count: number, interest: Interest, action: string): Attempt {
  if (count >= 0) return count;
  if (count === FAILED) throw socket.failure(action);
  socket.registration.clear(interest);
  return undefined;
}

/** The future of {@linkcode tryRead}. */
export class Read extends IoFuture<number> {
  readonly #socket: Socket;
  readonly #buffer: Uint8Array;

  constructor(socket: Socket, buffer: Uint8Array) {
    super(socket.registration, READABLE);
    this.#socket = socket;
    this.#buffer = buffer;
  }

  protected attempt(): Poll<number> {
    return tryRead(this.#socket, this.#buffer) ?? Pending;
  }
}

/** The future of {@linkcode tryWrite}. */
export class Write extends IoFuture<number> {
  readonly #socket: Socket;
  readonly #buffer: Uint8Array;

  constructor(socket: Socket, buffer: Uint8Array) {
    super(socket.registration, WRITABLE);
    this.#socket = socket;
    this.#buffer = buffer;
  }

  protected attempt(): Poll<number> {
    return tryWrite(this.#socket, this.#buffer) ?? Pending;
  }
}

/** The future of an operation that is too rare for a class of its own. */
export class Operation<A, T> extends IoFuture<T> {
  readonly #socket: Socket;
  readonly #call: (socket: Socket, argument: A) => T | undefined;
  readonly #argument: A;

  /**
   * @param call Makes the call; answers with `undefined` when it would block.
   * @param argument What it is called with.
   */
  constructor(
    socket: Socket,
    interest: Interest,
    call: (socket: Socket, argument: A) => T | undefined,
    argument: A,
  ) {
    super(socket.registration, interest);
    this.#socket = socket;
    this.#call = call;
    this.#argument = argument;
  }

  protected attempt(): Poll<T> {
    return this.#call(this.#socket, this.#argument) ?? Pending;
  }
}

/**
 * Writes a whole buffer.
 *
 * `written` tells how far it has come, also after it failed or was dropped.
 */
export class WriteAll extends IoFuture<void> {
  /** How many bytes the system has taken. */
  written = 0;
  readonly #socket: Socket;
  #rest: Uint8Array;

  /** Made by `writeAll`. */
  constructor(socket: Socket, buffer: Uint8Array) {
    super(socket.registration, WRITABLE);
    this.#socket = socket;
    this.#rest = buffer;
  }

  protected attempt(): Poll<void> {
    const rest = this.#rest;
    const count = tryWrite(this.#socket, rest);
    if (count === undefined) return Pending;
    this.written += count;
    if (count === rest.byteLength) return;
    this.#rest = rest.subarray(count);
    return Pending;
  }
}

/** Waits until a socket is believed to be ready for one of `interest`. */
export function waitReady(socket: Socket, interest: Interest): Future<Ready> {
  return new Operation(socket, interest, readiness, interest);
}

function readiness(socket: Socket, interest: Interest): Ready {
  return socket.registration.ready(interest);
}

/** Makes a call that must not wait; `undefined` when it would. */
export function immediately<A, T>(
  socket: Socket,
  interest: Interest,
  call: (socket: Socket, argument: A) => T | undefined,
  argument: A,
): T | undefined {
  socket.check();
  return socket.registration.isReady(interest) ? call(socket, argument) : undefined;
}
