/**
 * `yieldNow`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { spawn } from "../../scheduler/runtime.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, turns, Wakes } from "../helpers/wakes.ts";

test("yieldNow() is pending once, and wakes after the driver was polled", async () => {
  const wakes = new Wakes();
  const yielded = yieldNow();
  assertPending(yielded, wakes);
  assert(!wakes.isWoken());
  await turns(2);
  assertEquals(wakes.count, 1);
  assertReady(yielded, wakes);
});

test("yieldNow() lets every ready task run first", async () => {
  for (const kind of ["generator", "async"]) {
    const order: string[] = [];
    const first = kind === "async"
      ? spawn(async () => {
        order.push("first");
        await yieldNow();
        order.push("first again");
      })
      : spawn(function* () {
        order.push("first");
        yield* yieldNow();
        order.push("first again");
      });
    const others = ["a", "b"].map((name) =>
      spawn(function* () {
        order.push(name);
        yield* [];
      })
    );
    await first;
    for (const other of others) await other;
    assertEquals(order, ["first", "a", "b", "first again"], kind);
  }
});

test("yieldNow() alternates two tasks that yield", async () => {
  const order: string[] = [];
  const tasks = ["a", "b"].map((name) =>
    spawn(function* () {
      for (let i = 0; i < 3; i++) {
        order.push(`${name}${i}`);
        yield* yieldNow();
      }
    })
  );
  for (const task of tasks) await task;
  for (let i = 0; i < 3; i++) {
    assertEquals(order.slice(i * 2, i * 2 + 2).sort(), [`a${i}`, `b${i}`]);
  }
});

test("yieldNow() that is dropped wakes nobody's task twice", async () => {
  const wakes = new Wakes();
  const yielded = yieldNow();
  assertPending(yielded, wakes);
  yielded[Symbol.dispose]();
  await turns(2);
  assert(wakes.count <= 1);
});
