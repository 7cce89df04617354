/**
 * The contract of named pipes, which Windows alone has.
 *
 * Calls answer as those of {@linkcode Sockets} do: with 0 or more, `WOULD_BLOCK` or `FAILED`. What
 * would block has begun all the same, in memory of edo's own; its end is told as readiness, and the
 * next call gets the result.
 *
 * @module
 */

import type { Failure } from "./os_error.ts";

/** How the server's end of a pipe is made. */
export interface PipeCreation {
  /** Whether writes stay apart as messages. */
  readonly messages: boolean;
  /** Whether clients may write. */
  readonly inbound: boolean;
  /** Whether clients may read. */
  readonly outbound: boolean;
  /** Whether it must be the first of its name. */
  readonly first: boolean;
  /** Whether clients of other machines are refused. */
  readonly rejectRemote: boolean;
  /** How many may exist of the name, or `undefined` for no limit. */
  readonly maxInstances: number | undefined;
  /** Bytes that the system sets apart for what the server writes. */
  readonly outBufferSize: number;
  /** Bytes that the system sets apart for what clients write. */
  readonly inBufferSize: number;
}

/** How the client's end is opened. */
export interface PipeOpening {
  /** Whether reads get whole messages. */
  readonly messages: boolean;
  /** Whether it reads. */
  readonly read: boolean;
  /** Whether it writes. */
  readonly write: boolean;
  /** What the server may do in the client's name: flags of Windows' security quality of service. */
  readonly securityQos: number;
}

/** What the system tells of an end. */
export interface PipeFacts {
  /** Whether the pipe keeps messages apart. */
  readonly messages: boolean;
  /** Whether this is the server's end. */
  readonly isServer: boolean;
  /** How many instances there may be, or `undefined` for no limit. */
  readonly maxInstances: number | undefined;
  /** Bytes set apart for what is written. */
  readonly outBufferSize: number;
  /** Bytes set apart for what is read. */
  readonly inBufferSize: number;
}

/** An open end of a pipe. */
export interface PipeHandle {
  /** Its number in this process. */
  readonly handle: number;
  /** Whom to tell that one of the bits of `readiness` has become possible. */
  onReady: (readiness: number) => void;
  /** Called when a write that outlived `close` has ended. */
  onReleased: () => void;
  /** Waits for a client. */
  connect(): number;
  /** Sends the client away, and forgets what was not read. */
  disconnect(): number;
  /** Reads into `buffer`; 0 is the end. */
  receive(buffer: Uint8Array): number;
  /** Takes `length` bytes of `buffer` to be written: all of them, or none. */
  send(buffer: Uint8Array, length: number): number;
  /** Whether what was taken has been written. */
  flush(): number;
  /** What the system tells of it, or `undefined` on failure. */
  facts(): PipeFacts | undefined;
  /**
   * Closes it. A write that the other end has not taken goes on.
   *
   * @returns Whether one does, so that `onReleased` will be called.
   */
  close(): boolean;
  /** Why the last call answered `FAILED`. */
  lastFailure(): Failure;
}

/** Named pipes whose ends report to the selector that they were made for. */
export interface NamedPipes {
  /** Makes an instance for a server; `undefined` on failure. */
  create(name: string, settings: PipeCreation): PipeHandle | undefined;
  /** Opens a client's end; `undefined` on failure. */
  open(name: string, settings: PipeOpening): PipeHandle | undefined;
  /** Why the last call answered `undefined`. */
  lastFailure(): Failure;
}
