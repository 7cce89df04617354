/**
 * A call of a portable function, from the side of its caller.
 *
 * @module
 */

import type { Context, Waker } from "../../future/context.ts";
import { Future, polledAfterEnd } from "../../future/future.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { Cancelled } from "../join_error.ts";
import type { Link } from "./link.ts";
import type { Caller, Destination, Parcel } from "./link_parts.ts";
import { CANCELLED, DONE } from "./records.ts";

/** Not sent yet. */
const NEW = 0;
/** With the workers. */
const SENT = 1;
/** The result is there, or the error. */
const HAS_VALUE = 2;
const HAS_ERROR = 3;
/** It ended because it was aborted. */
const WAS_ABORTED = 4;
const ENDED = 5;

/**
 * The future of what a worker makes of a call. As the work of a task it ends when the task on the
 * worker has ended: aborting it asks the worker, and waits until that has cleaned up.
 */
export class RemoteCall<T> extends Future<T> implements Caller {
  // Plain properties set by the constructor, as in `Acquire`.
  declare private readonly link: Link;
  declare private readonly destination: Destination;
  declare private record: number;
  /** Where the arguments are in the arena, or 0. */
  declare private place: number;
  /** What waits for room where there is none. */
  declare private parcel: Parcel | undefined;
  declare private state: number;
  declare private waker: Waker | undefined;
  declare private result: unknown;

  /**
   * @param prepared What {@linkcode Link.prepare} has made for it.
   * @param destination Who is to run it.
   */
  constructor(link: Link, prepared: number | Parcel, destination: Destination) {
    super();
    const isPlaced = typeof prepared === "number";
    this.link = link;
    this.destination = destination;
    this.record = isPlaced ? prepared : -1;
    this.place = isPlaced ? link.domain.records.placeOf(prepared) : 0;
    this.parcel = isPlaced ? undefined : prepared;
    this.state = NEW;
    this.waker = undefined;
    this.result = undefined;
  }

  /** Whether it is with those who run it. */
  protected get isSent(): boolean {
    return this.state === SENT;
  }

  poll(cx: Context): Poll<T> {
    const { state } = this;
    if (state === NEW) {
      this.waker = cx.waker;
      if (this.parcel !== undefined && !this.#unpack(this.parcel)) return Pending;
      this.state = SENT;
      this.link.send(this.record, this as RemoteCall<unknown>, this.destination);
      return Pending;
    }
    if (state === SENT) {
      this.waker = cx.waker;
      return Pending;
    }
    if (state === ENDED) throw polledAfterEnd();
    this.state = ENDED;
    if (state === HAS_VALUE) return this.result as T;
    throw state === HAS_ERROR ? this.result : new Cancelled();
  }

  /** Asks the worker to end the task, and waits for that; see `GeneratorFuture.interrupt`. */
  interrupt(cx: Context, reason: Error): Poll<T> {
    if (this.state === NEW) {
      this.#discard();
      throw reason;
    }
    if (this.state === SENT) this.link.abort(this.record);
    return this.poll(cx);
  }

  /** Asks the worker to end the task, and does not wait for it. */
  override [Symbol.dispose](): void {
    const { state } = this;
    if (state === NEW) this.#discard();
    else if (state === SENT) this.link.abort(this.record);
    this.state = ENDED;
    this.waker = undefined;
  }

  /** Called when the record has come back. Takes the result out of it. */
  ended(): void {
    if (this.link.isMissing(this.record)) this.#takeLater();
    else this.#take();
  }

  /** The result has something in it that is not here yet. */
  async #takeLater(): Promise<void> {
    try {
      await this.link.bring(this.record);
    } catch {
      // Then it cannot be read, which is the outcome.
    }
    this.#take();
  }

  #take(): void {
    const { outcomes } = this.link;
    const ending = outcomes.take(this.record, this.place, this.state === SENT);
    if (this.state !== SENT) return;
    this.result = outcomes.value;
    if (ending === CANCELLED) this.state = WAS_ABORTED;
    else this.state = ending === DONE ? HAS_VALUE : HAS_ERROR;
    this.waker?.wake();
  }

  /** Called when there may be room. `false` if the call was given up. */
  wake(): boolean {
    this.waker?.wake();
    return this.state === NEW;
  }

  /** Called when the thread that has the call will not answer in time. */
  abandoned(): void {
    if (this.state !== SENT) return;
    this.state = WAS_ABORTED;
    this.waker?.wake();
  }

  /** Puts the arguments where workers find them; waits for room if there is none. */
  #unpack(parcel: Parcel): boolean {
    const { link } = this;
    const record = link.unpack(parcel);
    if (record < 0) {
      link.waitForRoom(this as RemoteCall<unknown>);
      return false;
    }
    this.record = record;
    this.place = link.domain.records.placeOf(record);
    this.parcel = undefined;
    return true;
  }

  /** Gives back what was prepared. */
  #discard(): void {
    const { link, record, parcel } = this;
    this.state = ENDED;
    this.waker = undefined;
    if (parcel !== undefined) return link.decoder.drop(parcel.words, 0);
    link.discard(record, this.place);
  }
}
