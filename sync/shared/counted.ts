/**
 * Handles that are counted: a channel knows how many there are of a side, in all isolates and on
 * their way. They are cloned, and it is a clone that travels.
 *
 * @module
 */

import { load, store } from "../../scheduler/multi_thread/atomics.ts";
import type { HandleKind, WireForm } from "../../scheduler/multi_thread/handle.ts";
import type { Cell } from "./cell.ts";

/** Which handles are counted: the place of the word with their number, counted from the channel. */
export type Side = number;

/** A channel that counts its handles, seen by one of them. */
export abstract class Counted {
  // Plain properties set by the constructor, as in `Acquire`.
  /** The reference of the handle. */
  declare readonly cell: Cell;

  constructor(cell: Cell) {
    this.cell = cell;
  }

  /** How many handles there are of a side. */
  count(side: Side): number {
    return load(this.cell.words, this.cell.at + side);
  }

  /** Counts one more handle of a side, with a reference. */
  enter(side: Side): void {
    const { cell } = this;
    cell.retain();
    cell.lock();
    store(cell.words, cell.at + side, this.count(side) + 1);
    cell.unlock();
  }

  /** One handle of a side less, and its reference. */
  leave(side: Side): void {
    this.uncount(side);
    this.cell[Symbol.dispose]();
  }

  /** One handle of a side less. */
  protected uncount(side: Side): void {
    const { cell } = this;
    cell.lock();
    const left = this.count(side) - 1;
    store(cell.words, cell.at + side, left);
    if (left === 0) this.ended(side);
    cell.unlock();
  }

  /** The last handle of a side is gone. Under the lock. */
  protected abstract ended(side: Side): void;
}

/** What is behind a handle: its channel, until it lets go. */
export class Grip<C extends Counted> {
  /** The channel, also afterwards. */
  readonly channel: C;
  /** Whether the handle can be used. */
  isOpen = true;
  readonly #side: Side;
  readonly #complaint: string;

  /**
   * @param side Where the handle was counted.
   * @param complaint What to say when it is used afterwards.
   */
  constructor(channel: C, side: Side, complaint: string) {
    this.channel = channel;
    this.#side = side;
    this.#complaint = complaint;
  }

  /**
   * The channel, for what needs a handle that can be used.
   *
   * @throws {TypeError} When it has let go.
   */
  get open(): C {
    this.check();
    return this.channel;
  }

  /** Throws if it has let go. */
  check(): void {
    if (!this.isOpen) throw new TypeError(this.#complaint);
  }

  /** Counts a clone, and answers with where its channel is. */
  clone(): number {
    const channel = this.open;
    channel.enter(this.#side);
    return channel.cell.at;
  }

  /** How a clone travels, with what it needs besides. */
  form(kind: HandleKind, ...rest: unknown[]): WireForm {
    const channel = this.open;
    const onSent = () => channel.enter(this.#side);
    return { kind, data: [channel.cell.at, ...rest], onSent };
  }

  /** Lets go. Does nothing when it has done so before. */
  release(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.channel.leave(this.#side);
  }
}
