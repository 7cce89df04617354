/**
 * Random schedules that can be repeated: a test that finds a fault names the seed that led to it.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Future } from "../../future/future.ts";
import { isPending } from "../../future/poll.ts";
import { pollOnce, Wakes } from "../helpers/wakes.ts";

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

/** One who waits. Whoever was woken has been served, and does not know it before the next poll. */
interface Waiting<G> {
  readonly future: Future<G>;
  readonly wakes: Wakes;
}

/**
 * Many who want the same thing, which is served first come, first served: they come, are polled,
 * give up, and give back what they got, at random.
 */
export class Crowd<G> {
  /** What those who were served have. */
  readonly held: G[] = [];
  /** Those who wait, the longest first. */
  readonly waiting: Waiting<G>[] = [];
  readonly #random: Seeded;
  readonly #come: () => Future<G>;
  readonly #giveBack: (held: G) => void;

  /**
   * @param random Decides.
   * @param come Begins a wait.
   * @param giveBack Ends what a wait has led to.
   */
  constructor(random: Seeded, come: () => Future<G>, giveBack: (held: G) => void) {
    this.#random = random;
    this.#come = come;
    this.#giveBack = giveBack;
  }

  /** Who waits and has not been served, the longest first. */
  get unserved(): Waiting<G>[] {
    return this.waiting.filter(({ wakes }) => wakes.count === 0);
  }

  /** Lets one of them do something. */
  step(): void {
    const random = this.#random;
    const { held, waiting } = this;
    if (random.chance(0.35)) {
      waiting.push({ future: this.#come(), wakes: new Wakes() });
      this.#poll(waiting.length - 1);
    } else if (random.chance(0.5) && held.length > 0) {
      this.#giveBack(held.splice(random.below(held.length), 1)[0]!);
    } else if (waiting.length > 0) {
      const index = random.below(waiting.length);
      if (random.chance(0.5)) waiting.splice(index, 1)[0]!.future[Symbol.dispose]();
      else this.#poll(index);
    }
    this.#checkOrder();
  }

  /** Gives everything back until everybody was served. Fails when somebody never is. */
  drain(): void {
    for (;;) {
      while (this.held.length > 0) this.#giveBack(this.held.pop()!);
      if (this.waiting.length === 0) return;
      assert(this.waiting[0]!.wakes.count > 0, "The first of those who wait is not served");
      this.#poll(0);
      assert(this.held.length === 1, "Somebody was woken for nothing");
    }
  }

  #poll(index: number): void {
    const { future, wakes } = this.waiting[index]!;
    const polled = pollOnce(future, wakes);
    if (isPending(polled)) return;
    this.waiting.splice(index, 1);
    this.held.push(polled);
  }

  #checkOrder(): void {
    const served = this.waiting.map(({ wakes }) => wakes.count > 0);
    const first = served.indexOf(false);
    assert(first < 0 || served.lastIndexOf(true) < first, "Somebody was served out of order");
  }
}
