/**
 * Reading from and writing to a named pipe.
 *
 * @module
 */

import { FAILED, READABLE, WRITABLE } from "../../ffi/backend.ts";
import { IoFuture } from "../../reactor/io_future.ts";
import type { Interest, Ready } from "../../reactor/interest.ts";
import { checkAttached, shrunk } from "../buffer.ts";
import type { ReadBuf } from "../read_buf.ts";
import type { PipeSource } from "./pipe_source.ts";

/** A call's answer: a count, or `null` when it would block. */
type Attempt = number | null;

/** Takes what was read. */
export function tryRead(pipe: PipeSource, buffer: Uint8Array): Attempt {
  if (buffer.byteLength === 0) return empty(buffer);
  return settle(pipe, pipe.calls.receive(buffer), READABLE, "read from");
}

/** As {@linkcode tryRead} into the room that `buffer` has left. */
export function tryReadBuf(pipe: PipeSource, buffer: ReadBuf): Attempt {
  const count = tryRead(pipe, buffer.unfilled);
  if (count !== null) buffer.advance(count);
  return count;
}

/** Has the first `length` bytes written. */
export function tryWrite(pipe: PipeSource, buffer: Uint8Array, length: number): Attempt {
  if (length === 0) return empty(buffer);
  if (buffer.byteLength < length) throw shrunk(buffer, length);
  return settle(pipe, pipe.calls.send(buffer, length), WRITABLE, "write to");
}

/** Whether everything was written. */
export function tryFlush(pipe: PipeSource): Attempt {
  return settle(pipe, pipe.calls.flush(), WRITABLE, "write to");
}

/** Whether a client is there. */
export function tryConnect(pipe: PipeSource): Attempt {
  return settle(pipe, pipe.calls.connect(), WRITABLE, "wait for a client of");
}

function empty(buffer: Uint8Array): number {
  checkAttached(buffer);
  return 0;
}

function settle(pipe: PipeSource, count: number, interest: Interest, action: string): Attempt {
  if (count >= 0) return count;
  if (count === FAILED) throw pipe.failure(action);
  pipe.clear(interest);
  return null;
}

/** The future of a call. */
export class PipeOperation<T> extends IoFuture<T, PipeSource> {
  declare private readonly call: () => T | null;

  /** @param call Makes the call; answers with `null` when it would block. */
  constructor(pipe: PipeSource, interest: Interest, call: () => T | null) {
    super();
    this.interest = interest;
    this.waitingWaker = undefined;
    this.source = pipe;
    this.call = call;
  }

  protected attempt(): T | null {
    return this.call();
  }
}

/** Waits until a pipe is believed to be ready for one of `interest`. */
export function waitReady(pipe: PipeSource, interest: Interest): PipeOperation<Ready> {
  return new PipeOperation(pipe, interest, () => pipe.ready(interest));
}

/** Makes a call that must not wait; `undefined` when it would. */
export function immediately<T>(
  pipe: PipeSource,
  interest: Interest,
  call: () => T | null,
): T | undefined {
  pipe.check();
  return pipe.isReady(interest) ? call() ?? undefined : undefined;
}
