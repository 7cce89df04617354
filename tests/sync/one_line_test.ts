/**
 * All ways of receiving from one receiver share one line: who asked first is served first.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Future } from "../../future/future.ts";
import { isPending } from "../../future/poll.ts";
import type { Source } from "../../future/source.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { broadcast, mpsc } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { forSeeds } from "../helpers/seeded.ts";

interface Sent {
  send(value: number): unknown;
  close(): void;
}

/** What is received from, and by which methods one value at a time. */
interface Kind {
  readonly tx: Sent;
  readonly rx: Source<number>;
  readonly methods: (() => Future<unknown>)[];
}

const KINDS: Record<string, () => Kind> = {
  "a bounded channel": () => {
    const [tx, rx] = mpsc.channel<number>(1000);
    return {
      tx: { send: (value) => tx.trySend(value), close: () => tx.close() },
      rx,
      methods: [() => rx.recv(), () => rx.next(), () => rx.recvMany(1)],
    };
  },
  "an unbounded channel": () => {
    const [tx, rx] = mpsc.unboundedChannel<number>();
    return { tx, rx, methods: [() => rx.recv(), () => rx.next(), () => rx.recvMany(1)] };
  },
  "a broadcast channel": () => {
    const [tx, rx] = broadcast.channel<number>(1024);
    return { tx, rx, methods: [() => rx.recv(), () => rx.next(), () => rx.lossy().next()] };
  },
};

for (const [name, make] of Object.entries(KINDS)) {
  test(`a loop over ${name} does not overtake a recv() that waits`, async () => {
    const { tx, rx, methods } = make();
    const recv = methods[0]!();
    assertPending(recv);
    const looped = rx[Symbol.asyncIterator]().next();
    const late = methods[0]!();
    assertPending(late);
    for (const value of [1, 2, 3]) tx.send(value);
    assertPending(late);
    assertEquals(assertReady(recv), 1);
    assertEquals(await looped, { done: false, value: 2 });
    assertEquals(assertReady(late), 3);
    tx.close();
  });

  test(`who waits on ${name} is served in the order of coming, by whatever method`, () => {
    forSeeds(60, (random) => {
      const { tx, methods } = make();
      const waits: { future: Future<unknown>; wakes: Wakes }[] = [];
      let sent = 0;
      let received = 0;
      /** Polls one that was woken, or any. */
      const poll = (at: number) => {
        const { future, wakes } = waits[at]!;
        const value = pollOnce(future, wakes);
        if (isPending(value)) return;
        assertEquals(at, 0, "it has overtaken others");
        assertEquals(Array.isArray(value) ? value[0] : value, ++received);
        waits.shift();
      };
      for (let step = 0; step < 120; step++) {
        const action = random.below(4);
        if (action === 0) {
          const wait = { future: methods[random.below(3)]!(), wakes: new Wakes() };
          waits.push(wait);
          poll(waits.length - 1);
        } else if (action === 1) {
          tx.send(++sent);
        } else if (waits.length > 0) {
          const at = random.below(waits.length);
          if (action === 2) poll(at);
          else waits.splice(at, 1)[0]!.future[Symbol.dispose]();
        }
      }
      // Only wakes move things from here on: none may be missing.
      for (let at = 0; at < waits.length;) {
        const before = received;
        if (!waits[at]!.wakes.isWoken()) at += 1;
        else poll(at);
        if (received > before) at = 0;
      }
      assert(waits.length === 0 || received === sent, "a value lies there, and nobody was woken");
      tx.close();
    });
  });

  test(`the end of ${name} reaches all who wait, by whatever method`, async () => {
    const { tx, rx, methods } = make();
    const tasks = [...methods, ...methods].map((method) => spawn(method()));
    const loop = Array.fromAsync(rx);
    await Promise.resolve();
    tx.close();
    const ends = await Promise.allSettled(tasks);
    assertEquals(ends.length, 6);
    assertEquals(await loop, []);
  });
}

test("AnyReceiver.unpoll() forgets who polled by hand", () => {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  const wakes = new Wakes();
  rx.pollNext(wakes);
  rx.unpoll();
  tx.send(1);
  assertFalse(wakes.isWoken());
});

test("broadcast.Receiver.unpoll() forgets who polled by hand", () => {
  const [tx, rx] = broadcast.channel<number>(2);
  const wakes = new Wakes();
  rx.pollNext(wakes);
  rx.unpoll();
  tx.send(1);
  assertFalse(wakes.isWoken());
});
