/**
 * Several items of work at once: `buffered` and `bufferUnordered`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End, isItem } from "../../future/end.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { plus } from "../size_hint.ts";
import { beginThunk, type Thunk } from "../work.ts";
import { FuseSource } from "./fuse.ts";
import { type Flight, InFlight } from "./in_flight.ts";

/** Keeps up to `limit` pieces of work in progress. */
abstract class Buffered<T> extends Source<T> {
  declare protected readonly source: FuseSource<Thunk<T>>;
  declare protected readonly flights: InFlight<T>;
  declare protected readonly limit: number;

  constructor(source: Source<Thunk<T>>, limit: number) {
    super();
    this.source = new FuseSource(source);
    this.flights = new InFlight();
    this.limit = limit;
  }

  /** How many pieces of work were begun and not handed on. */
  protected abstract get held(): number;

  /** Takes note of what was begun. */
  protected abstract begun(flight: Flight<T>): void;

  /** Takes note of what came in place of work. */
  protected abstract refused(error: unknown): void;

  /** Begins as much as there is and as may be. */
  protected fill(cx: Context): void {
    while (this.held < this.limit) {
      try {
        const work = this.source.pollNext(cx);
        if (!isItem(work)) return;
        this.begun(this.flights.add(beginThunk(work)));
      } catch (error) {
        this.refused(error);
      }
    }
  }

  override sizeHint(): SizeHint {
    return plus(this.source.sizeHint(), this.held);
  }

  override isTerminated(): boolean {
    return this.held === 0 && this.source.isTerminated();
  }

  override unpoll(): void {
    this.source.unpoll();
  }

  override [Symbol.dispose](): void {
    try {
      this.flights[Symbol.dispose]();
    } finally {
      this.source[Symbol.dispose]();
    }
  }
}

/** Hands on the values in the order in which they come. */
export class BufferUnorderedSource<T> extends Buffered<T> {
  pollNext(cx: Context): Poll<T | End> {
    this.fill(cx);
    const flight = this.flights.poll(cx);
    if (flight !== undefined) return flight.take();
    return this.isTerminated() ? End : Pending;
  }

  protected get held(): number {
    return this.flights.size;
  }

  protected begun(): void {}

  protected refused(error: unknown): void {
    throw error;
  }
}

/** Hands on the values in the order of the items. */
export class BufferedSource<T> extends Buffered<T> {
  /** In the order of the items, those that wait for one before them included. */
  readonly #line: Flight<T>[] = [];

  pollNext(cx: Context): Poll<T | End> {
    this.fill(cx);
    const first = this.#line[0];
    if (first === undefined) return this.isTerminated() ? End : Pending;
    while (first.future !== undefined) {
      if (this.flights.poll(cx) === undefined) return Pending;
    }
    this.#line.shift();
    return first.take();
  }

  protected get held(): number {
    return this.#line.length;
  }

  protected begun(flight: Flight<T>): void {
    this.#line.push(flight);
  }

  /** An error has its place in the order, too. */
  protected refused(error: unknown): void {
    this.#line.push(this.flights.failed(error));
  }

  override [Symbol.dispose](): void {
    this.#line.length = 0;
    super[Symbol.dispose]();
  }
}
