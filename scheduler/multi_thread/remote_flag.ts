/**
 * A flag that one isolate sets and another one waits for: how an isolate is told to stop something.
 *
 * ```text
 *  word 0  state    bit 0 set, bit 1 its maker has left it, 2–15 rings under way, 16–31 holders
 *  word 1  waiter   the record of the wait + 1, or 0
 *  word 2  reason   where the payload is that says why it was set, or 0
 * ```
 *
 * F1 One isolate makes a flag and leaves it once. Those that it was sent to hold it, and those that
 *    are on their way count too. Whoever has done with it last frees the memory.
 * F2 One isolate waits at the most. It writes its record and then looks at the state; who changes the
 *    state does that first and then takes the record. So one of the two sees the other.
 * F3 The reason is written before the flag is set, by its maker.
 *
 * @module
 */

import { add, exchange, load, or, store, sub } from "./atomics.ts";
import type { Link } from "./link.ts";
import type { Woken } from "./link_parts.ts";
import { ownLink } from "../threads.ts";
import { push } from "./stack.ts";
import { CARGO } from "./wire_tags.ts";

const SET = 1;
const LEFT = 2;
const RING = 4;
const HOLDER = 1 << 16;

const STATE = 0;
const WAITER = 1;
const REASON = 2;
const WORDS = 3;

/** A flag, seen from one isolate. */
export class RemoteFlag {
  /** Where it is. */
  readonly at: number;
  readonly #link: Link;
  #record = -1;

  /** @param at Where another isolate has made it, for its holder. */
  constructor(at: number) {
    this.at = at;
    this.#link = ownLink();
  }

  /**
   * Makes a flag that nobody holds.
   *
   * @throws {RangeError} When there is no memory left.
   */
  static make(): RemoteFlag {
    const { arena, words } = ownLink().domain;
    const place = arena.allocate(WORDS * 4);
    if (place === 0) {
      throw new RangeError("Cannot send a handle: the memory for what travels is full");
    }
    for (let word = 0; word < WORDS; word++) store(words, place / 4 + word, 0);
    return new RemoteFlag(place / 4);
  }

  /** Whether it was set. */
  get isSet(): boolean {
    return (this.#state & SET) !== 0;
  }

  /** Whether its maker has left it. */
  get isLeft(): boolean {
    return (this.#state & LEFT) !== 0;
  }

  /** Whether somebody holds it, or is about to. */
  get isHeld(): boolean {
    return this.#state >>> 16 !== 0;
  }

  /** Counts a holder: the flag is on its way. */
  retain(): void {
    add(this.#words, this.at + STATE, HOLDER);
  }

  /** Sets it, and tells who waits. */
  set(): void {
    or(this.#words, this.at + STATE, SET);
    this.#ring();
  }

  /** F3: sets it, and says why, if the reason can travel. */
  setBecause(reason: unknown): void {
    if (reason !== undefined) store(this.#words, this.at + REASON, writeReason(this.#link, reason));
    this.set();
  }

  /** Why it was set; `undefined` if its maker has not said, or the reason could not travel. */
  reason(): unknown {
    const place = load(this.#words, this.at + REASON);
    return place === 0 ? undefined : this.#link.decoder.decode(this.#words, place / 4)[0];
  }

  /** F1: a holder has done with it. The maker is told of the last one. */
  release(): void {
    const words = this.#words;
    // Until the maker has been told, the memory may not go.
    const before = sub(words, this.at + STATE, HOLDER - RING);
    if (before >>> 16 === 1) this.#ring();
    this.#freeAfter(sub(words, this.at + STATE, RING) - RING);
  }

  /** F1: the maker has done with it. */
  leave(): void {
    this.#freeAfter(or(this.#words, this.at + STATE, LEFT) | LEFT);
  }

  /**
   * F2: has `woken` told, once, when the flag was set or the last holder has gone. The caller looks
   * afterwards whether that has happened.
   *
   * @throws {RangeError} When too many tasks and waits are under way.
   */
  wait(woken: Woken): void {
    const record = this.#link.beginWait(woken);
    if (record < 0) throw new RangeError("Cannot wait: too many tasks and waits are under way");
    this.#record = record;
    store(this.#words, this.at + WAITER, record + 1);
  }

  /** Waits no more. Does nothing if nobody waits. */
  waitNoMore(): void {
    const record = this.#record;
    if (record < 0) return;
    this.#record = -1;
    const isFree = exchange(this.#words, this.at + WAITER, 0) !== 0;
    this.#link.endWait(record, isFree);
  }

  /** Notes that `woken` was called. */
  wasWoken(): void {
    this.#record = -1;
  }

  get #words(): Int32Array {
    return this.#link.domain.words;
  }

  get #state(): number {
    return load(this.#words, this.at + STATE);
  }

  #ring(): void {
    const link = this.#link;
    const { words, records, self } = link.domain;
    const record = exchange(words, this.at + WAITER, 0) - 1;
    if (record < 0) return;
    const isolate = records.spawnerOf(record);
    if (isolate === self) return link.woken(record);
    push(words, link.domain.woken(isolate), records, record);
    link.unpark(isolate);
  }

  #freeAfter(state: number): void {
    if ((state & ~SET) !== LEFT) return;
    const { arena } = this.#link.domain;
    const reason = load(this.#words, this.at + REASON);
    if (reason !== 0) arena.freeRemote(reason);
    arena.freeRemote(this.at * 4);
  }
}

/** Writes a value that has neither handles nor shared memory in it. 0 if it cannot travel. */
function writeReason({ domain, encoder }: Link, reason: unknown): number {
  try {
    const bytes = encoder.encode([reason]);
    if ((encoder.words[0]! & CARGO) !== 0) return 0;
    const place = domain.arena.allocate(bytes);
    if (place !== 0) encoder.copyTo(domain.words, place / 4);
    return place;
  } catch {
    return 0;
  }
}
