/**
 * Those who wait for something that is served first come, first served.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Future } from "../../future/future.ts";
import { isPending } from "../../future/poll.ts";
import type { Seeded } from "../helpers/seeded.ts";
import { pollOnce, Wakes } from "../helpers/wakes.ts";

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
