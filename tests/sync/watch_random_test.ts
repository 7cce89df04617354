/**
 * Random schedules of both ends of a watch channel.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Future } from "../../future/future.ts";
import { Pending } from "../../future/poll.ts";
import * as watch from "../../sync/watch/mod.ts";
import { pollOnce, Wakes } from "../helpers/wakes.ts";
import { forSeeds } from "../helpers/seeded.ts";

/** A task that follows a receiver to the end, polled by hand. */
class Follower {
  readonly seen: number[] = [];
  readonly #rx: watch.Receiver<number>;
  readonly #wakes = new Wakes();
  #wait: Future<void> | undefined = undefined;
  isDone = false;

  /** What it has seen last. */
  newest: number;

  constructor(rx: watch.Receiver<number>) {
    this.#rx = rx;
    this.newest = rx.borrow();
  }

  get isWoken(): boolean {
    return this.#wakes.count > 0;
  }

  /** Goes on until it has to wait. */
  run(): void {
    while (!this.isDone) {
      this.#wait ??= this.#rx.changed();
      this.#wakes.count = 0;
      try {
        if (pollOnce(this.#wait, this.#wakes) === Pending) return;
        this.newest = this.#rx.borrow();
        this.seen.push(this.newest);
      } catch (error) {
        assert(error instanceof watch.RecvError);
        this.isDone = true;
      }
      this.#wait = undefined;
    }
  }

  /** Gives up the wait, not the receiver. */
  giveUp(): void {
    this.#wait?.[Symbol.dispose]();
    this.#wait = undefined;
  }

  leave(): void {
    this.#rx.close();
  }
}

Deno.test("random schedules: every follower of a watch channel gets to the newest value, in order", () => {
  forSeeds(400, (random) => {
    const [tx, rx] = watch.channel(0);
    const senders = [tx];
    const followers = [new Follower(rx)];
    let newest = 0;
    for (const follower of followers) follower.run();
    for (let step = 0; step < 50 && senders.length > 0; step++) {
      const follower = followers[random.below(followers.length)];
      const sender = senders[random.below(senders.length)]!;
      const dice = random.below(8);
      if (dice < 2 && followers.length > 0) sender.send(++newest);
      else if (dice === 2) {
        followers.push(new Follower(sender.subscribe()));
        followers.at(-1)!.run();
      } else if (dice === 3 && random.chance(0.3)) senders.push(sender.clone());
      else if (dice === 4 && follower?.isWoken) follower.run();
      else if (dice === 5) {
        follower?.giveUp();
        follower?.run();
      } else if (dice === 6 && follower !== undefined && random.chance(0.3)) {
        followers.splice(followers.indexOf(follower), 1);
        follower.leave();
        assert(follower.isWoken);
      } else if (dice === 7 && random.chance(0.2)) {
        senders.splice(senders.indexOf(sender), 1);
        sender.close();
      }
      for (const follower of followers) {
        const isTold = follower.newest === newest || follower.isWoken;
        assert(isTold, "A follower was not told of the newest value");
      }
      assertEquals(tx.receiverCount(), followers.length);
    }
    for (const sender of senders) sender.close();
    for (const follower of followers) {
      assert(follower.isWoken || follower.isDone, "A follower was not told of the end");
      follower.run();
      assert(follower.isDone);
      assertEquals(follower.seen, follower.seen.toSorted((a, b) => a - b));
      assertEquals(follower.seen.length, new Set(follower.seen).size);
    }
  });
});
