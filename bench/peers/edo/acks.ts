/**
 * How a sender learns that everybody has got its message.
 *
 * @module
 */

import { Notify } from "../../../sync/mod.ts";

/** Who has got the message counts down; the last one tells the sender. */
export class Acks {
  readonly complete: Notify = new Notify();
  #missing = 0;

  expect(receivers: number): void {
    this.#missing = receivers;
  }

  ack(): void {
    this.#missing -= 1;
    if (this.#missing === 0) this.complete.notifyOne();
  }
}
