/**
 * Broadcast channels whose waits are dropped at any point.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import type { Future } from "../../future/future.ts";
import { isPending } from "../../future/poll.ts";
import { broadcast } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { Wakes } from "../helpers/wakes.ts";
import { forSeeds } from "../helpers/seeded.ts";

/** One receiver, its waits, and the value that it has to get next. Values count from 0. */
interface Reader {
  readonly rx: broadcast.Receiver<number>;
  readonly waits: Wait[];
  expected: number;
}

interface Wait {
  readonly recv: Future<number>;
  readonly cx: Wakes;
}

test("a broadcast channel loses nothing but what it tells, and no wake-up, when waits are dropped", () => {
  forSeeds(300, (random) => {
    const capacity = 2 ** random.below(3);
    const tx = new broadcast.Sender<number>(capacity);
    const readers: Reader[] = [];
    let sent = 0;

    const note = (reader: Reader, value: number) => assertEquals(value, reader.expected++);
    const poll = (reader: Reader, wait: Wait): boolean => {
      resetBudget(BUDGET);
      wait.cx.count = 0;
      try {
        const value = wait.recv.poll(wait.cx);
        if (isPending(value)) return false;
        note(reader, value);
      } catch (error) {
        assert(error instanceof broadcast.LaggedError);
        reader.expected += error.skipped;
        assertEquals(reader.expected, sent - capacity);
      }
      reader.waits.splice(reader.waits.indexOf(wait), 1);
      return true;
    };
    const settle = () => {
      for (const reader of readers) {
        const woken = () => reader.waits.find(({ cx }) => cx.count > 0);
        for (let wait = woken(); wait !== undefined; wait = woken()) poll(reader, wait);
      }
    };

    for (let i = 0; i < 150; i++) {
      const reader = readers[random.below(readers.length)];
      switch (random.below(8)) {
        case 0:
          if (readers.length === 5) break;
          readers.push({ rx: tx.subscribe(), waits: [], expected: sent });
          break;
        case 1:
        case 2:
          if (readers.length > 0) assertEquals(tx.send(sent++), readers.length);
          break;
        case 3:
        case 4:
          if (reader === undefined) break;
          reader.waits.push({ recv: reader.rx.recv(), cx: new Wakes() });
          poll(reader, reader.waits.at(-1)!);
          break;
        case 5:
          reader?.waits.splice(random.below(reader.waits.length), 1)[0]?.recv[Symbol.dispose]();
          break;
        case 6: {
          if (reader === undefined || reader.rx.len() > capacity) break;
          const value = reader.rx.tryNext();
          if (typeof value === "number") note(reader, value);
          break;
        }
        default:
          if (reader === undefined || random.chance(0.7)) break;
          readers.splice(readers.indexOf(reader), 1);
          reader.rx.close();
      }
      if (random.chance(0.5)) continue;
      settle();
      for (const { rx, waits, expected } of readers) {
        assertEquals(rx.len(), sent - expected);
        assert(waits.length === 0 || rx.isEmpty(), "a wait was not woken");
      }
      const longest = Math.max(0, ...readers.map(({ rx }) => rx.len()));
      assertEquals(tx.len(), Math.min(longest, capacity));
    }
    tx.close();
    for (const { rx, waits } of readers) {
      while (!rx.isEmpty()) tryNextIgnoringLag(rx);
      for (const { cx } of waits.slice(0, 1)) assert(cx.count > 0, "the end was not told");
    }
  });
});

function tryNextIgnoringLag(rx: broadcast.Receiver<number>): void {
  try {
    rx.tryNext();
  } catch (error) {
    assert(error instanceof broadcast.LaggedError);
  }
}
