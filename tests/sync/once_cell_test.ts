/**
 * A value that is computed once, and those who need it.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import type { Context, Waker } from "../../future/context.ts";
import { Future } from "../../future/future.ts";
import { join } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pending, ready } from "../../future/ready.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { Notify } from "../../sync/notify.ts";
import { type Initializer, OnceCell, SetError } from "../../sync/once_cell.ts";
import { sleep } from "../../time/sleep.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { forSeeds } from "../helpers/seeded.ts";

function never(): never {
  throw new Error("This initialiser must not run");
}

function assertSetFails<T>(cell: OnceCell<T>, value: T): SetError<T> {
  return assertThrows(() => cell.set(value), SetError) as SetError<T>;
}

Deno.test("OnceCell.get() is undefined before there is a value", () => {
  const cell = new OnceCell<number>();
  assertEquals(cell.get(), undefined);
  assertFalse(cell.initialized());
});

Deno.test("OnceCell.newWith() has the value", () => {
  const cell = OnceCell.newWith(2);
  assert(cell.initialized());
  assertEquals(cell.get(), 2);
});

Deno.test("OnceCell.set() refuses a second value and hands it back", () => {
  const cell = new OnceCell<number>();
  cell.set(5);
  const error = assertSetFails(cell, 6);
  assert(error.isAlreadyInitErr());
  assertFalse(error.isInitializingErr());
  assertEquals([error.value, error.name, cell.get()], [6, "SetError", 5]);
});

Deno.test("OnceCell.set() is refused while the value is computed", () => {
  const cell = new OnceCell<number>();
  const go = new Notify();
  const computed = cell.getOrInit(function* () {
    yield* go.notified();
    return 5;
  });
  assertPending(computed);
  const error = assertSetFails(cell, 10);
  assert(error.isInitializingErr());
  assertFalse(error.isAlreadyInitErr());
  assertEquals(error.value, 10);
  go.notifyOne();
  assertEquals(assertReady(computed), 5);
});

Deno.test("OnceCell.set() is refused while the turn to compute is on its way to the next in line", () => {
  const cell = new OnceCell<number>();
  const first = cell.getOrInit(() => pending<number>());
  const second = cell.getOrInit(() => 2);
  assertPending(first);
  assertPending(second);
  first[Symbol.dispose]();
  assert(assertSetFails(cell, 3).isInitializingErr());
  assertEquals(assertReady(second), 2);
});

Deno.test("OnceCell.take() and intoInner() hand out the very value and leave the cell as new", () => {
  const value = {};
  const cell = OnceCell.newWith<object>(value);
  assertStrictEquals(cell.take(), value);
  assertFalse(cell.initialized());
  assertEquals(cell.take(), undefined);
  cell.set(value);
  assertStrictEquals(cell.intoInner(), value);
  assertEquals(assertReady(cell.getOrInit(() => ready(value))), value);
});

Deno.test("OnceCell.take() does nothing while the value is computed", () => {
  const cell = new OnceCell<number>();
  const computed = cell.getOrInit(() => pending<number>());
  assertPending(computed);
  assertEquals(cell.take(), undefined);
  assert(assertSetFails(cell, 1).isInitializingErr());
  computed[Symbol.dispose]();
});

Deno.test("who waited for a value of OnceCell that was taken out computes another", () => {
  const cell = new OnceCell<number>();
  const go = new Notify();
  const first = cell.getOrInit(function* () {
    yield* go.notified();
    return 1;
  });
  const second = cell.getOrInit(() => 2);
  assertPending(first);
  assertPending(second);
  go.notifyOne();
  assertReady(first);
  assertEquals(cell.take(), 1);
  assertEquals(assertReady(second), 2);
  assertEquals(cell.get(), 2);
});

Deno.test("OnceCell.getOrInit() computes with any function, of a value, a future or a generator", () => {
  const initializers: Initializer<number>[] = [
    () => 7,
    () => ready(7),
    function* () {
      return yield* ready(7);
    },
  ];
  for (const init of initializers) {
    const cell = new OnceCell<number>();
    assertEquals(assertReady(cell.getOrInit(init)), 7);
    assertEquals(cell.get(), 7);
  }
});

test("OnceCell.getOrInit() computes with an async function", async () => {
  const cell = new OnceCell<number>();
  assertEquals(
    await cell.getOrInit(async () => {
      await sleep(1);
      return 7;
    }),
    7,
  );
});

Deno.test("OnceCell.getOrInit() with a value computes nothing", () => {
  assertEquals(assertReady(OnceCell.newWith(1).getOrInit(never)), 1);
});

Deno.test("OnceCell takes undefined for a value like others", () => {
  const cell = new OnceCell<undefined>();
  assertEquals(assertReady(cell.getOrInit(() => undefined)), undefined);
  assert(cell.initialized());
  assertEquals(assertReady(cell.getOrInit(never)), undefined);
});

Deno.test("OnceCell.getOrInit() computes with its first poll, not with the call", () => {
  const cell = new OnceCell<number>();
  cell.getOrInit(never);
  cell.set(1);
  assertEquals(cell.get(), 1);
});

test("of two tasks that need a value of OnceCell, one computes it for both", async () => {
  const cell = new OnceCell<number>();
  const first = spawn(() => cell.getOrInit(async () => await Promise.resolve(5)));
  const second = spawn(() => cell.getOrInit(never));
  assertEquals(await join(first, second), [5, 5]);
});

test("when the one who computes fails, the next runs its own initialiser", async () => {
  const cell = new OnceCell<number>();
  const first = spawn(() =>
    cell.getOrInit(function* () {
      yield* yieldNow();
      throw new Error("No value today");
    })
  );
  const second = spawn(() => cell.getOrInit(() => 5));
  const [failed] = await Promise.allSettled([(async () => await first)()]);
  assertEquals(failed!.status, "rejected");
  assertEquals(await second, 5);
});

Deno.test("OnceCell.getOrTryInit() hands the failure to the one who asked, and the next goes on", () => {
  const cell = new OnceCell<number>();
  const failing = cell.getOrTryInit(() => {
    throw new RangeError("No value today");
  });
  assertThrows(() => pollOnce(failing), RangeError, "No value today");
  assertFalse(cell.initialized());
  assertEquals(assertReady(cell.getOrTryInit(() => 10)), 10);
});

Deno.test("those who wait for a value of OnceCell are served in the order in which they came", () => {
  const cell = new OnceCell<string>();
  const first = cell.getOrInit(() => pending<string>());
  const wakes = [new Wakes(), new Wakes()];
  const [second, third] = [cell.getOrInit(() => "second"), cell.getOrInit(() => "third")];
  assertPending(first);
  assertPending(second, wakes[0]);
  assertPending(third, wakes[1]);
  first[Symbol.dispose]();
  assertEquals(wakes.map(({ count }) => count), [1, 0]);
  assertPending(third, wakes[1]);
  assertEquals(assertReady(second), "second");
  assertEquals(wakes[1]!.count, 1);
  assertEquals(assertReady(third), "second");
});

Deno.test("OnceCell.set() wakes nobody without a value, and who comes later finds the one that was set", () => {
  const cell = new OnceCell<number>();
  const gone = cell.getOrInit(() => pending<number>());
  const waiting = cell.getOrInit(never);
  assertPending(gone);
  assertPending(waiting);
  waiting[Symbol.dispose]();
  gone[Symbol.dispose]();
  cell.set(4);
  assertEquals(assertReady(cell.getOrInit(never)), 4);
});

Deno.test("dropping a OnceCell.getOrInit() drops what computes the value", () => {
  const cell = new OnceCell<number>();
  let cleaned = 0;
  const computing = cell.getOrInit(function* () {
    try {
      return yield* pending<number>();
    } finally {
      cleaned += 1;
    }
  });
  assertPending(computing);
  computing[Symbol.dispose]();
  computing[Symbol.dispose]();
  assertEquals(cleaned, 1);
  assertThrows(() => pollOnce(computing), TypeError, "Cannot poll a future again");
  assertEquals(assertReady(cell.getOrInit(() => 1)), 1);
});

Deno.test("a finally block that throws in a dropped OnceCell.getOrInit() does not keep the turn", () => {
  const cell = new OnceCell<number>();
  const computing = cell.getOrInit(function* () {
    try {
      return yield* pending<number>();
    } finally {
      // deno-lint-ignore no-unsafe-finally
      throw new Error("No clean end");
    }
  });
  assertPending(computing);
  assertThrows(() => computing[Symbol.dispose](), Error, "No clean end");
  assertEquals(assertReady(cell.getOrInit(() => 1)), 1);
});

Deno.test("a OnceCell.getOrInit() that has completed cannot be polled", () => {
  const computed = new OnceCell<number>().getOrInit(() => 1);
  assertReady(computed);
  assertThrows(() => pollOnce(computed), TypeError, "Cannot poll a future again");
});

Deno.test("random schedules: OnceCell computes one at a time, and never stops while somebody waits", () => {
  /** Computes until it is told how to end. */
  class Work extends Future<number> {
    #end: "value" | "error" | undefined = undefined;
    #waker: Waker | undefined = undefined;
    override poll(cx: Context) {
      this.#waker = cx.waker;
      if (this.#end === undefined) return Pending;
      running.delete(this);
      if (this.#end === "error") throw new RangeError("No value today");
      return 1;
    }
    override [Symbol.dispose](): void {
      running.delete(this);
    }
    finish(end: "value" | "error"): void {
      this.#end = end;
      this.#waker?.wake();
    }
  }
  const running = new Set<Work>();
  forSeeds(300, (random) => {
    running.clear();
    const cell = new OnceCell<number>();
    const waits = new Map<Future<number>, Wakes>();
    const poll = (wait: Future<number>) => {
      const wakes = new Wakes();
      let ended = false;
      try {
        ended = pollOnce(wait, wakes) !== Pending;
      } catch (error) {
        assert(error instanceof RangeError);
        ended = true;
      }
      if (ended) waits.delete(wait);
      else waits.set(wait, wakes);
    };
    for (let step = 0; step < 40; step++) {
      const some = [...waits.keys()][random.below(waits.size)];
      const dice = random.next();
      if (dice < 0.4 || some === undefined) {
        poll(cell.getOrInit(() => {
          const work = new Work();
          running.add(work);
          return work;
        }));
      } else if (dice < 0.6) {
        some[Symbol.dispose]();
        waits.delete(some);
      } else if (dice < 0.8) {
        poll(some);
      } else {
        for (const work of running) work.finish(random.chance(0.1) ? "value" : "error");
      }
      assert(running.size <= 1);
    }
    // Whoever is woken goes on; the one who computes ends with a value.
    while (waits.size > 0) {
      for (const work of running) work.finish("value");
      const woken = [...waits].filter(([, wakes]) => wakes.isWoken());
      assertNotEquals(woken.length, 0, "Nobody is woken, and some still wait");
      for (const [wait] of woken) poll(wait);
    }
  });
});
