/**
 * Reading from and writing to a connected stream socket.
 *
 * @module
 */

import { FAILED, PRIORITY, READABLE, WRITABLE } from "../ffi/backend.ts";
import type { Future } from "../future/future.ts";
import { IoFuture } from "../reactor/io_future.ts";
import type { Interest, Ready } from "../reactor/interest.ts";
import { checkAttached, shrunk } from "./buffer.ts";
import type { ReadBuf } from "./read_buf.ts";
import type { Socket } from "./socket.ts";

/** A call's answer: a count, or `null` when it would block. */
type Attempt = number | null;

/** Reads once; 0 at the end of the stream. A short read says that no more is there for now. */
export function tryRead(socket: Socket, buffer: Uint8Array): Attempt {
  if (buffer.byteLength === 0) return empty(buffer);
  const count = socket.calls.receive(socket.fd, buffer);
  if (count > 0) {
    // A read also stops short at the mark of urgent data, with more behind it.
    if (count < buffer.byteLength && !socket.isReady(PRIORITY)) socket.clear(READABLE);
    return count;
  }
  return settle(socket, count, READABLE, "read from");
}

/** As {@linkcode tryRead} into the room that `buffer` has left. */
export function tryReadBuf(socket: Socket, buffer: ReadBuf): Attempt {
  const count = tryRead(socket, buffer.unfilled);
  if (count !== null) buffer.advance(count);
  return count;
}

/** Writes the first `length` bytes once. A short write says that the send buffer is full for now. */
export function tryWrite(socket: Socket, buffer: Uint8Array, length: number): Attempt {
  if (length === 0) return empty(buffer);
  if (buffer.byteLength < length) throw shrunk(buffer, length);
  const count = socket.calls.send(socket.fd, buffer, length);
  if (count > 0) {
    if (count < length) socket.clear(WRITABLE);
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
  socket.clear(interest);
  return null;
}

/** The future of {@linkcode tryRead}. */
export class Read extends IoFuture<number, Socket> {
  declare private readonly buffer: Uint8Array;

  constructor(socket: Socket, buffer: Uint8Array) {
    super();
    this.interest = READABLE;
    this.waitingWaker = undefined;
    this.source = socket;
    this.buffer = buffer;
  }

  protected attempt(): number | null {
    return tryRead(this.source, this.buffer);
  }
}

/** The future of {@linkcode tryWrite}. */
export class Write extends IoFuture<number, Socket> {
  declare private readonly buffer: Uint8Array;
  declare private readonly length: number;

  constructor(socket: Socket, buffer: Uint8Array, length: number) {
    super();
    this.interest = WRITABLE;
    this.waitingWaker = undefined;
    this.source = socket;
    this.buffer = buffer;
    this.length = length;
  }

  protected attempt(): number | null {
    return tryWrite(this.source, this.buffer, this.length);
  }
}

/** The future of an operation that is too rare for a class of its own. */
export class Operation<A, T> extends IoFuture<T, Socket> {
  declare private readonly call: (socket: Socket, argument: A) => T | null;
  declare private readonly argument: A;

  /**
   * @param call Makes the call; answers with `null` when it would block.
   * @param argument What it is called with.
   */
  constructor(
    socket: Socket,
    interest: Interest,
    call: (socket: Socket, argument: A) => T | null,
    argument: A,
  ) {
    super();
    this.interest = interest;
    this.waitingWaker = undefined;
    this.source = socket;
    this.call = call;
    this.argument = argument;
  }

  protected attempt(): T | null {
    return this.call(this.source, this.argument);
  }
}

/** Writes a whole buffer. */
export class WriteAllFuture extends IoFuture<void, Socket> {
  /** How many bytes the system has taken. */
  declare written: number;
  declare private readonly buffer: Uint8Array;
  declare private readonly length: number;

  constructor(socket: Socket, buffer: Uint8Array, length: number) {
    super();
    this.interest = WRITABLE;
    this.waitingWaker = undefined;
    this.source = socket;
    this.written = 0;
    this.buffer = buffer;
    this.length = length;
  }

  protected attempt(): undefined | null {
    const { written, buffer, length } = this;
    const rest = written === 0 ? buffer : buffer.subarray(written);
    const count = tryWrite(this.source, rest, length - written);
    if (count === null) return null;
    this.written = written + count;
    return written + count === length ? undefined : null;
  }
}

/** Waits until a socket is believed to be ready for one of `interest`. */
export function waitReady(socket: Socket, interest: Interest): Future<Ready> {
  return new Operation(socket, interest, readiness, interest);
}

function readiness(socket: Socket, interest: Interest): Ready {
  return socket.ready(interest);
}

/** Makes a call that must not wait; `undefined` when it would. */
export function immediately<A, T>(
  socket: Socket,
  interest: Interest,
  call: (socket: Socket, argument: A) => T | null,
  argument: A,
): T | undefined {
  socket.check();
  return socket.isReady(interest) ? call(socket, argument) ?? undefined : undefined;
}
