/**
 * Polls of sockets through `\Device\Afd`, the driver beneath Winsock.
 *
 * A poll is one request for one socket: "tell me once when any of this is so". It completes on the
 * port, at once if it is so already, so that nothing is missed between a call that would block and
 * the poll. The interface is not documented, but libuv, wepoll and Rust's mio rest on it.
 *
 * A1 A socket has one slot, and a slot has one poll at most, with everything in its mask that
 *    somebody waits for. Two polls of one socket on one port would disturb each other.
 * A2 The memory of a slot is the kernel's from `start` until the completion is taken from the port,
 *    whatever happens to the socket meanwhile. A slot is free only then.
 * A3 The context of a poll is the number of its slot plus 1, since 0 is not reported.
 * A4 One handle of the device serves 32 slots: it keeps a list of its polls that it walks through.
 *
 * @see mio's `sys/windows/afd.rs`, wepoll's `afd.h`
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import { addressAt, pointerAt } from "../library.ts";
import type { NativeMemory } from "../memory.ts";
import { AFD, CONSTANTS, LAYOUTS, NEWER, PRIVATE_LAYOUTS, STATUS } from "./abi.ts";
import { type CompletionPort, KEY } from "./port.ts";
import { type System, unavailable } from "./system.ts";

const C = CONSTANTS;
const INFO = PRIVATE_LAYOUTS.AFD_POLL_INFO;

/** A4: slots of one handle. */
const GROUP = 32;

/** A slot in native memory: the status block, then the poll; a cache line each. */
const SLOT_BYTES = 64;
const INFO_AT = LAYOUTS.IO_STATUS_BLOCK.size;
const WORD = {
  status: 0,
  timeoutLow: (INFO_AT + INFO.Timeout) / 4,
  timeoutHigh: (INFO_AT + INFO.Timeout) / 4 + 1,
  count: (INFO_AT + INFO.NumberOfHandles) / 4,
  exclusive: (INFO_AT + INFO.Exclusive) / 4,
  handle: (INFO_AT + INFO.Handle) / 4,
  events: (INFO_AT + INFO.Events) / 4,
  eventStatus: (INFO_AT + INFO.Status) / 4,
} as const;

/** The device, and a name of edo's own in it. */
const DEVICE = "\\Device\\Afd\\Edo";

/** The place of one socket. */
export class Slot {
  /** The context of its polls less 1. */
  readonly number: number;
  /** Which source it belongs to, while `isUsed`. */
  index = 0;
  /** Which tenant of `index`. */
  generation = 0;
  /** The handle that the driver knows the socket by. */
  base = 0;
  /** Whether there is a source; if not, the slot waits for the end of its poll. */
  isUsed = false;
  /** What is waited for, in bits of the contract. */
  wanted = 0;
  /** What the poll in flight was begun for; 0 when there is none. */
  armed = 0;
  /** Whether the poll in flight was asked to end. */
  isCancelled = false;
  /** Whether it is in the list of those to be looked at before the next wait. */
  isListed = false;
  /** Its words in native memory. */
  readonly words: Int32Array;
  /** The device's handle. */
  readonly device: number;
  /** Where the status block is. */
  readonly statusAt: Pointer;
  /** Where the poll is. */
  readonly infoAt: Pointer;

  constructor(number: number, device: number, memory: NativeMemory) {
    const at = (number % GROUP) * SLOT_BYTES;
    this.number = number;
    this.device = device;
    this.words = new Int32Array(memory.buffer, at, SLOT_BYTES / 4);
    this.statusAt = pointerAt(memory.pointer, at);
    this.infoAt = pointerAt(memory.pointer, at + INFO_AT);
  }
}

/** The polls of one port. */
export class AfdPolls {
  readonly #system: System;
  readonly #port: CompletionPort;
  readonly #slots: Slot[] = [];
  readonly #free: Slot[] = [];
  readonly #groups: { readonly device: number; readonly memory: NativeMemory }[] = [];
  /** What a cancellation writes and nobody reads. */
  readonly #scratch: NativeMemory;
  #inFlight = 0;

  constructor(system: System, port: CompletionPort) {
    this.#system = system;
    this.#port = port;
    this.#scratch = system.allocate(LAYOUTS.IO_STATUS_BLOCK.size);
    // At once, so that a system without the device says so when a selector is made.
    this.#grow();
  }

  /** How many polls have not been taken from the port. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** A free slot. */
  acquire(): Slot {
    if (this.#free.length === 0) this.#grow();
    const slot = this.#free.pop()!;
    slot.isUsed = true;
    return slot;
  }

  /** A2: takes a slot back, at the end of its poll if there is one. */
  release(slot: Slot): void {
    slot.isUsed = false;
    slot.wanted = 0;
    if (slot.armed === 0) this.#free.push(slot);
    else this.cancel(slot);
  }

  /**
   * Begins the poll for what is wanted of a slot.
   *
   * @param events Bits of `AFD`.
   * @returns `false` if the driver refuses, as where the socket is no more.
   */
  start(slot: Slot, events: number): boolean {
    const { words, device, statusAt, infoAt } = slot;
    words[WORD.status] = STATUS.PENDING;
    // The greatest time there is: for ever.
    words[WORD.timeoutLow] = -1;
    words[WORD.timeoutHigh] = 0x7fffffff;
    words[WORD.count] = 1;
    words[WORD.exclusive] = 0;
    words[WORD.handle] = slot.base;
    words[WORD.handle + 1] = 0;
    words[WORD.events] = events | AFD.LOCAL_CLOSE;
    words[WORD.eventStatus] = 0;
    const context = slot.number + 1;
    const [code, size] = [NEWER.IOCTL_AFD_POLL, INFO.size];
    const begin = this.#system.nt.NtDeviceIoControlFile;
    // deno-fmt-ignore
    const status = begin(
      device, null, null, context, statusAt,
      code, infoAt, size, infoAt, size,
    );
    // A poll that ended at once has a completion all the same.
    if (status !== STATUS.SUCCESS && status !== STATUS.PENDING) return false;
    slot.armed = slot.wanted;
    slot.isCancelled = false;
    this.#inFlight += 1;
    return true;
  }

  /** Asks a poll to end; its completion is still to come, also if it has ended by itself. */
  cancel(slot: Slot): void {
    if (slot.isCancelled) return;
    slot.isCancelled = true;
    this.#system.nt.NtCancelIoFileEx(slot.device, slot.statusAt, this.#scratch.pointer);
  }

  /**
   * A2: takes the completion of a poll.
   *
   * @param context As the port has it.
   */
  finish(context: number): Slot {
    const slot = this.#slots[context - 1]!;
    this.#inFlight -= 1;
    slot.armed = 0;
    slot.isCancelled = false;
    if (!slot.isUsed) this.#free.push(slot);
    return slot;
  }

  /** What the poll that was finished has found, in bits of `AFD`; 0 if it was cancelled. */
  found({ words }: Slot): number {
    const status = words[WORD.status]!;
    if (status === STATUS.CANCELLED) return 0;
    if (status < 0) return AFD.ABORT;
    return words[WORD.count] === 0 ? 0 : words[WORD.events]!;
  }

  /** Asks every poll to end. */
  cancelAll(): void {
    for (const slot of this.#slots) if (slot.armed !== 0) this.cancel(slot);
  }

  /** Closes the device. The memory is left alone for ever if a poll has not ended. */
  close(): void {
    for (const { device, memory } of this.#groups) {
      this.#system.kernel.CloseHandle(device);
      if (this.#inFlight === 0) memory.free();
    }
    if (this.#inFlight === 0) this.#scratch.free();
  }

  /** A4: opens another handle of the device, with slots. */
  #grow(): void {
    const device = openDevice(this.#system);
    const mode = NEWER.FILE_SKIP_SET_EVENT_ON_HANDLE;
    if (
      !this.#port.associate(device, KEY.AFD) ||
      this.#system.kernel.SetFileCompletionNotificationModes(device, mode) === 0
    ) throw unavailable(DEVICE, this.#system.lastError());
    const memory = this.#system.allocate(GROUP * SLOT_BYTES);
    const first = this.#slots.length;
    this.#groups.push({ device, memory });
    for (let i = 0; i < GROUP; i++) this.#slots.push(new Slot(first + i, device, memory));
    for (let i = GROUP; i-- > 0;) this.#free.push(this.#slots[first + i]!);
  }
}

/** Opens the driver: an object's name with its length, in a structure of attributes. */
function openDevice(system: System): number {
  const { OBJECT_ATTRIBUTES, UNICODE_STRING, IO_STATUS_BLOCK } = LAYOUTS;
  const string = OBJECT_ATTRIBUTES.size;
  const block = string + UNICODE_STRING.size;
  const handle = block + IO_STATUS_BLOCK.size;
  const text = handle + 8;
  const memory = system.allocate(text + 2 * DEVICE.length);
  const { pointer, buffer } = memory;
  const fields = new DataView(buffer);
  new Uint16Array(buffer, text).set([...DEVICE].map((letter) => letter.charCodeAt(0)));
  fields.setUint16(string + UNICODE_STRING.Length, 2 * DEVICE.length, true);
  fields.setUint16(string + UNICODE_STRING.MaximumLength, 2 * DEVICE.length, true);
  fields.setBigUint64(string + UNICODE_STRING.Buffer, addressAt(pointerAt(pointer, text)), true);
  fields.setUint32(OBJECT_ATTRIBUTES.Length, OBJECT_ATTRIBUTES.size, true);
  fields.setBigUint64(OBJECT_ATTRIBUTES.ObjectName, addressAt(pointerAt(pointer, string)), true);
  // deno-fmt-ignore
  const status = system.nt.NtCreateFile(
    pointerAt(pointer, handle), C.SYNCHRONIZE, pointer, pointerAt(pointer, block),
    null, 0, C.FILE_SHARE_READ | C.FILE_SHARE_WRITE, C.FILE_OPEN, 0, null, 0,
  );
  const device = fields.getUint32(handle, true);
  memory.free();
  if (status !== STATUS.SUCCESS) throw unavailable(`opening ${DEVICE}`, status);
  return device;
}
