/**
 * A completion port: the queue in which everything that a selector waits for arrives.
 *
 * `NtRemoveIoCompletionEx` answers with its status, which makes it usable from another thread, and
 * takes its timeout in units of 100 ns.
 *
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import { pointerAt } from "../library.ts";
import type { NativeMemory } from "../memory.ts";
import { waitElsewhere } from "../wait_elsewhere.ts";
import { LAYOUTS, STATUS } from "./abi.ts";
import { type System, unavailable } from "./system.ts";

/** What an entry is about. */
export const KEY = {
  /** Somebody woke the selector. */
  WAKE: 1,
  /** A poll of a socket has ended. */
  AFD: 2,
  /** An overlapped operation has ended. */
  OVERLAPPED: 3,
} as const;

/** How many entries one call takes. */
export const CAPACITY = 512;

const ENTRY = LAYOUTS.OVERLAPPED_ENTRY;
const ENTRY_WORDS = ENTRY.size / 4;
/** The timeout, the number of entries, then the entries. */
const HEADER = 16;

/** Room for the entries of one wait, in native memory, since the wait may be on another thread. */
export class Batch {
  /** How many entries there are. */
  count = 0;
  readonly #memory: NativeMemory;
  readonly #words: Uint32Array;
  readonly #timeout: BigInt64Array;
  #timeoutMs = 0;

  constructor(system: System) {
    this.#memory = system.allocate(HEADER + CAPACITY * ENTRY.size);
    this.#words = new Uint32Array(this.#memory.buffer, HEADER);
    this.#timeout = new BigInt64Array(this.#memory.buffer, 0, 1);
    this.timeoutAt = this.#memory.pointer;
    this.countAt = pointerAt(this.#memory.pointer, 8);
    this.entriesAt = pointerAt(this.#memory.pointer, HEADER);
  }

  /** Where the timeout is. */
  readonly timeoutAt: Pointer;
  /** Where the number of entries is. */
  readonly countAt: Pointer;
  /** Where the entries are. */
  readonly entriesAt: Pointer;

  /** Writes the timeout; negative numbers count from now. */
  setTimeout(ms: number): void {
    if (ms === this.#timeoutMs) return;
    this.#timeoutMs = ms;
    this.#timeout[0] = BigInt(-Math.round(ms * 10_000));
  }

  /** Takes the result of a wait. */
  settle(status: number): void {
    this.count = status === STATUS.SUCCESS ? new Uint32Array(this.#memory.buffer, 8, 1)[0]! : 0;
  }

  /** What entry `i` is about: a `KEY`. */
  key(i: number): number {
    return this.#words[i * ENTRY_WORDS]!;
  }

  /** The number that the operation was begun with. */
  context(i: number): number {
    return this.#words[i * ENTRY_WORDS + ENTRY.lpOverlapped / 4]!;
  }

  /** The address of the OVERLAPPED that the operation was begun with. */
  address(i: number): number {
    const at = i * ENTRY_WORDS + ENTRY.lpOverlapped / 4;
    return this.#words[at]! + this.#words[at + 1]! * 2 ** 32;
  }

  /** Gives the memory back. */
  free(): void {
    this.#memory.free();
  }
}

/** A completion port of one isolate. */
export class CompletionPort {
  /** Its handle. */
  readonly handle: number;
  readonly #system: System;

  constructor(system: System) {
    this.#system = system;
    this.handle = system.kernel.CreateIoCompletionPort(-1n, 0, 0, 1);
    if (this.handle === 0) throw unavailable("CreateIoCompletionPort", system.lastError());
  }

  /** Lets the operations of `handle` arrive here, for as long as the handle is open. */
  associate(handle: number, key: number): boolean {
    const { kernel } = this.#system;
    return kernel.CreateIoCompletionPort(BigInt(handle), this.handle, key, 0) !== 0;
  }

  /** Puts a wake into the queue. */
  wake(): void {
    postWake(this.#system, this.handle);
  }

  /** Takes what is there, after at most `timeoutMs` milliseconds. */
  poll(batch: Batch, timeoutMs: number): void {
    batch.settle(this.#take(batch, timeoutMs));
  }

  /** As {@linkcode CompletionPort.poll}, on another thread; -1 is no limit. */
  async pollElsewhere(batch: Batch, timeoutMs: number): Promise<void> {
    if (timeoutMs >= 0) batch.setTimeout(timeoutMs);
    const { entriesAt, countAt } = batch;
    const timeoutAt = timeoutMs >= 0 ? batch.timeoutAt : null;
    const remove = this.#system.nt.removeElsewhere;
    const wait = () => remove(this.handle, entriesAt, CAPACITY, countAt, timeoutAt, 0);
    batch.settle(await waitElsewhere(wait, timeoutMs, () => this.#take(batch, 0)));
  }

  #take(batch: Batch, timeoutMs: number): number {
    batch.setTimeout(timeoutMs);
    const { entriesAt, countAt, timeoutAt } = batch;
    const remove = this.#system.nt.NtRemoveIoCompletionEx;
    return remove(this.handle, entriesAt, CAPACITY, countAt, timeoutAt, 0);
  }

  /** Closes the port. Nobody may wait on it: such a wait might never end. */
  close(): void {
    this.#system.kernel.CloseHandle(this.handle);
  }
}

/** Puts a wake into the queue of a port; does nothing where there is no such port any more. */
export function postWake(system: System, handle: number): void {
  system.nt.NtSetIoCompletion(handle, KEY.WAKE, 0, 0, 0);
}
