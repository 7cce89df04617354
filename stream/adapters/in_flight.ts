/**
 * Several futures at once, each polled only when it was woken.
 *
 * @module
 */

import type { Context, Waker } from "../../future/context.ts";
import { dropAll } from "../../future/drop_all.ts";
import type { Future } from "../../future/future.ts";
import { isPending } from "../../future/poll.ts";

/** One of the futures: the context that it is polled with, and its place among those woken. */
export class Flight<T> implements Context, Waker {
  // Plain properties set by the constructor: every item of a stream makes one of these.
  /** What is polled; `undefined` once it has ended. */
  declare future: Future<T> | undefined;
  /** What it completed with, and whether that is an error. */
  declare private value: T | undefined;
  declare private failed: boolean;
  /** The one that was woken after it. */
  declare nextWoken: Flight<T> | undefined;
  declare private isWoken: boolean;
  declare private readonly flights: InFlight<T>;

  constructor(flights: InFlight<T>, future: Future<T> | undefined) {
    this.future = future;
    this.value = undefined;
    this.failed = false;
    this.nextWoken = undefined;
    this.isWoken = false;
    this.flights = flights;
  }

  get waker(): Waker {
    return this;
  }

  wake(): void {
    if (this.isWoken || this.future === undefined) return;
    this.isWoken = true;
    this.flights.note(this);
  }

  /** Polls the future. Answers whether it has ended. */
  poll(): boolean {
    this.isWoken = false;
    const { future } = this;
    if (future === undefined) return false;
    let value;
    try {
      value = future.poll(this);
    } catch (error) {
      this.fail(error);
      return true;
    }
    if (isPending(value)) return false;
    this.future = undefined;
    this.value = value;
    return true;
  }

  /** Ends it by an error. */
  fail(error: unknown): void {
    this.future = undefined;
    this.failed = true;
    this.value = error as T;
  }

  /** Takes the value. Throws what the future failed with. */
  take(): T {
    if (this.failed) throw this.value;
    return this.value!;
  }
}

/** A set of futures. */
export class InFlight<T> {
  readonly #all = new Set<Flight<T>>();
  #firstWoken: Flight<T> | undefined = undefined;
  #lastWoken: Flight<T> | undefined = undefined;
  #waker: Waker | undefined = undefined;

  /** How many have not ended. */
  get size(): number {
    return this.#all.size;
  }

  /** Adds a future, to be polled in the next {@linkcode InFlight.poll}. */
  add(future: Future<T>): Flight<T> {
    const flight = new Flight(this, future);
    this.#all.add(flight);
    flight.wake();
    return flight;
  }

  /** Makes one that has ended by an error. */
  failed(error: unknown): Flight<T> {
    const flight = new Flight<T>(this, undefined);
    flight.fail(error);
    return flight;
  }

  /** Puts `flight` among those to be polled. */
  note(flight: Flight<T>): void {
    if (this.#lastWoken === undefined) this.#firstWoken = flight;
    else this.#lastWoken.nextWoken = flight;
    this.#lastWoken = flight;
    const waker = this.#waker;
    this.#waker = undefined;
    waker?.wake();
  }

  /** Polls those who were woken, until one ends; `undefined` when none does. */
  poll(cx: Context): Flight<T> | undefined {
    const last = this.#lastWoken;
    this.#waker = undefined;
    for (let flight = this.#firstWoken; flight !== undefined; flight = this.#firstWoken) {
      this.#firstWoken = flight.nextWoken;
      if (flight.nextWoken === undefined) this.#lastWoken = undefined;
      flight.nextWoken = undefined;
      if (flight.poll()) {
        this.#all.delete(flight);
        return flight;
      }
      if (flight === last) break;
    }
    // One that woke itself while it was polled is polled in the next turn, after others.
    if (this.#firstWoken !== undefined) cx.waker.wake();
    else this.#waker = cx.waker;
    return undefined;
  }

  /** Drops all. */
  [Symbol.dispose](): void {
    const futures = Array.from(this.#all, ({ future }) => future);
    for (const flight of this.#all) flight.future = undefined;
    this.#all.clear();
    this.#firstWoken = undefined;
    this.#lastWoken = undefined;
    this.#waker = undefined;
    dropAll(futures);
  }
}
