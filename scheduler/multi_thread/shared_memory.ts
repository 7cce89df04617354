/**
 * Shared memory by number. It cannot be written into other shared memory, so it travels by message:
 * to the first isolate, which hands it on to all workers.
 *
 * @module
 */

import type { Attachments } from "./wire.ts";

/** The message that carries shared memory. */
export interface Carrier {
  readonly kind: "memory";
  readonly id: number;
  readonly buffer: SharedArrayBuffer;
}

/** How many pieces of shared memory one isolate may send. */
const MOST = 1 << 20;

/** The shared memory that this isolate has sent or received. */
export class SharedMemory implements Attachments {
  /** The number of this isolate. */
  self = 0;
  readonly #byId = new Map<number, SharedArrayBuffer>();
  readonly #ids = new Map<SharedArrayBuffer, number>();
  readonly #waiting = new Map<number, (() => void)[]>();
  readonly #listeners = new Set<(carrier: Carrier) => void>();
  #count = 0;

  idOf(buffer: SharedArrayBuffer): number {
    const known = this.#ids.get(buffer);
    if (known !== undefined) return known;
    const id = this.self * MOST + this.#count++;
    this.receive({ kind: "memory", id, buffer });
    return id;
  }

  bufferOf(id: number): SharedArrayBuffer | undefined {
    return this.#byId.get(id);
  }

  /** Waits until shared memory has arrived. */
  arrival(id: number): Promise<void> {
    if (this.#byId.has(id)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(id);
      if (waiting === undefined) this.#waiting.set(id, [resolve]);
      else waiting.push(resolve);
    });
  }

  /** Takes shared memory that was sent here, and hands it on. */
  receive(carrier: Carrier, from?: (carrier: Carrier) => void): void {
    const { id, buffer } = carrier;
    if (this.#byId.has(id)) return;
    this.#byId.set(id, buffer);
    this.#ids.set(buffer, id);
    for (const resolve of this.#waiting.get(id) ?? []) resolve();
    this.#waiting.delete(id);
    for (const listener of this.#listeners) if (listener !== from) listener(carrier);
  }

  /** Has `listener` told of all shared memory, also of what there is already. */
  announce(listener: (carrier: Carrier) => void): Disposable {
    this.#listeners.add(listener);
    for (const [id, buffer] of this.#byId) listener({ kind: "memory", id, buffer });
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}
