/**
 * Arguments that wait until they can travel: as they were when they were given away.
 *
 * @module
 */

import { type Attachments, Decoder, disposeAll, Encoder, type Names } from "./multi_thread/wire.ts";

/** Numbers that only this isolate knows. */
class OwnNumbers implements Names, Attachments {
  readonly #names: string[] = [];
  readonly #buffers: SharedArrayBuffer[] = [];

  numberOf(name: string): number {
    return numberIn(this.#names, name);
  }

  nameOf(number: number): string {
    return this.#names[number]!;
  }

  idOf(buffer: SharedArrayBuffer): number {
    return numberIn(this.#buffers, buffer);
  }

  bufferOf(id: number): SharedArrayBuffer | undefined {
    return this.#buffers[id];
  }
}

function numberIn<T>(list: T[], item: T): number {
  const index = list.indexOf(item);
  return index < 0 ? list.push(item) - 1 : index;
}

/** Values, taken from who gives them away. */
export class Snapshot {
  readonly #numbers = new OwnNumbers();
  #words: Int32Array | undefined;

  /** @throws {DOMException} `DataCloneError`, when one of them cannot travel. */
  constructor(values: readonly unknown[]) {
    const encoder = new Encoder(this.#numbers, this.#numbers);
    const bytes = encoder.encode(values);
    this.#words = encoder.words.slice(0, bytes / 4);
    encoder.sent();
  }

  /** Has `send` send the values on, once. Of a handle that is shared it sends a copy. */
  forward<T>(send: (values: unknown[]) => T): T {
    const handles: object[] = [];
    const values = new Decoder(this.#numbers, this.#numbers).decode(this.#leave(), 0, handles);
    try {
      return send(values);
    } finally {
      disposeAll(handles);
    }
  }

  /** Ends what is in them and nobody will take. */
  drop(): void {
    if (this.#words !== undefined) {
      new Decoder(this.#numbers, this.#numbers).drop(this.#leave(), 0);
    }
  }

  #leave(): Int32Array {
    const words = this.#words!;
    this.#words = undefined;
    return words;
  }
}
