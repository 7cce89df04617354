/**
 * Lines of text from a stream of bytes.
 *
 * @module
 */

import { type Future, future, type Steps, type TcpStream } from "../../mod.ts";

const NEWLINE = 10;

/** Somebody sends a line without end. */
export class LineTooLongError extends RangeError {
  override readonly name = "LineTooLongError";
}

/** Reads lines. What was read of an unfinished one stays here, so a wait can be given up. */
export class Lines {
  readonly #stream: TcpStream;
  readonly #buffer: Uint8Array;
  readonly #decoder = new TextDecoder();
  #start = 0;
  #end = 0;

  /** @param longest How many bytes a line may have, its end included. */
  constructor(stream: TcpStream, longest: number) {
    this.#stream = stream;
    this.#buffer = new Uint8Array(longest);
  }

  /**
   * Waits for the next line, without its end and without control characters, which could move the
   * cursor of whoever reads it. `undefined` at the end of the stream.
   *
   * **Cancel safety:** when it is dropped, nothing is lost.
   *
   * @throws {LineTooLongError} When the line does not fit.
   */
  next(): Future<string | undefined> {
    const buffer = this.#buffer;
    return future(() => this.#next(buffer));
  }

  *#next(buffer: Uint8Array): Steps<string | undefined> {
    while (true) {
      const data = buffer.subarray(this.#start, this.#end);
      const length = data.indexOf(NEWLINE);
      if (length >= 0) {
        this.#start += length + 1;
        return this.#decoder.decode(data.subarray(0, length)).replace(/\p{Cc}/gu, "").trim();
      }
      if (data.length === buffer.length) {
        throw new LineTooLongError(
          `Cannot read a line: it has no end within ${buffer.length} bytes`,
        );
      }
      buffer.copyWithin(0, this.#start, this.#end);
      [this.#start, this.#end] = [0, data.length];
      const count = yield* this.#stream.read(buffer.subarray(this.#end));
      if (count === 0) return undefined;
      this.#end += count;
    }
  }
}
