/**
 * A scripted kqueue: it notes what it is asked and answers what it is told.
 *
 * @module
 */

import { CONSTANTS as C, type KqueueAbi } from "../../../ffi/kqueue/abi.ts";
import { type Kevent, KeventList } from "../../../ffi/kqueue/events.ts";
import type { KqueueLibc } from "../../../ffi/kqueue/libc.ts";
import { KqueueSelector } from "../../../ffi/kqueue/selector.ts";
import type { NativeMemory } from "../../../ffi/memory.ts";
import type { System } from "../../../ffi/unix/system.ts";
import type { Pointer } from "../../../host/global.ts";

/** One call of `kevent`. */
export interface KeventCall {
  readonly kq: number;
  readonly changes: readonly Kevent[];
  /** Room for so many events. */
  readonly room: number;
  /** Whether a time limit was given. */
  readonly limited: boolean;
}

/** The kernel, and what a selector needs of the system around it. */
export class ScriptedKernel {
  /** What was called, since it was last looked at. */
  calls: KeventCall[] = [];
  /** The events of the next call that has room for more than it changes. */
  events: Kevent[] = [];
  /** Error numbers for changes with a receipt, by descriptor. */
  readonly refusals = new Map<number, number>();
  /** The descriptors that are open. */
  readonly open = new Set<number>();
  /** How many blocks of memory are in use. */
  blocks = 0;
  /** Ends the park that is outstanding. */
  endPark: () => void = () => {};
  readonly #abi: KqueueAbi;
  readonly #memory = new Map<Pointer, ArrayBuffer>();
  #nextKqueue = 100;

  constructor(abi: KqueueAbi) {
    this.#abi = abi;
  }

  /** Makes a selector on it, and forgets the calls that this took. */
  selector(): KqueueSelector {
    const selector = new KqueueSelector(this.#system(), {
      abi: this.#abi,
      libc: this.#libc(),
      probe: (fd) => this.open.has(fd) ? 0 : -1,
    });
    this.calls = [];
    return selector;
  }

  /** The calls since this was last asked, without what they had room for. */
  take(): (readonly Kevent[])[] {
    return this.calls.splice(0).map(({ changes }) => changes);
  }

  #system(): System {
    const allocate = (bytes: number): NativeMemory => {
      const buffer = new ArrayBuffer(bytes);
      const pointer = { buffer } as unknown as Pointer;
      this.#memory.set(pointer, buffer);
      this.blocks += 1;
      return { pointer, buffer, free: () => void (this.blocks -= 1) };
    };
    const libc = { close: (fd: number) => this.open.delete(fd) ? 0 : -1 };
    const errorName = () => "EBADF";
    return { allocate, libc, errno: () => 9, errnoName: errorName } as unknown as System;
  }

  #libc(): KqueueLibc {
    return {
      kqueue: () => {
        this.open.add(this.#nextKqueue);
        return this.#nextKqueue++;
      },
      kevent: (kq, changes, count, events, room, time) =>
        this.#kevent(kq, changes, count, events, room, time),
      kevent_elsewhere: (kq, changes, count, events, room, time) => {
        const { promise, resolve } = Promise.withResolvers<number>();
        this.endPark = () => resolve(this.#kevent(kq, changes, count, events, room, time));
        return promise;
      },
    };
  }

  #kevent(
    kq: number,
    changes: Pointer,
    count: number,
    events: Pointer,
    room: number,
    time: Pointer,
  ): number {
    const asked = this.#list(changes);
    const found = Array.from({ length: count }, (_, i) => ({
      ident: asked!.ident(i),
      filter: asked!.filter(i),
      flags: asked!.flags(i),
      fflags: asked!.fflags(i),
      index: asked!.index(i),
      generation: asked!.generation(i),
    }));
    this.calls.push({ kq, changes: found, room, limited: time !== null });
    if (room === 0) return 0;
    if (found.some(({ flags }) => flags & C.EV_RECEIPT)) return this.#receipts(events, found);
    const answers = this.events.splice(0, room);
    const list = this.#list(events)!;
    for (const [i, event] of answers.entries()) list.set(i, event);
    return answers.length;
  }

  /** An error of a receipt is in its data, which records that are written by hand do not have. */
  #receipts(events: Pointer, changes: readonly Kevent[]): number {
    const words = new Int32Array(this.#memory.get(events)!);
    const list = this.#list(events)!;
    for (const [i, change] of changes.entries()) {
      list.set(i, { ...change, flags: C.EV_ERROR });
      const at = (i * this.#abi.kevent.size + this.#abi.kevent.data) / 4;
      words[at] = this.refusals.get(change.ident) ?? 0;
    }
    return changes.length;
  }

  #list(pointer: Pointer): KeventList | undefined {
    return pointer === null ? undefined : new KeventList(this.#memory.get(pointer)!, this.#abi);
  }
}
