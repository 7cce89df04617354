/**
 * A hierarchical timer wheel: six levels of 64 slots.
 *
 * A slot of level 0 is one tick (a millisecond); a slot of each further level is 64 times as wide as
 * one of the level below. Inserting and removing take the same short time however many timers there
 * are; a timer moves down a level at most five times before it fires.
 *
 * W1 A timer due at tick `t` never fires while `elapsed < t`.
 * W2 An entry is in the slot of the highest level whose digit of `when` differs from that of
 *    `elapsed`, or it is in none.
 * W3 A bit of a level's occupancy map is set if and only if its slot is not empty.
 * W4 Within a tick, timers fire in the order in which they came to be on level 0.
 *
 * Follows Tokio's `runtime::time::wheel`, which follows Varghese and Lauck, "Hashed and
 * Hierarchical Timing Wheels" (1987).
 *
 * @module
 */

/** A timer in the wheel; the future that sleeps is the entry. */
export interface TimerEntry {
  /** The tick at which it is due. */
  when: number;
  /** Its slot, or `IDLE`. */
  slot: number;
  /** The one after it in its slot. */
  nextTimer: TimerEntry | undefined;
  /** The one before it in its slot. */
  previousTimer: TimerEntry | undefined;
  /** Called once when it is due, after it has left the wheel. */
  fire(): void;
}

/** The slot of an entry that is in no wheel. */
export const IDLE = -1;

const LEVELS = 6;
const SLOTS = 64;

/** The width of a slot in ticks, by level; the last is the range of the wheel. */
const WIDTH: readonly number[] = Array.from({ length: LEVELS + 1 }, (_, level) => SLOTS ** level);

/** Deadlines that are farther away than this are looked at again when it has passed. */
const RANGE = WIDTH[LEVELS]!;

/** Ticks below this are small integers. */
const SMALL = 2 ** 30;

/** Timers by when they are due. */
export class TimerWheel {
  readonly #first: (TimerEntry | undefined)[] = new Array(LEVELS * SLOTS).fill(undefined);
  readonly #last: (TimerEntry | undefined)[] = new Array(LEVELS * SLOTS).fill(undefined);
  /** Occupancy maps: two words of 32 slots for each level. */
  readonly #occupied = new Int32Array(LEVELS * 2);
  #elapsed = 0;
  #size = 0;

  /** How many timers there are. */
  get size(): number {
    return this.#size;
  }

  /** The tick up to which timers have fired. */
  get elapsed(): number {
    return this.#elapsed;
  }

  /** Adds an entry that is in no wheel; `false` if it is due already, and was not added. */
  insert(entry: TimerEntry): boolean {
    if (entry.when <= this.#elapsed) return false;
    this.#link(entry);
    this.#size += 1;
    return true;
  }

  /** Takes an entry out, if it is there. */
  remove(entry: TimerEntry): void {
    const { slot } = entry;
    if (slot === IDLE) return;
    const { previousTimer: previous, nextTimer: next } = entry;
    if (previous === undefined) this.#first[slot] = next;
    else previous.nextTimer = next;
    if (next === undefined) this.#last[slot] = previous;
    else next.previousTimer = previous;
    entry.slot = IDLE;
    entry.nextTimer = undefined;
    entry.previousTimer = undefined;
    if (this.#first[slot] === undefined) this.#occupied[slot >> 5]! &= ~(1 << slot);
    this.#size -= 1;
  }

  /** The tick at which the wheel has work next, at the latest that of the first timer. */
  next(): number {
    for (let level = 0; level < LEVELS; level++) {
      const slot = this.#nextSlot(level);
      if (slot >= 0) return this.#startOf(level, slot);
    }
    return Infinity;
  }

  /**
   * Lets time pass until tick `now` and fires what is due, in order.
   *
   * @returns How many have fired.
   */
  advance(now: number): number {
    let fired = 0;
    while (this.#size > 0) {
      const due = this.next();
      if (due > now) break;
      fired += this.#expire(due);
    }
    if (now > this.#elapsed) this.#elapsed = now;
    return fired;
  }

  /**
   * The entry that is due first, of several at one tick the one that came first. Those that are
   * farther away than the range of the wheel, which is two years, may be out of order.
   */
  first(): TimerEntry | undefined {
    if (this.#size === 0) return undefined;
    let first = this.#first[this.#nextPlace()];
    for (let entry = first; entry !== undefined; entry = entry.nextTimer) {
      if (entry.when < first!.when) first = entry;
    }
    return first;
  }

  /** Empties the slot that begins at `due`: level 0 fires, the others move down. */
  #expire(due: number): number {
    let fired = 0;
    const place = this.#nextPlace();
    this.#elapsed = due;
    // A fired timer may insert and remove others, so the slot is emptied from its head; what
    // a callback inserts is due later and goes elsewhere.
    for (let entry = this.#first[place]; entry !== undefined; entry = this.#first[place]) {
      this.remove(entry);
      if (entry.when <= due) {
        fired += 1;
        entry.fire();
      } else {
        this.#link(entry);
        this.#size += 1;
      }
    }
    return fired;
  }

  /** Where the slot is that begins next, in a wheel that is not empty. */
  #nextPlace(): number {
    let level = 0;
    let slot = this.#nextSlot(0);
    while (slot < 0) slot = this.#nextSlot(++level);
    return level * SLOTS + slot;
  }

  #link(entry: TimerEntry): void {
    const place = placeOf(this.#elapsed, entry.when);
    const last = this.#last[place];
    entry.slot = place;
    entry.previousTimer = last;
    if (last === undefined) this.#first[place] = entry;
    else last.nextTimer = entry;
    this.#last[place] = entry;
    this.#occupied[place >> 5]! |= 1 << place;
  }

  /**
   * The occupied slot of a level that begins next, or -1. The slot in which time stands comes last:
   * what is in it is a whole turn of the level away.
   */
  #nextSlot(level: number): number {
    const low = this.#occupied[level * 2]!;
    const high = this.#occupied[level * 2 + 1]!;
    if ((low | high) === 0) return -1;
    const elapsed = this.#elapsed;
    const from = elapsed < SMALL
      ? (elapsed >> (level * 6)) & (SLOTS - 1)
      : Math.floor(elapsed / WIDTH[level]!) % SLOTS;
    const later = firstBit(low, high, from + 1);
    return later >= 0 ? later : firstBit(low, high, 0);
  }

  /** The tick at which a slot begins the next time. */
  #startOf(level: number, slot: number): number {
    const range = WIDTH[level + 1]!;
    const start = this.#elapsed - (this.#elapsed % range) + slot * WIDTH[level]!;
    return start <= this.#elapsed ? start + range : start;
  }
}

/** W2: the slot of `when`, by small integers for the first twelve days of a wheel. */
function placeOf(elapsed: number, when: number): number {
  if (when >= SMALL) return farPlaceOf(elapsed, Math.min(when, elapsed + RANGE - 1));
  const level = ((31 - Math.clz32((elapsed ^ when) | (SLOTS - 1))) / 6) | 0;
  return level * SLOTS + ((when >> (level * 6)) & (SLOTS - 1));
}

function farPlaceOf(elapsed: number, when: number): number {
  const level = levelOf(elapsed, when);
  return level * SLOTS + Math.floor(when / WIDTH[level]!) % SLOTS;
}

/** W2: the highest digit to base 64 in which the two differ. */
function levelOf(elapsed: number, when: number): number {
  const below = WIDTH[LEVELS - 1]!;
  if (Math.floor(elapsed / below) !== Math.floor(when / below)) return LEVELS - 1;
  const differ = (elapsed % below) ^ (when % below);
  return Math.floor((31 - Math.clz32(differ | (SLOTS - 1))) / 6);
}

/** The first bit that is set at or after `from` in a map of two words, or -1. */
function firstBit(low: number, high: number, from: number): number {
  if (from < 32) {
    const rest = low & (-1 << from);
    if (rest !== 0) return lowestBit(rest);
    return high === 0 ? -1 : 32 + lowestBit(high);
  }
  const rest = from < SLOTS ? high & (-1 << (from - 32)) : 0;
  return rest === 0 ? -1 : 32 + lowestBit(rest);
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
