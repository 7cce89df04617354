/**
 * Random schedules of notifications, polls and drops, against a model.
 *
 * @module
 */

import { assertEquals, assertFalse } from "@std/assert";
import { Pending } from "../../future/poll.ts";
import { type Notified, Notify } from "../../sync/notify.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { forSeeds } from "../helpers/seeded.ts";

/** What Notify promises, said as simply as possible: lists, and no futures. */
class Model {
  readonly queue: number[] = [];
  readonly notified = new Map<number, "first" | "last" | "all">();
  readonly waits = new Set<number>();
  hasPermit = false;

  notify(which: "first" | "last"): number | undefined {
    const id = which === "first" ? this.queue.shift() : this.queue.pop();
    if (id === undefined) this.hasPermit = true;
    else this.notified.set(id, which);
    return id;
  }

  notifyAll(): void {
    for (const id of this.waits) if (!this.notified.has(id)) this.notified.set(id, "all");
    this.queue.length = 0;
  }

  /** Whether a future that asks has been notified. */
  ask(id: number): boolean {
    if (this.notified.has(id)) return true;
    if (this.hasPermit) {
      this.hasPermit = false;
      return true;
    }
    if (!this.queue.includes(id)) this.queue.push(id);
    return false;
  }

  /** Forgets a future; the notification of one that is dropped goes on. */
  end(id: number, isDropped: boolean): number | undefined {
    const how = this.notified.get(id);
    const place = this.queue.indexOf(id);
    if (place >= 0) this.queue.splice(place, 1);
    this.notified.delete(id);
    this.waits.delete(id);
    return isDropped && how !== undefined && how !== "all" ? this.notify(how) : undefined;
  }
}

Deno.test("random schedules: Notify does what its model does, and loses no notification", () => {
  forSeeds(400, (random) => {
    const notify = new Notify();
    const model = new Model();
    const futures: Notified[] = [];
    const wakes: (Wakes | undefined)[] = [];
    const requireWoken = (id: number | undefined) => {
      if (id !== undefined) assertEquals(wakes[id]?.count ?? 1, 1);
    };
    for (let step = 0; step < 80; step++) {
      const id = [...model.waits][random.below(model.waits.size)];
      const dice = random.below(9);
      if (dice < 2 || id === undefined) {
        model.waits.add(futures.length);
        futures.push(notify.notified());
        wakes.push(undefined);
      } else if (dice < 4) {
        const expected = model.ask(id);
        wakes[id] = new Wakes();
        assertEquals(pollOnce(futures[id]!, wakes[id]) !== Pending, expected);
        if (expected) model.end(id, false);
      } else if (dice === 4) {
        const expected = model.ask(id);
        assertEquals(futures[id]!.enable(), expected);
        if (expected) model.end(id, false);
      } else if (dice === 5) {
        futures[id]![Symbol.dispose]();
        requireWoken(model.end(id, true));
      } else if (dice === 6) {
        notify.notifyOne();
        requireWoken(model.notify("first"));
      } else if (dice === 7) {
        notify.notifyLast();
        requireWoken(model.notify("last"));
      } else {
        notify.notifyWaiters();
        model.notifyAll();
      }
      assertFalse(model.hasPermit && model.queue.length > 0);
    }
    for (const id of [...model.waits]) {
      assertEquals(futures[id]!.enable(), model.ask(id));
      model.end(id, false);
      futures[id]![Symbol.dispose]();
    }
  });
});

Deno.test("random schedules: a broadcast reaches exactly the futures made before it", () => {
  forSeeds(200, (random) => {
    const notify = new Notify();
    const before: Notified[] = [];
    for (let i = random.below(20); i >= 0; i--) {
      const future = notify.notified();
      if (random.chance(0.5)) assertPending(future);
      if (random.chance(0.2)) future[Symbol.dispose]();
      else before.push(future);
    }
    notify.notifyWaiters();
    const after = Array.from({ length: 3 }, () => notify.notified());
    for (const future of after) assertPending(future);
    for (const future of before) assertReady(future);
  });
});
