/**
 * Memory for payloads that do not fit into a record: an allocator in shared words that every isolate
 * sees.
 *
 * ```text
 *  header, 16 words
 *    word 0  lock      for words 1–3 and for pages that change hands                     lock.ts
 *    word 1  high      pages that were ever in use: those below
 *    word 2  free      how many of these are FREE
 *    word 3  hint      no page below is FREE
 *  isolates, 16 words each
 *    word 0  returned  list of its blocks that others have freed                         stack.ts
 *    word 1  runs      how many pages its runs take
 *  table, 2 words for each page
 *    word 0  state     bits 0–2 kind, 3–15 isolate, 16–31 size class
 *    word 1  count     RUN: its pages      ORPHAN: blocks that are in use
 *  pages, 64 KiB each
 *    blocks of one size, one after the other; word 0 of a block that is not in use is a link
 *
 *  kinds:  FREE → BLOCKS → FREE          a page of one isolate, cut into blocks
 *                 BLOCKS → ORPHAN → FREE its isolate has ended before its blocks were freed
 *          FREE → RUN, REST… → FREE      neighbouring pages that are one large block
 * ```
 *
 * All words are 0 at first, which is an arena that nobody has used.
 *
 * A1 A page of kind BLOCKS belongs to one isolate. Only that one takes blocks from it and puts them
 *    back, and it keeps in memory of its own which are free, without atomics.
 * A2 A page changes from and to FREE under the lock. While a block is in use, its page is not FREE,
 *    and goes at most from BLOCKS to ORPHAN. So who frees a block may read the state without the lock.
 * A3 Who frees a block of another isolate's page puts it into that one's list, and then reads the
 *    page's state again.
 * A4 An isolate that ends first makes its pages ORPHAN, after it has written their counts, and then
 *    empties its list. With A3 one of the two sees the other: if the list was emptied too early, who
 *    came late finds ORPHAN and empties the list itself.
 * A5 Who frees a block of an ORPHAN page subtracts 1 from its count, once for each block; who arrives
 *    at 0 gives the page back.
 * A6 Who empties a list looks at the page of each block anew, because a number of an isolate may have
 *    a successor: a block whose page is somebody else's goes to that one.
 * A7 A run is given back by whoever frees it, at once: large memory does not wait for its owner.
 *
 * An isolate that is gone without {@linkcode Arena.close} keeps its pages for good.
 *
 * Follows D. Leijen, B. Zorn, L. de Moura, "Mimalloc: Free List Sharding in Action" (2019).
 *
 * @module
 */

import { add, load, store, sub } from "./atomics.ts";
import type { Links } from "./injector.ts";
import { acquire, release } from "./lock.ts";
import { push, takeAll } from "./stack.ts";

/** The bytes of a page. */
export const PAGE_BYTES = 65536;

/** The longest block of which a page has several, in bytes. */
const LONGEST_BLOCK = PAGE_BYTES / 2;

const SHORTEST_SHIFT = 7;
const PAGE_WORDS = PAGE_BYTES / 4;
const LINE = 16;

const LOCK = 0;
const HIGH = 1;
const FREE_PAGES = 2;
const HINT = 3;

const RETURNED = 0;
const RUNS = 1;

const FREE = 0;
const BLOCKS = 1;
const ORPHAN = 2;
const RUN = 3;
const REST = 4;
const KIND = 7;
const ISOLATE_SHIFT = 3;
const ISOLATE_MASK = 0x1fff;
const CLASS_SHIFT = 16;

/** Where an arena is, and who looks at it. */
export interface ArenaOptions {
  /** The first of its words. */
  readonly base: number;
  /** How many words it takes, tables included. */
  readonly size: number;
  /** How many isolates there may be. */
  readonly isolates: number;
  /** The number of this one. */
  readonly self: number;
}

/** A page of this isolate. */
interface Page {
  readonly number: number;
  readonly sizeClass: number;
  /** The first block that was freed, or 0; each has the next one's word in its first. */
  free: number;
  /** The first block that was never used. */
  fresh: number;
  /** Blocks in use. */
  used: number;
  /** Whether it is among the pages that have room. */
  isListed: boolean;
}

/** The arena, seen from one isolate. */
export class Arena implements Links {
  readonly #words: Int32Array;
  readonly #base: number;
  readonly #self: number;
  readonly #table: number;
  readonly #first: number;
  readonly #pageCount: number;
  /** The pages of this isolate, by number. */
  readonly #pages = new Map<number, Page>();
  /** Those that have room, by size class; blocks are taken from the last. */
  readonly #withRoom: Page[][] = Array.from({ length: classOf(LONGEST_BLOCK) + 1 }, () => []);
  #blockBytes = 0;

  /**
   * @param words The shared words.
   * @param options Where the arena is in them.
   * @throws {RangeError} When there is no room for a page, or its offsets do not fit into a word.
   */
  constructor(words: Int32Array, options: ArenaOptions) {
    const { base, size, isolates, self } = options;
    const fixed = LINE + isolates * LINE;
    const pages = Math.floor((size - fixed - LINE) / (PAGE_WORDS + 2));
    if (pages < 1 || (base + size) * 4 > 2 ** 31) {
      throw new RangeError(
        `Cannot make an arena of ${size} words at ${base}: wanted a page to 2 GiB`,
      );
    }
    this.#words = words;
    this.#base = base;
    this.#self = self;
    this.#pageCount = pages;
    this.#table = base + fixed;
    this.#first = Math.ceil((this.#table + pages * 2) / LINE) * LINE;
  }

  /** The bytes of the largest block that there can be. */
  get most(): number {
    return this.#pageCount * PAGE_BYTES;
  }

  /** The bytes of the blocks of this isolate that are in use, as far as it has been told. */
  get bytesInUse(): number {
    return this.#blockBytes + load(this.#words, this.#isolate(this.#self) + RUNS) * PAGE_BYTES;
  }

  /**
   * Takes a block of at least so many bytes.
   *
   * @returns Its offset in bytes from word 0, a multiple of 16; 0 if there is none left.
   */
  allocate(bytes: number): number {
    if (bytes > LONGEST_BLOCK) return this.#allocateRun(Math.ceil(bytes / PAGE_BYTES));
    const sizeClass = classOf(bytes);
    const listed = this.#withRoom[sizeClass]!;
    const page = listed[listed.length - 1] ?? this.#findRoom(sizeClass);
    if (page === undefined) return 0;
    const words = this.#words;
    let block = page.free;
    if (block !== 0) {
      page.free = words[block]!;
    } else {
      block = page.fresh;
      page.fresh += bytesOf(sizeClass) / 4;
    }
    page.used++;
    this.#blockBytes += bytesOf(sizeClass);
    if (page.free === 0 && page.fresh > this.#lastFresh(page)) {
      listed.pop();
      page.isListed = false;
    }
    return block * 4;
  }

  /**
   * Gives a block back that this isolate has taken.
   *
   * @throws {RangeError} When there is no such block.
   */
  free(offset: number): void {
    const block = offset >> 2;
    const page = this.#pages.get(this.#pageOf(block));
    if (page === undefined) return this.freeRemote(offset);
    this.#words[block] = page.free;
    page.free = block;
    page.used--;
    this.#blockBytes -= bytesOf(page.sizeClass);
    const listed = this.#withRoom[page.sizeClass]!;
    if (!page.isListed) {
      listed.push(page);
      page.isListed = true;
    }
    if (page.used === 0 && listed.length > 1) this.#giveBack(page);
  }

  /**
   * Gives a block back that any isolate has taken.
   *
   * @throws {RangeError} When there is no such block.
   */
  freeRemote(offset: number): void {
    const block = offset >> 2;
    const page = this.#pageOf(block);
    const state = page < 0 ? FREE : load(this.#words, this.#state(page));
    const owner = (state >> ISOLATE_SHIFT) & ISOLATE_MASK;
    switch (state & KIND) {
      case BLOCKS:
        if (owner === this.#self) {
          // A page that is not known is of a predecessor that was gone without closing.
          if (this.#pages.has(page)) this.free(offset);
          return;
        }
        push(this.#words, this.#isolate(owner) + RETURNED, this, block);
        // A3, A4.
        if ((load(this.#words, this.#state(page)) & KIND) === ORPHAN) this.#empty(owner);
        return;
      case ORPHAN:
        // A5.
        if (sub(this.#words, this.#state(page) + 1, 1) === 1) this.#setFree(page, 1);
        return;
      case RUN: {
        const count = load(this.#words, this.#state(page) + 1);
        sub(this.#words, this.#isolate(owner) + RUNS, count);
        return this.#setFree(page, count);
      }
      default:
        throw new RangeError(`Cannot free ${offset}: no block begins there`);
    }
  }

  /** Takes the blocks back that others have freed. */
  collect(): void {
    this.#empty(this.#self);
  }

  /** Gives all pages up: this isolate ends, and will not use the arena again. A4. */
  close(): void {
    this.collect();
    for (const page of [...this.#pages.values()]) {
      if (page.used === 0) {
        this.#giveBack(page);
        continue;
      }
      store(this.#words, this.#state(page.number) + 1, page.used);
      store(this.#words, this.#state(page.number), ORPHAN);
    }
    this.#pages.clear();
    for (const listed of this.#withRoom) listed.length = 0;
    this.#blockBytes = 0;
    this.collect();
  }

  /** The link of a block, for lists. */
  next(block: number): number {
    return this.#words[block]!;
  }

  /** Sets the link of a block, for lists. */
  setNext(block: number, next: number): void {
    this.#words[block] = next;
  }

  /** A6. */
  #empty(isolate: number): void {
    takeAll(
      this.#words,
      this.#isolate(isolate) + RETURNED,
      this,
      (block) => this.freeRemote(block * 4),
    );
  }

  #findRoom(sizeClass: number): Page | undefined {
    this.collect();
    const listed = this.#withRoom[sizeClass]!;
    const page = listed[listed.length - 1];
    if (page !== undefined) return page;
    let number = this.#claim(1, this.#newState(BLOCKS, sizeClass));
    if (number < 0 && this.#trim()) number = this.#claim(1, this.#newState(BLOCKS, sizeClass));
    if (number < 0) return undefined;
    const fresh = this.#first + number * PAGE_WORDS;
    const claimed = { number, sizeClass, free: 0, fresh, used: 0, isListed: true };
    this.#pages.set(number, claimed);
    listed.push(claimed);
    return claimed;
  }

  #allocateRun(count: number): number {
    const state = this.#newState(RUN, 0);
    let number = this.#claim(count, state);
    if (number < 0) {
      this.collect();
      if (this.#trim()) number = this.#claim(count, state);
    }
    if (number < 0) return 0;
    add(this.#words, this.#isolate(this.#self) + RUNS, count);
    return (this.#first + number * PAGE_WORDS) * 4;
  }

  /** Gives the pages back that are empty; one of each size was kept for the next block. */
  #trim(): boolean {
    const empty = this.#withRoom.flat().filter((page) => page.used === 0);
    for (const page of empty) this.#giveBack(page);
    return empty.length > 0;
  }

  #giveBack(page: Page): void {
    const listed = this.#withRoom[page.sizeClass]!;
    listed.splice(listed.indexOf(page), 1);
    this.#pages.delete(page.number);
    this.#setFree(page.number, 1);
  }

  /** A2: takes the first `count` FREE pages that are neighbours. -1 if there are none. */
  #claim(count: number, state: number): number {
    const words = this.#words;
    const base = this.#base;
    acquire(words, base + LOCK);
    try {
      const high = load(words, base + HIGH);
      const hint = load(words, base + HINT);
      const free = load(words, base + FREE_PAGES);
      const first = this.#firstFree(free === 0 ? high : hint, high, count);
      const end = first + count;
      if (end > this.#pageCount) return -1;
      for (let page = first; page < end; page++) store(words, this.#state(page), REST);
      store(words, this.#state(first), state);
      store(words, this.#state(first) + 1, count);
      store(words, base + HIGH, Math.max(high, end));
      store(words, base + FREE_PAGES, free - Math.max(0, Math.min(end, high) - first));
      if (free === 0 || first === hint) store(words, base + HINT, end);
      return first;
    } finally {
      release(words, base + LOCK);
    }
  }

  /** The first of `count` neighbours that are FREE, from `from`; above `high` all are. */
  #firstFree(from: number, high: number, count: number): number {
    let first = from;
    for (let page = from; page < high && page < first + count; page++) {
      if (load(this.#words, this.#state(page)) !== FREE) first = page + 1;
    }
    return first;
  }

  /** A2: makes pages FREE. */
  #setFree(first: number, count: number): void {
    const words = this.#words;
    const base = this.#base;
    acquire(words, base + LOCK);
    for (let page = first; page < first + count; page++) store(words, this.#state(page), FREE);
    add(words, base + FREE_PAGES, count);
    if (first < load(words, base + HINT)) store(words, base + HINT, first);
    release(words, base + LOCK);
  }

  #newState(kind: number, sizeClass: number): number {
    return kind | (this.#self << ISOLATE_SHIFT) | (sizeClass << CLASS_SHIFT);
  }

  /** The last word at which a block of a page can begin. */
  #lastFresh(page: Page): number {
    return this.#first + (page.number + 1) * PAGE_WORDS - bytesOf(page.sizeClass) / 4;
  }

  #isolate(isolate: number): number {
    return this.#base + LINE + isolate * LINE;
  }

  #state(page: number): number {
    return this.#table + page * 2;
  }

  /** The page in which a word is, or -1. */
  #pageOf(word: number): number {
    const page = Math.floor((word - this.#first) / PAGE_WORDS);
    return page < this.#pageCount ? page : -1;
  }
}

/** The size class of blocks of so many bytes: 128, 192, 256, 384, 512, and so on. */
function classOf(bytes: number): number {
  if (bytes <= 1 << SHORTEST_SHIFT) return 0;
  const shift = 31 - Math.clz32(bytes - 1);
  const half = bytes <= (1 << shift) * 1.5 ? 1 : 2;
  return (shift - SHORTEST_SHIFT) * 2 + half;
}

/** The bytes of a block of a size class. */
function bytesOf(sizeClass: number): number {
  const shift = SHORTEST_SHIFT + (sizeClass >> 1);
  return (sizeClass & 1) === 0 ? 1 << shift : (1 << shift) * 1.5;
}
