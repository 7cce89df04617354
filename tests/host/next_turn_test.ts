/**
 * Turns of the host's loop.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { nextTurn as immediate } from "../../host/next_turn.ts";

/** The module as it is on a host without `setImmediate`, as a browser is one. */
async function browserModule(): Promise<{ nextTurn: typeof immediate }> {
  const original = Object.getOwnPropertyDescriptor(globalThis, "setImmediate")!;
  Reflect.deleteProperty(globalThis, "setImmediate");
  try {
    const url = new URL("../../host/next_turn.ts?browser", import.meta.url);
    return await import(url.href);
  } finally {
    Object.defineProperty(globalThis, "setImmediate", original);
  }
}

const { nextTurn: channel } = await browserModule();

// The message channel stays open, as it does in a browser.
const kinds = [
  ["by setImmediate", immediate, {}],
  ["by a message channel", channel, { sanitizeOps: false, sanitizeResources: false }],
] as const;

Deno.test("nextTurn() has two ways", () => {
  assertEquals(immediate === channel, false);
});

for (const [kind, nextTurn, options] of kinds) {
  const turn = () => new Promise<void>(nextTurn);

  Deno.test(`nextTurn() ${kind} calls back later`, options, async () => {
    const order: string[] = [];
    const called = new Promise<void>((resolve) => {
      nextTurn(() => {
        order.push("turn");
        resolve();
      });
    });
    order.push("here");
    await called;
    assertEquals(order, ["here", "turn"]);
  });

  Deno.test(`nextTurn() ${kind} comes after the microtasks`, options, async () => {
    const order: string[] = [];
    const called = turn().then(() => order.push("turn"));
    for (let i = 0; i < 10; i++) await Promise.resolve();
    order.push("microtasks");
    await called;
    assertEquals(order, ["microtasks", "turn"]);
  });

  Deno.test(`nextTurn() ${kind} keeps the order of the calls`, options, async () => {
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map((i) => turn().then(() => order.push(i))));
    assertEquals(order, [1, 2, 3, 4]);
  });

  Deno.test(`nextTurn() ${kind} lets the host's timers run`, options, async () => {
    let fired = false;
    const timer = setTimeout(() => fired = true, 0);
    let turns = 0;
    while (!fired && turns < 1_000_000) {
      await turn();
      turns += 1;
    }
    clearTimeout(timer);
    assertEquals(fired, true);
  });

  Deno.test(`nextTurn() ${kind} may be asked for in a turn`, options, async () => {
    let turns = 0;
    await new Promise<void>((resolve) => {
      const again = () => ++turns === 100 ? resolve() : nextTurn(again);
      nextTurn(again);
    });
    assertEquals(turns, 100);
  });
}
