/**
 * What one member of the chat has yet to be sent.
 *
 * @module
 */

import { type Future, Pending, pollFn, type Waker } from "../../mod.ts";

const encoder = new TextEncoder();

/**
 * A queue of lines with one reader and a limit in bytes. A slow member costs this much memory and no
 * more: a line that does not fit is refused, and it is for the caller to show the member the door.
 */
export class Outbox {
  readonly #limit: number;
  #lines: Uint8Array[] = [];
  #bytes = 0;
  #closed = false;
  #waker: Waker | undefined = undefined;

  /** @param limit How many bytes may wait. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a line; `false` if there is no room for it. A closed outbox swallows it. */
  push(line: string): boolean {
    if (this.#closed) return true;
    const bytes = encoder.encode(line + "\n");
    if (this.#bytes + bytes.length > this.#limit) return false;
    this.#lines.push(bytes);
    this.#bytes += bytes.length;
    this.#wake();
    return true;
  }

  /** Takes no more lines. Those that wait can still be taken. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /**
   * Waits for lines and takes all of them as one piece; `undefined` once it is closed and empty.
   *
   * **Cancel safety:** when it is dropped, nothing was taken.
   */
  take(): Future<Uint8Array | undefined> {
    return pollFn((cx) => {
      if (this.#lines.length > 0) return this.#takeAll();
      if (this.#closed) return undefined;
      this.#waker = cx.waker;
      return Pending;
    }, () => this.#waker = undefined);
  }

  #takeAll(): Uint8Array {
    const all = new Uint8Array(this.#bytes);
    let end = 0;
    for (const line of this.#lines) {
      all.set(line, end);
      end += line.length;
    }
    this.#lines = [];
    this.#bytes = 0;
    return all;
  }

  #wake(): void {
    this.#waker?.wake();
    this.#waker = undefined;
  }
}
