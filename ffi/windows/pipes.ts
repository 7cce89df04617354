/**
 * Opening the ends of named pipes.
 *
 * @module
 */

import type { NamedPipes, PipeCreation, PipeHandle, PipeOpening } from "../named_pipes.ts";
import type { Bound } from "../native.ts";
import type { Failure } from "../os_error.ts";
import type { Operations } from "./overlapped.ts";
import type { PIPE_CALLS } from "./pipe_calls.ts";
import { WindowsPipe } from "./pipe.ts";
import type { System } from "./system.ts";

/** kernel32's functions for pipes. */
export type PipeCalls = Bound<typeof PIPE_CALLS>;

/** Numbers of winbase.h and winnt.h. */
const C = {
  PIPE_ACCESS_INBOUND: 1,
  PIPE_ACCESS_OUTBOUND: 2,
  FILE_FLAG_FIRST_PIPE_INSTANCE: 0x80000,
  FILE_FLAG_OVERLAPPED: 0x40000000,
  PIPE_TYPE_MESSAGE: 4,
  PIPE_READMODE_MESSAGE: 2,
  PIPE_REJECT_REMOTE_CLIENTS: 8,
  PIPE_UNLIMITED_INSTANCES: 255,
  GENERIC_READ: 0x80000000,
  GENERIC_WRITE: 0x40000000,
  OPEN_EXISTING: 3,
  SECURITY_SQOS_PRESENT: 0x100000,
} as const;

/** {@linkcode NamedPipes} by overlapped operations. */
export class WindowsNamedPipes implements NamedPipes {
  readonly #system: System;
  readonly #calls: PipeCalls;
  readonly #operations: Operations;
  #failure: Failure = { code: "", errno: 0, syscall: "" };

  /** @param operations Those of the selector that the pipes report to. */
  constructor(system: System, calls: PipeCalls, operations: Operations) {
    this.#system = system;
    this.#calls = calls;
    this.#operations = operations;
  }

  create(name: string, settings: PipeCreation): PipeHandle | undefined {
    const { messages, inbound, outbound, first, rejectRemote } = settings;
    const handle = this.#calls.CreateNamedPipeW(
      wide(name),
      C.FILE_FLAG_OVERLAPPED | (inbound ? C.PIPE_ACCESS_INBOUND : 0) |
        (outbound ? C.PIPE_ACCESS_OUTBOUND : 0) | (first ? C.FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
      (messages ? C.PIPE_TYPE_MESSAGE | C.PIPE_READMODE_MESSAGE : 0) |
        (rejectRemote ? C.PIPE_REJECT_REMOTE_CLIENTS : 0),
      settings.maxInstances ?? C.PIPE_UNLIMITED_INSTANCES,
      settings.outBufferSize,
      settings.inBufferSize,
      0,
      null,
    );
    return this.#take(handle, "CreateNamedPipeW");
  }

  open(name: string, settings: PipeOpening): PipeHandle | undefined {
    const { messages, read, write, securityQos } = settings;
    const handle = this.#calls.CreateFileW(
      wide(name),
      ((read ? C.GENERIC_READ : 0) | (write ? C.GENERIC_WRITE : 0)) >>> 0,
      0,
      null,
      C.OPEN_EXISTING,
      (C.FILE_FLAG_OVERLAPPED | C.SECURITY_SQOS_PRESENT | securityQos) >>> 0,
      null,
    );
    if (handle < 0 || !messages) return this.#take(handle, "CreateFileW");
    const mode = Uint32Array.of(C.PIPE_READMODE_MESSAGE);
    if (this.#calls.SetNamedPipeHandleState(handle, mode, null, null) !== 0) {
      return this.#take(handle, "CreateFileW");
    }
    return this.#refuse(handle, "SetNamedPipeHandleState");
  }

  lastFailure(): Failure {
    return this.#failure;
  }

  #take(handle: number, syscall: string): PipeHandle | undefined {
    if (handle < 0) return this.#refuse(handle, syscall);
    if (!this.#operations.attach(handle)) return this.#refuse(handle, "CreateIoCompletionPort");
    return new WindowsPipe(this.#system, this.#calls, this.#operations, handle);
  }

  #refuse(handle: number, syscall: string): undefined {
    this.#failure = this.#system.lastFailure(syscall);
    if (handle >= 0) this.#system.kernel.CloseHandle(handle);
  }
}

/** A string as Windows takes it: UTF-16 with a zero at the end. */
function wide(text: string): Uint16Array {
  const units = new Uint16Array(text.length + 1);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return units;
}
