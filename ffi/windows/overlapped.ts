/**
 * Overlapped operations: for handles that have no readiness, as those of named pipes. The system
 * reads or writes a piece of memory by itself and reports the end on the port.
 *
 * O1 The memory of an operation (its OVERLAPPED and its data) is the kernel's from the call until the
 *    completion is taken from the port. It is native and edo's own: no buffer of a user's is lent, so
 *    none can be detached, moved or collected meanwhile.
 * O2 Giving an operation up asks the system to cancel it and frees the memory at its completion,
 *    which comes in any case, also where the operation completes at the same time, or where the
 *    handle is closed.
 * O3 A call that fails at once has no completion; one that succeeds at once has.
 * O4 Memory whose completion does not come before the port is closed is never freed.
 *
 * How a pipe uses it, beneath its own readiness:
 *
 *     operations.attach(handle)                  before the handle is registered with the reactor
 *     const reading = operations.create(handle, 4096, () => registration.dispatch(READABLE))
 *     reading.begin((overlapped) => kernel.ReadFile(handle, reading.dataAt, 4096, null, overlapped))
 *     … once `reading.isPending` is false: `reading.error`, `reading.transferred`, `reading.data`
 *     reading[Symbol.dispose]()                  before the handle is closed
 *
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import { addressAt, pointerAt, view } from "../library.ts";
import type { NativeMemory } from "../memory.ts";
import { LAYOUTS } from "./abi.ts";
import { type CompletionPort, KEY } from "./port.ts";
import type { System } from "./system.ts";

const AT = LAYOUTS.OVERLAPPED;

/** The call goes on and will complete. */
const ERROR_IO_PENDING = 997;
/** A message was longer than the memory: a warning, which completes as a success does. */
const ERROR_MORE_DATA = 234;

/** An operation, which may be begun again and again, with memory of its own. */
export class Overlapped implements Disposable {
  /** The address of its OVERLAPPED, by which completions name it. */
  readonly address: number;
  /** Where its data are. */
  readonly dataAt: Pointer;
  /** Its data, to be touched only while nothing is pending. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly #system: System;
  readonly #owner: Operations;
  readonly #handle: number;
  readonly #memory: NativeMemory;
  readonly #words: Int32Array;
  readonly #done: () => void;
  #isPending = false;
  #isDropped = false;

  /** See {@linkcode Operations.create}. */
  constructor(
    system: System,
    owner: Operations,
    handle: number,
    memory: NativeMemory,
    done: () => void,
  ) {
    this.#system = system;
    this.#owner = owner;
    this.#handle = handle;
    this.#memory = memory;
    this.#done = done;
    this.#words = new Int32Array(memory.buffer, 0, AT.size / 4);
    // A buffer of its own: whoever takes it away has nothing of the other.
    this.data = new Uint8Array(view(memory.pointer, memory.buffer.byteLength - AT.size, AT.size));
    this.address = Number(addressAt(memory.pointer));
    this.dataAt = pointerAt(memory.pointer, AT.size);
  }

  /** Whether the system has the memory. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** How many bytes the operation that has ended moved. */
  get transferred(): number {
    return this.#words[AT.InternalHigh / 4]!;
  }

  /** Why the operation that has ended failed: an error number of Windows, or 0. */
  get error(): number {
    const status = this.#words[AT.Internal / 4]!;
    // Negative is an error or a warning, as of a message longer than the memory.
    return status >= 0 ? 0 : this.#system.nt.RtlNtStatusToDosError(status);
  }

  /**
   * Begins the operation.
   *
   * @param call Makes the call with the address of the OVERLAPPED, and answers with its BOOL.
   * @returns 0 if its end will be reported, else the error of the call, and then nothing is pending.
   * @throws {TypeError} When it is pending already, or was disposed.
   */
  begin(call: (overlapped: Pointer) => number): number {
    if (this.#isPending || this.#isDropped) {
      throw new TypeError("Cannot begin an overlapped operation: its memory is not free");
    }
    this.#words.fill(0);
    this.#isPending = true;
    this.#owner.began(this);
    if (call(this.#memory.pointer) !== 0) return 0;
    const error = this.#system.lastError();
    if (error === ERROR_IO_PENDING || error === ERROR_MORE_DATA) return 0;
    this.#isPending = false;
    this.#owner.ended(this);
    return error;
  }

  /** Asks the operation to end, which is reported as usual; does nothing if none is pending. */
  cancel(): void {
    if (this.#isPending) this.#system.kernel.CancelIoEx(this.#handle, this.#memory.pointer);
  }

  /** O2: gives the operation up; its end is not reported any more. */
  [Symbol.dispose](): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    if (this.#isPending) this.cancel();
    else this.#memory.free();
  }

  /** The completion was taken from the port. */
  finish(): void {
    this.#isPending = false;
    this.#owner.ended(this);
    if (this.#isDropped) this.#memory.free();
    else this.#done();
  }
}

/** The overlapped operations of one port. */
export class Operations {
  readonly #system: System;
  readonly #port: CompletionPort;
  readonly #handles = new Set<number>();
  readonly #pending = new Map<number, Overlapped>();

  constructor(system: System, port: CompletionPort) {
    this.#system = system;
    this.#port = port;
  }

  /** How many operations the system has memory of. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /**
   * Lets the operations of a handle arrive here, for as long as it is open.
   *
   * @returns `false` on failure; the thread has the last error.
   */
  attach(handle: number): boolean {
    if (!this.#port.associate(handle, KEY.OVERLAPPED)) return false;
    this.#handles.add(handle);
    return true;
  }

  /** Whether a handle was attached. */
  has(handle: number): boolean {
    return this.#handles.has(handle);
  }

  /** Forgets a handle that is about to be closed. */
  detach(handle: number): void {
    this.#handles.delete(handle);
  }

  /**
   * Makes an operation on a handle.
   *
   * @param handle It was attached.
   * @param bytes How much data it moves at the most.
   * @param done Called when it has ended, whatever came of it.
   */
  create(handle: number, bytes: number, done: () => void): Overlapped {
    const memory = this.#system.allocate(AT.size + bytes);
    return new Overlapped(this.#system, this, handle, memory, done);
  }

  /** Takes note of an operation in flight; called by it. */
  began(operation: Overlapped): void {
    this.#pending.set(operation.address, operation);
  }

  /** Takes note of one that is not; called by it. */
  ended(operation: Overlapped): void {
    this.#pending.delete(operation.address);
  }

  /**
   * Takes a completion from the port.
   *
   * @param address Of the OVERLAPPED.
   */
  finish(address: number): void {
    this.#pending.get(address)?.finish();
  }

  /** Gives everything up. */
  cancelAll(): void {
    for (const operation of this.#pending.values()) operation[Symbol.dispose]();
  }
}
