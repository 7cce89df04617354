/**
 * What is behind the ends of a channel of bytes: a place in the ring, and a line of those who wait
 * there.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import { type Context, currentContext } from "../../future/context.ts";
import { stepOf, type Wait } from "../../future/future.ts";
import { type Giver, InLine, Line } from "../../future/line.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import type { HandleKind, WireForm } from "../../scheduler/multi_thread/handle.ts";
import type { Link } from "../../scheduler/multi_thread/link.ts";
import { ownLink } from "../../scheduler/multi_thread/membership.ts";
import { Bell, ring as ringBell } from "./bell.ts";
import { ByteRing, byteRingWords } from "./byte_ring.ts";
import { Cell, OWN } from "./cell.ts";

/** The words of the cell: where the ring is, and how many bytes it holds. */
const PLACE = OWN;
const CAPACITY = OWN + 1;

/**
 * The failure of a write to a channel whose reader is gone.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertRejects } from "@std/assert";
 *
 * const [writer, reader] = shared.byteChannel(64);
 * reader.close();
 * await assertRejects(async () => await writer.write(new Uint8Array(1)), shared.BrokenPipeError);
 * writer.close();
 * ```
 */
export class BrokenPipeError extends Error {
  /** Always `"BrokenPipeError"`. */
  override readonly name = "BrokenPipeError";

  /** Made by a writer. */
  constructor() {
    super("Cannot write: the reader is gone");
  }
}

/**
 * Makes the memory of a channel, with a reference for each end.
 *
 * @param capacity How many bytes it holds, a power of two.
 * @throws {RangeError} When there is no memory left.
 */
export function makeRing(capacity: number): Cell {
  const cell = Cell.create([0, capacity], freeRing);
  const { words, at } = cell;
  const place = cell.allocate(byteRingWords(capacity) * 4, "a byte channel");
  words[at + PLACE] = place;
  new ByteRing(words, place / 4, capacity).clear();
  cell.retain();
  return cell;
}

/** Takes over a reference that was counted before. */
export function ringCell(at: number): Cell {
  return new Cell(ownLink(), at, freeRing);
}

/** Both ends are gone. */
function freeRing({ domain }: Link, at: number): void {
  const place = domain.words[at + PLACE]!;
  if (place !== 0) domain.arena.freeRemote(place);
}

/** One end. */
abstract class BytePort implements Giver {
  /** The ring. */
  declare readonly ring: ByteRing;
  /** Those who wait at this end. */
  declare readonly line: Line;
  declare protected isOpen: boolean;
  declare private readonly cell: Cell;
  /** The wait for the other end. */
  declare private readonly bell: Bell;
  /** The word in which the other end says that it waits. */
  declare private readonly other: number;

  constructor(cell: Cell, isReader: boolean) {
    const { link, words, at } = cell;
    const ring = new ByteRing(words, words[at + PLACE]! / 4, words[at + CAPACITY]!);
    this.ring = ring;
    this.line = new Line(this, this);
    this.isOpen = true;
    this.cell = cell;
    this.bell = new Bell(link, isReader ? ring.reader : ring.writer, this.line);
    this.other = isReader ? ring.writer : ring.reader;
  }

  /** Throws if this end was closed or sent. */
  check(action: string): void {
    if (!this.isOpen) throw new TypeError(`Cannot ${action}: this end was closed or sent`);
  }

  /** Closes this end, and tells those who wait at both. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.bell.disarm();
    this.leave();
    this.tell();
    this.cell[Symbol.dispose]();
    this.line.wakeAll();
  }

  /** The form in which this end moves to another isolate. */
  move(kind: HandleKind): WireForm {
    this.check("send it");
    if (!this.line.isEmpty) {
      throw new TypeError("Cannot send an end of a byte channel: somebody waits at it");
    }
    return this.cell.move(kind, () => this.isOpen = false);
  }

  /** Tells the other end that there is news. */
  tell(): void {
    ringBell(this.cell.link, this.other);
  }

  /** Nobody waits at this end any more. */
  unpoll(): void {
    this.bell.disarm();
  }

  /** Whether it can answer without waiting for the other end. */
  abstract hasNews(): boolean;

  /** Says that this end is closed. */
  protected abstract leave(): void;

  /** Has `cx` woken when the other end has news. Answers whether it has some already. */
  protected rest(cx: Context): boolean {
    if (this.bell.arm() && this.hasNews()) {
      this.bell.disarm();
      return true;
    }
    refund();
    this.line.keep(cx.waker);
    return false;
  }
}

/** The end that writes. */
export class WriterPort extends BytePort {
  /** Takes over a reference. */
  constructor(cell: Cell) {
    super(cell, false);
  }

  /** Writes as many bytes as there is room for now. */
  tryWrite(bytes: Uint8Array): number {
    this.check("write");
    if (this.ring.isAbandoned) throw new BrokenPipeError();
    const count = this.ring.write(bytes);
    if (count > 0) this.tell();
    return count;
  }

  /** Writes what there is room for, or has `cx` woken when there is some. */
  pollWrite(cx: Context, bytes: Uint8Array): Poll<number> {
    if (!proceed(cx.waker)) return Pending;
    do {
      const count = this.tryWrite(bytes);
      if (count > 0 || bytes.length === 0) return count;
    } while (this.rest(cx));
    return Pending;
  }

  hasNews(): boolean {
    return !this.isOpen || this.ring.room(1) > 0 || this.ring.isAbandoned;
  }

  protected leave(): void {
    this.ring.end();
  }
}

/** The end that reads. */
export class ReaderPort extends BytePort {
  /** Takes over a reference. */
  constructor(cell: Cell) {
    super(cell, true);
  }

  /** Reads as many bytes as there are now. */
  tryRead(buffer: Uint8Array): number {
    this.check("read");
    const count = this.ring.read(buffer);
    if (count > 0) this.tell();
    return count;
  }

  /** Reads what is there, or has `cx` woken when there is something. */
  pollRead(cx: Context, buffer: Uint8Array): Poll<number> {
    if (!proceed(cx.waker)) return Pending;
    do {
      if (!this.isOpen) return 0;
      const count = this.tryRead(buffer);
      if (count > 0 || this.isEnded()) return count;
    } while (this.rest(cx));
    return Pending;
  }

  /** Whether nothing is there and nothing will come. */
  isEnded(): boolean {
    return this.ring.isEnded && this.ring.available(1) === 0;
  }

  hasNews(): boolean {
    return !this.isOpen || this.ring.available(1) > 0 || this.ring.isEnded;
  }

  protected leave(): void {
    this.ring.leave();
  }
}

/** The future of a write. */
export class Write extends InLine<number> {
  declare private readonly port: WriterPort;
  declare private bytes: Uint8Array;
  declare private readonly length: number;
  declare private readonly isWhole: boolean;

  /** @param isWhole Whether it goes on until all bytes are written. */
  constructor(port: WriterPort, bytes: Uint8Array, isWhole: boolean) {
    super(port.line);
    this.port = port;
    this.bytes = bytes;
    this.length = bytes.length;
    this.isWhole = isWhole;
  }

  override poll(cx: Context): Poll<number> {
    return this.wait(cx);
  }

  override next(): IteratorResult<Wait, number> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  protected override ask(cx: Context): Poll<number> {
    while (true) {
      const { bytes } = this;
      const count = this.port.pollWrite(cx, bytes);
      if (isPending(count) || !this.isWhole) return count;
      if (count === bytes.length) return this.length;
      this.bytes = bytes.subarray(count);
    }
  }
}

/** The future of a read. */
export class Read extends InLine<number> {
  declare private readonly port: ReaderPort;
  declare private readonly buffer: Uint8Array;

  constructor(port: ReaderPort, buffer: Uint8Array) {
    super(port.line);
    this.port = port;
    this.buffer = buffer;
  }

  override poll(cx: Context): Poll<number> {
    return this.wait(cx);
  }

  override next(): IteratorResult<Wait, number> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  protected override ask(cx: Context): Poll<number> {
    return this.port.pollRead(cx, this.buffer);
  }
}
