/**
 * Random schedules that can be repeated: a test that finds a fault names the seed that led to it.
 *
 * @module
 */

/** Numbers that look random and are the same for the same seed (the generator mulberry32). */
export class Seeded {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A number from 0, and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0, and below `n`. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.next() < p;
  }
}

/** Runs `body` once for each of `count` seeds. A failure tells the seed. */
export function forSeeds(count: number, body: (random: Seeded) => void): void {
  for (let seed = 1; seed <= count; seed++) {
    try {
      body(new Seeded(seed));
    } catch (error) {
      throw new Error(`Failed with the seed ${seed}`, { cause: error });
    }
  }
}
