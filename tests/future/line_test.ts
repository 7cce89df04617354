/**
 * The line in front of a source: who asks, who is woken, and who is told that nobody waits.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import type { Context } from "../../future/context.ts";
import { InLine, Line } from "../../future/line.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

/** Items, the line of those who want them, and what became known of it. */
class Shop {
  readonly items: number[] = [];
  readonly line: Line;
  asked = 0;
  unpolls = 0;

  constructor(knowsItsItems = false) {
    const giver = { hasNews: () => this.items.length > 0 };
    this.line = new Line(knowsItsItems ? giver : undefined, { unpoll: () => this.unpolls += 1 });
  }

  put(item: number): void {
    this.items.push(item);
    this.line.wake();
  }

  /** As a poll by hand. */
  poll(cx: Context): Poll<number> {
    this.asked += 1;
    const item = this.items.shift();
    if (item !== undefined) return item;
    this.line.keep(cx.waker);
    return Pending;
  }
}

class Purchase extends InLine<number> {
  readonly #shop: Shop;

  constructor(shop: Shop) {
    super(shop.line);
    this.#shop = shop;
  }

  protected ask(cx: Context): Poll<number> {
    return this.#shop.poll(cx);
  }
}

/** A wait that has been polled once, and its wakes. */
function waiting(shop: Shop): [Purchase, Wakes] {
  const [wait, wakes] = [new Purchase(shop), new Wakes()];
  assertPending(wait, wakes);
  return [wait, wakes];
}

Deno.test("InLine asks only when it is first (L1)", () => {
  const shop = new Shop();
  const [first] = waiting(shop);
  const [second] = waiting(shop);
  assertEquals(shop.asked, 1);
  shop.put(1);
  assertPending(second);
  assertEquals(shop.asked, 1);
  assertEquals(assertReady(first), 1);
  assertEquals(shop.asked, 2);
  assertPending(second);
  assertEquals(shop.asked, 3);
});

Deno.test("InLine that leaves the front has the next one look (L2)", () => {
  for (const leave of ["with an item", "without"] as const) {
    const shop = new Shop();
    const [first] = waiting(shop);
    const [, wakes] = waiting(shop);
    if (leave === "with an item") {
      shop.put(1);
      assertReady(first);
    } else {
      first[Symbol.dispose]();
    }
    assert(wakes.isWoken());
  }
});

Deno.test("InLine that leaves the front wakes nobody where it is known that nothing is there", () => {
  const shop = new Shop(true);
  const [first] = waiting(shop);
  const [second, wakes] = waiting(shop);
  first[Symbol.dispose]();
  assertFalse(wakes.isWoken());
  shop.put(1);
  assert(wakes.isWoken());
  assertEquals(assertReady(second), 1);
});

Deno.test("InLine that leaves from behind wakes nobody", () => {
  const shop = new Shop();
  const [, first] = waiting(shop);
  const [second] = waiting(shop);
  const [, third] = waiting(shop);
  second[Symbol.dispose]();
  assertEquals([first.count, third.count, shop.unpolls], [0, 0, 0]);
});

Deno.test("Line.wake() wakes the first in line once, until it is polled again", () => {
  const shop = new Shop();
  const [first, wakes] = waiting(shop);
  for (const item of [1, 2, 3]) shop.put(item);
  assertEquals(wakes.count, 1);
  assertEquals(assertReady(first), 1);
  shop.items.length = 0;
  const [, again] = waiting(shop);
  shop.put(4);
  assertEquals(again.count, 1);
});

Deno.test("Line.wake() wakes the waker of the last poll", () => {
  const shop = new Shop();
  const [first, wakes] = waiting(shop);
  const later = new Wakes();
  assertPending(first, later);
  shop.put(1);
  assertEquals([wakes.count, later.count], [0, 1]);
});

Deno.test("Line.wake() wakes who polled by hand beside the first in line (L3)", () => {
  const shop = new Shop();
  const [first, wakes] = waiting(shop);
  const byHand = new Wakes();
  assertEquals(shop.poll(byHand), Pending);
  assert(shop.line.isPolled);
  assertPending(first, wakes);
  shop.put(1);
  assertEquals([wakes.count, byHand.count], [1, 1]);
  assertFalse(shop.line.isPolled);
});

Deno.test("Line.unkeep() takes back the interest of who polled by hand (L3)", () => {
  const shop = new Shop();
  const byHand = new Wakes();
  shop.poll(byHand);
  assertFalse(shop.line.isEmpty);
  shop.line.unkeep();
  assert(shop.line.isEmpty);
  shop.put(1);
  assertEquals(byHand.count, 0);
});

Deno.test("Line.wakeAll() wakes everyone", () => {
  const shop = new Shop();
  const waits = [waiting(shop), waiting(shop), waiting(shop)];
  const byHand = new Wakes();
  shop.poll(byHand);
  shop.line.wakeAll();
  assertEquals(waits.map(([, wakes]) => wakes.count), [1, 1, 1]);
  assertEquals(byHand.count, 1);
});

Deno.test("Line tells when the last one has given up, and not before (L4)", () => {
  const shop = new Shop();
  const [first] = waiting(shop);
  const [second] = waiting(shop);
  new Purchase(shop)[Symbol.dispose]();
  first[Symbol.dispose]();
  assertEquals(shop.unpolls, 0);
  second[Symbol.dispose]();
  second[Symbol.dispose]();
  assertEquals(shop.unpolls, 1);
});

Deno.test("Line does not tell so while somebody polls by hand, nor after an item (L4)", () => {
  const shop = new Shop();
  const [first] = waiting(shop);
  shop.poll(new Wakes());
  first[Symbol.dispose]();
  assertEquals(shop.unpolls, 0);
  shop.line.unkeep();
  const [second] = waiting(shop);
  shop.put(1);
  assertReady(second);
  assertEquals(shop.unpolls, 0);
});

Deno.test("InLine that fails leaves the line, and may not be polled again", () => {
  const shop = new Shop();
  class Failing extends InLine<number> {
    protected ask(): Poll<number> {
      throw new RangeError("own");
    }
  }
  const [first] = waiting(shop);
  const failing = new Failing(shop.line);
  assertPending(failing);
  const [, third] = waiting(shop);
  first[Symbol.dispose]();
  assertThrows(() => pollOnce(failing), RangeError, "own");
  assert(third.isWoken());
  assertThrows(() => pollOnce(failing), TypeError, "Cannot poll a future again");
  const byHand = new Wakes();
  shop.poll(byHand);
  shop.put(1);
  assert(byHand.isWoken());
});
