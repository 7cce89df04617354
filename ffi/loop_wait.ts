/**
 * Waiting for a selector in the host's own loop, where the loop can watch a selector's descriptor:
 * no thread is needed, and the way back costs 11 to 24 µs.
 *
 * What the loop watches is a gate, a second selector that watches the first one while it is open: a
 * loop that watched the selector itself would be woken in every turn in which there are events,
 * also when edo is awake and collects them.
 *
 * @module
 */

import {
  type DescriptorWatch,
  watchDescriptor,
  watchesDescriptors,
} from "../host/descriptor_watch.ts";

/** What a selector does for {@linkcode LoopWait}. */
export interface Gate {
  /** Opens an unused UDP socket; answers with a negative number on failure. */
  socket(): number;
  /** Puts the gate, which is shut, in the place of the socket; answers with a negative number on failure. */
  replace(socket: number): number;
  /** Has the gate become readable when the selector does. */
  open(gate: number): void;
  /** Has the gate become unreadable. */
  shut(gate: number): void;
  /** Closes a descriptor. */
  close(fd: number): void;
}

/** Waits in the host's loop. */
export class LoopWait {
  readonly #gate: Gate;
  #fd = -1;
  #watch: DescriptorWatch | undefined = undefined;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #done: (() => void) | undefined = undefined;

  private constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** Makes one, or answers with `undefined` where the host's loop does not watch descriptors. */
  static open(gate: Gate): LoopWait | undefined {
    if (!watchesDescriptors) return undefined;
    const wait = new LoopWait(gate);
    return wait.#begin() ? wait : undefined;
  }

  /** Calls `done` once, when there are events or `timeoutMs` milliseconds (-1: no limit) are over. */
  start(timeoutMs: number, done: () => void): void {
    this.#done = done;
    this.#gate.open(this.#fd);
    this.#watch!.ref();
    if (timeoutMs >= 0) this.#timer = setTimeout(() => this.#end(), timeoutMs);
  }

  /** Closes the gate. Nothing may wait. */
  close(): void {
    this.#watch!.close();
  }

  #begin(): boolean {
    const fd = this.#gate.socket();
    if (fd < 0) return false;
    this.#fd = fd;
    this.#watch = watchDescriptor(fd, () => this.#end());
    if (this.#watch === undefined) this.#gate.close(fd);
    else if (this.#gate.replace(fd) >= 0) return true;
    this.#watch?.close();
    return false;
  }

  #end(): void {
    const done = this.#done;
    if (done === undefined) return;
    this.#done = undefined;
    clearTimeout(this.#timer);
    this.#gate.shut(this.#fd);
    this.#watch!.unref();
    done();
  }
}
