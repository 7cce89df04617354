/**
 * Fast random numbers that a seed repeats: where a `select` begins, which victim is robbed first.
 *
 * Not for secrets.
 *
 * @module
 */

/**
 * A generator of random numbers.
 *
 * Xorshift64+: two 32-bit xorshift sequences added, with the shifts 17, 7, 16 of Marsaglia,
 * "Xorshift RNGs" (Journal of Statistical Software 8, 2003), as in Tokio's `util::rand`.
 */
export class Random {
  // Signed 32-bit numbers, so that they stay small integers.
  #one: number;
  #two: number;

  /**
   * @param seed Any integer; the same seed gives the same numbers. Default: one that is random.
   * @throws {RangeError} When the seed is not a safe integer.
   */
  constructor(seed: number = Math.floor(Math.random() * 2 ** 53)) {
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(`Cannot seed with ${seed}: use a safe integer`);
    }
    this.#one = scramble(Math.floor(seed / 2 ** 32));
    this.#two = scramble(seed ^ 0x5bd1e995);
    // The one state that xorshift never leaves.
    if (this.#one === 0 && this.#two === 0) this.#two = 1;
  }

  /**
   * The next number: an integer from 0 up to and without `count`.
   *
   * @param count At least 1, at most 2**32.
   */
  below(count: number): number {
    let next = this.#one;
    const last = this.#two;
    next ^= next << 17;
    next ^= last ^ (next >>> 7) ^ (last >>> 16);
    this.#one = last;
    this.#two = next;
    // Scaled and cut off, after Lemire, "A fast alternative to the modulo reduction" (2016).
    return Math.floor(((last + next) >>> 0) / 2 ** 32 * count);
  }
}

let current = new Random();

/** A random integer from 0 up to and without `count`, of this isolate's generator. */
export function randomBelow(count: number): number {
  return current.below(count);
}

/**
 * Makes what edo chooses at random in this isolate repeatable: from here on, the same seed gives the
 * same choices in the same order.
 *
 * It decides where `select` and `race` begin. It is no source of secrets.
 *
 * Follows Tokio's `runtime::Builder::rng_seed`.
 *
 * @param seed Any safe integer. Default: a random one, which ends the repetition.
 * @throws {RangeError} When the seed is not a safe integer.
 *
 * @example
 * ```ts
 * import { ready, seedRandom, select } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const choose = async () => (await select({ a: ready(1), b: ready(2), c: ready(3) })).branch;
 * seedRandom(7);
 * const first = [await choose(), await choose(), await choose()];
 * seedRandom(7);
 * assertEquals([await choose(), await choose(), await choose()], first);
 * seedRandom();
 * ```
 */
export function seedRandom(seed?: number): void {
  current = new Random(seed);
}

/** Makes `random` this isolate's generator, and returns the one before it, to be put back. */
export function swapRandom(random: Random): Random {
  const outer = current;
  current = random;
  return outer;
}

/** Spreads a seed over 32 bits, so that seeds which are close begin differently (MurmurHash3). */
function scramble(seed: number): number {
  let bits = seed | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
