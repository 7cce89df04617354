/**
 * One end of a named pipe: what is read and written goes through memory of edo's own.
 *
 * P1 At most one read, one write and one connect are under way. A call that would have to wait has
 *    begun one of them and answers `WOULD_BLOCK`; at its end the pipe is ready, and the next call
 *    gets what came of it. So a reader that gives up loses nothing: what arrives waits for the next.
 * P2 A write is taken as a whole, copied, and answered before its end. What goes wrong with it fails
 *    the next write or flush.
 * P3 Closing gives a read and a connect up, and lets a write go on, because who wrote was told that it
 *    was taken. The handle is closed when that has ended.
 *
 * @module
 */

import { FAILED, READABLE, WOULD_BLOCK, WRITABLE } from "../backend.ts";
import type { PipeFacts, PipeHandle } from "../named_pipes.ts";
import type { Failure } from "../os_error.ts";
import { ERRORS } from "./errors.ts";
import type { Operations, Overlapped } from "./overlapped.ts";
import type { PipeCalls } from "./pipes.ts";
import { failureOf, type System } from "./system.ts";

/** How much is read at once. */
const READ_SIZE = 64 * 1024;

const PIPE_SERVER_END = 1;
const PIPE_TYPE_MESSAGE = 4;
const PIPE_UNLIMITED_INSTANCES = 255;

/** The other end has gone, or was sent away: nothing more will come. */
const ENDS: readonly number[] = [
  ERRORS.ERROR_BROKEN_PIPE[0],
  ERRORS.ERROR_PIPE_NOT_CONNECTED[0],
];
const ERROR_NO_DATA = ERRORS.ERROR_NO_DATA[0];
/** The message is longer than the memory; the rest comes with the next read. */
const ERROR_MORE_DATA = 234;
/** A client was faster than the call that waits for one. */
const ERROR_PIPE_CONNECTED = 535;
/** No client has come yet. */
const ERROR_PIPE_LISTENING = ERRORS.ERROR_PIPE_LISTENING[0];

/** {@linkcode PipeHandle} by overlapped operations. */
export class WindowsPipe implements PipeHandle {
  readonly handle: number;
  onReady: (readiness: number) => void = () => {};
  onReleased: () => void = () => {};
  readonly #system: System;
  readonly #calls: PipeCalls;
  readonly #operations: Operations;
  #connecting: Overlapped | undefined = undefined;
  #connected: number | undefined = undefined;
  #reading: Overlapped | undefined = undefined;
  /** What was read and not taken: from where, until where. */
  #from = 0;
  #until = 0;
  /** What came of a read that brought nothing. */
  #readError: number | undefined = undefined;
  #writing: Overlapped | undefined = undefined;
  #writeError = 0;
  #isClosed = false;
  #failure: Failure = { code: "", errno: 0, syscall: "" };

  constructor(system: System, calls: PipeCalls, operations: Operations, handle: number) {
    this.#system = system;
    this.#calls = calls;
    this.#operations = operations;
    this.handle = handle;
  }

  connect(): number {
    if (this.#connecting?.isPending) return WOULD_BLOCK;
    const ended = this.#connected;
    this.#connected = undefined;
    if (ended !== undefined) return this.#answerConnect(ended);
    const connecting = this.#connecting ??= this.#operations.create(this.handle, 0, () => {
      this.#connected = connecting.error;
      this.onReady(READABLE | WRITABLE);
    });
    const error = connecting.begin((at) => this.#calls.ConnectNamedPipe(this.handle, at));
    return error === 0 ? WOULD_BLOCK : this.#answerConnect(error);
  }

  disconnect(): number {
    for (const operation of [this.#connecting, this.#reading, this.#writing]) {
      operation?.[Symbol.dispose]();
    }
    this.#connecting = this.#reading = this.#writing = undefined;
    this.#connected = this.#readError = undefined;
    this.#from = this.#until = this.#writeError = 0;
    if (this.#calls.DisconnectNamedPipe(this.handle) !== 0) return 0;
    return this.#fail(this.#system.lastError(), "DisconnectNamedPipe");
  }

  receive(buffer: Uint8Array): number {
    if (this.#until > this.#from) return this.#take(buffer);
    const ended = this.#readError;
    this.#readError = undefined;
    if (ended !== undefined) return this.#answerRead(ended);
    const reading = this.#reading ??= this.#operations.create(
      this.handle,
      READ_SIZE,
      () => this.#wasRead(reading),
    );
    if (reading.isPending) return WOULD_BLOCK;
    const { dataAt } = reading;
    const error = reading.begin((at) =>
      this.#calls.ReadFile(this.handle, dataAt, READ_SIZE, null, at)
    );
    return error === 0 ? WOULD_BLOCK : this.#answerRead(error);
  }

  send(buffer: Uint8Array, length: number): number {
    const flushed = this.flush();
    if (flushed !== 0) return flushed;
    const writing = this.#roomFor(length);
    writing.data.set(length < buffer.byteLength ? buffer.subarray(0, length) : buffer);
    const { dataAt } = writing;
    const error = writing.begin((at) =>
      this.#calls.WriteFile(this.handle, dataAt, length, null, at)
    );
    return error === 0 ? length : this.#fail(error, "WriteFile");
  }

  flush(): number {
    if (this.#writing?.isPending) return WOULD_BLOCK;
    const error = this.#writeError;
    this.#writeError = 0;
    return error === 0 ? 0 : this.#fail(error, "WriteFile");
  }

  facts(): PipeFacts | undefined {
    const [flags, out, into, most] = Array.from({ length: 4 }, () => new Uint32Array(1));
    if (this.#calls.GetNamedPipeInfo(this.handle, flags!, out!, into!, most!) === 0) {
      this.#fail(this.#system.lastError(), "GetNamedPipeInfo");
      return undefined;
    }
    return {
      messages: (flags![0]! & PIPE_TYPE_MESSAGE) !== 0,
      isServer: (flags![0]! & PIPE_SERVER_END) !== 0,
      maxInstances: most![0]! >= PIPE_UNLIMITED_INSTANCES ? undefined : most![0],
      outBufferSize: out![0]!,
      inBufferSize: into![0]!,
    };
  }

  close(): boolean {
    this.#isClosed = true;
    this.#connecting?.[Symbol.dispose]();
    this.#reading?.[Symbol.dispose]();
    const lingers = this.#writing?.isPending ?? false;
    if (!lingers) this.#release();
    return lingers;
  }

  lastFailure(): Failure {
    return this.#failure;
  }

  #release(): void {
    this.#writing?.[Symbol.dispose]();
    this.#system.kernel.CloseHandle(this.handle);
  }

  /** Memory for a write of `length` bytes. */
  #roomFor(length: number): Overlapped {
    if (this.#writing !== undefined && this.#writing.data.byteLength >= length) {
      return this.#writing;
    }
    this.#writing?.[Symbol.dispose]();
    const writing = this.#operations.create(this.handle, length, () => this.#wasWritten(writing));
    return this.#writing = writing;
  }

  #wasRead(reading: Overlapped): void {
    const { error, transferred } = reading;
    this.#from = 0;
    this.#until = error === 0 || error === ERROR_MORE_DATA ? transferred : 0;
    // An empty message is told too: as a read of nothing.
    if (this.#until === 0) this.#readError = error;
    this.onReady(READABLE);
  }

  #wasWritten(writing: Overlapped): void {
    this.#writeError = writing.error;
    if (!this.#isClosed) return this.onReady(WRITABLE);
    this.#release();
    this.onReleased();
  }

  #take(buffer: Uint8Array): number {
    const count = Math.min(buffer.byteLength, this.#until - this.#from);
    buffer.set(this.#reading!.data.subarray(this.#from, this.#from + count));
    this.#from += count;
    return count;
  }

  #answerConnect(error: number): number {
    // A client that has come and gone leaves what it wrote.
    if (error === 0 || error === ERROR_PIPE_CONNECTED || error === ERROR_NO_DATA) return 0;
    return this.#fail(error, "ConnectNamedPipe");
  }

  #answerRead(error: number): number {
    if (error === 0 || ENDS.includes(error)) return 0;
    return error === ERROR_PIPE_LISTENING ? WOULD_BLOCK : this.#fail(error, "ReadFile");
  }

  #fail(errno: number, syscall: string): number {
    this.#failure = failureOf(errno, syscall);
    return FAILED;
  }
}
