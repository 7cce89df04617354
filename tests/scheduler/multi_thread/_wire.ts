/**
 * An encoder and a decoder with shared memory in between.
 *
 * @module
 */

import { FunctionNames } from "../../../scheduler/multi_thread/functions.ts";
import {
  type Attachments,
  Decoder,
  Encoder,
  type Root,
} from "../../../scheduler/multi_thread/wire.ts";

/** Where payloads begin in the memory of {@linkcode Line}. */
const PLACE = 7;

/** One way between two isolates, both of which are this one. */
export class Line {
  readonly names: FunctionNames = new FunctionNames(new Int32Array(4096), 0, 4096);
  /** Shared memory by its id. */
  readonly buffers: SharedArrayBuffer[] = [];
  readonly attachments: Attachments = {
    idOf: (buffer) => {
      const known = this.buffers.indexOf(buffer);
      return known < 0 ? this.buffers.push(buffer) - 1 : known;
    },
    bufferOf: (id) => this.buffers[id],
  };
  readonly encoder: Encoder = new Encoder(this.names, this.attachments);
  readonly decoder: Decoder = new Decoder(this.names, this.attachments);

  /** Encodes, and puts the payload into memory of its own. */
  put(values: readonly unknown[], root?: Root): Payload {
    const bytes = this.encoder.encode(values, root);
    const words = new Int32Array(new SharedArrayBuffer(bytes + (PLACE + 9) * 4));
    words.fill(-1);
    this.encoder.copyTo(words, PLACE);
    this.encoder.sent();
    return new Payload(this.decoder, words, bytes);
  }

  /** Sends values and receives them. */
  carry(...values: unknown[]): unknown[] {
    return this.put(values).decode();
  }

  /** Sends a value and receives it. */
  carryOne<T>(value: T): T {
    return this.carry(value)[0] as T;
  }
}

/** Values on their way. */
export class Payload {
  readonly #decoder: Decoder;
  readonly #words: Int32Array;
  /** Its size. */
  readonly bytes: number;

  constructor(decoder: Decoder, words: Int32Array, bytes: number) {
    this.#decoder = decoder;
    this.#words = words;
    this.bytes = bytes;
  }

  /** See {@linkcode Decoder.missing}. */
  missing(): ReturnType<Decoder["missing"]> {
    return this.#decoder.missing(this.#words, PLACE, this.bytes);
  }

  /** See {@linkcode Decoder.decode}. */
  decode(): unknown[] {
    return this.#decoder.decode(this.#words, PLACE);
  }

  /** See {@linkcode Decoder.drop}. */
  drop(): void {
    this.#decoder.drop(this.#words, PLACE);
  }
}

/** The error of `body`, or `undefined`. */
export function errorOf(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
}
