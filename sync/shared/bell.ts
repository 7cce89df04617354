/**
 * Waiting for the other end of a channel, where one side waits at a time.
 *
 * @module
 */

import type { Waker } from "../../future/context.ts";
import type { Link } from "../../scheduler/multi_thread/link.ts";
import type { Woken } from "../../scheduler/multi_thread/link_parts.ts";
import { push } from "../../scheduler/multi_thread/stack.ts";
import { arm, disarm, takeWaiter } from "./signal.ts";

/** The wait of one end. In the shared word is the number of its record, see `signal.ts`. */
export class Bell implements Woken {
  readonly #link: Link;
  readonly #index: number;
  readonly #waker: Waker;
  #record = -1;

  /**
   * @param index The shared word.
   * @param waker Woken when the other end has news.
   */
  constructor(link: Link, index: number, waker: Waker) {
    this.#link = link;
    this.#index = index;
    this.#waker = waker;
  }

  /**
   * G1: says that this end waits. The caller looks once more for news afterwards.
   *
   * @returns `false` if it has said so before.
   * @throws {RangeError} When too many tasks and waits are under way.
   */
  arm(): boolean {
    if (this.#record >= 0) return false;
    const record = this.#link.beginWait(this);
    if (record < 0) throw new RangeError("Cannot wait: too many tasks and waits are under way");
    this.#record = record;
    arm(this.#link.domain.words, this.#index, record);
    return true;
  }

  /** G2: this end does not wait any more. */
  disarm(): void {
    const record = this.#record;
    if (record < 0) return;
    this.#record = -1;
    this.#link.endWait(record, disarm(this.#link.domain.words, this.#index, record));
  }

  /** Its record came back. */
  woken(): void {
    this.#record = -1;
    this.#waker.wake();
  }
}

/** G2: wakes the end that waits at a word, if it does. The news has been written before. */
export function ring(link: Link, index: number): void {
  const { domain } = link;
  const record = takeWaiter(domain.words, index);
  if (record < 0) return;
  const isolate = domain.records.spawnerOf(record);
  if (isolate === domain.self) return link.woken(record);
  push(domain.words, domain.woken(isolate), domain.records, record);
  link.unpark(isolate);
}
