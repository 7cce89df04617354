/**
 * Channels whose waits are dropped at any point.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import type { Future } from "../../future/future.ts";
import { isPending } from "../../future/poll.ts";
import { End } from "../../future/source.ts";
import { mpsc } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { Wakes } from "../helpers/wakes.ts";
import { forSeeds, type Seeded } from "../helpers/seeded.ts";

/** One wait, and what its completion means to the world. */
interface Op {
  readonly future: Future<unknown>;
  readonly cx: Wakes;
  done(value: unknown): void;
}

/**
 * A bounded channel, whoever waits at it, and what ought to happen: values are received in the order
 * in which their sends completed, each once.
 */
class World {
  readonly ops: Op[] = [];
  readonly permits: mpsc.Permit<number>[] = [];
  readonly sent: number[] = [];
  readonly received: number[] = [];
  readonly senders: mpsc.Sender<number>[];
  readonly rx: mpsc.Receiver<number>;
  readonly #random: Seeded;
  #next = 0;
  /** Who polls the receiver itself. */
  readonly #polling = new Wakes();
  #isPolling = false;

  constructor(random: Seeded) {
    this.#random = random;
    const [tx, rx] = mpsc.channel<number>(1 + random.below(4));
    this.senders = [tx, tx.clone(), tx.clone()];
    this.rx = rx;
  }

  /** Does something. */
  step(): void {
    const random = this.#random;
    const tx = this.senders[random.below(this.senders.length)]!;
    const op = this.ops[random.below(this.ops.length)];
    switch (random.below(12)) {
      case 0:
      case 1:
        return this.#send(tx);
      case 2:
        return this.begin(tx.reserve(), (permit) => this.permits.push(permit as never));
      case 3:
        return this.begin(tx.reserveMany(random.below(tx.maxCapacity() + 1)), (permits) => {
          for (const permit of permits as mpsc.PermitIterator<number>) {
            this.permits.push(permit);
            if (random.chance(0.2)) break;
          }
        });
      case 4:
      case 5:
        return this.begin(this.rx.recv(), (value) => this.#receive([value as number]));
      case 6:
        return this.begin(
          this.rx.recvMany(1 + random.below(3)),
          (values) => this.#receive(values as number[]),
        );
      case 7:
        return this.#poll();
      case 8:
      case 9:
        return this.#usePermit();
      case 10:
        if (op !== undefined) this.poll(op);
        return;
      default:
        if (op === undefined) return;
        this.ops.splice(this.ops.indexOf(op), 1);
        op.future[Symbol.dispose]();
    }
  }

  begin(future: Future<unknown>, done: Op["done"]): void {
    const op: Op = { future, cx: new Wakes(), done };
    this.ops.push(op);
    this.poll(op);
  }

  /** Polls, and answers whether that completed it. */
  poll(op: Op): boolean {
    resetBudget(BUDGET);
    op.cx.count = 0;
    const polled = op.future.poll(op.cx);
    if (isPending(polled)) return false;
    this.ops.splice(this.ops.indexOf(op), 1);
    op.done(polled);
    return true;
  }

  /** Polls all that was woken, in any order, until nothing is. */
  settle(): void {
    while (true) {
      if (this.#polling.isWoken() && this.#isPolling) this.#poll();
      const woken = this.ops.filter(({ cx }) => cx.count > 0);
      const op = woken[this.#random.below(woken.length)];
      if (op === undefined) return;
      this.poll(op);
    }
  }

  /** Whoever has not been woken cannot go on. */
  assertNobodySleeps(): void {
    for (const op of [...this.ops]) assert(!this.poll(op), "a wait was not woken");
    if (this.#isPolling) assert(this.rx.isEmpty(), "the poll was not woken");
  }

  #send(tx: mpsc.Sender<number>): void {
    const value = this.#next++;
    this.begin(tx.send(value), () => this.sent.push(value));
  }

  #receive(values: number[]): void {
    this.received.push(...values);
  }

  #poll(): void {
    resetBudget(BUDGET);
    const item = this.rx.pollNext(this.#polling);
    this.#isPolling = isPending(item);
    if (!isPending(item) && item !== End) this.#receive([item]);
  }

  #usePermit(): void {
    const permit = this.permits.shift();
    if (permit === undefined) return;
    if (this.#random.chance(0.3)) return permit.release();
    const value = this.#next++;
    permit.send(value);
    this.sent.push(value);
  }
}

test("a bounded channel loses no value, no room and no wake-up when waits are dropped", () => {
  forSeeds(300, (random) => {
    const world = new World(random);
    for (let i = 0; i < 150; i++) {
      world.step();
      if (random.chance(0.5)) continue;
      world.settle();
      world.assertNobodySleeps();
      const { received, sent, rx } = world;
      assertEquals(received, sent.slice(0, received.length));
      assertEquals(rx.len(), sent.length - received.length);
      assert(rx.len() + rx.capacity() + world.permits.length <= rx.maxCapacity());
    }
    for (const { future } of world.ops.splice(0)) future[Symbol.dispose]();
    for (const permit of world.permits.splice(0)) permit.release();
    world.received.push(...takeAll(world.rx));
    assertEquals(world.received, world.sent);
    assertEquals(world.rx.capacity(), world.rx.maxCapacity());
  });
});

test("a bounded channel that is closed wakes everybody, in whatever state it is", () => {
  forSeeds(300, (random) => {
    const world = new World(random);
    for (let i = 0; i < 30; i++) world.step();
    const closeSenders = random.chance(0.5);
    if (closeSenders) { for (const tx of world.senders) tx.close(); }
    else world.rx.close();
    while (world.ops.length > 0 || world.permits.length > 0) {
      const woken = world.ops.filter(({ cx }) => cx.count > 0);
      const op = woken[random.below(woken.length)];
      if (op === undefined) {
        const permit = world.permits.pop();
        if (permit !== undefined) permit.release();
        // What senders still wait for is room, when nobody receives any more.
        else assert(closeSenders && takeAll(world.rx).length > 0, "a wait was not woken");
        continue;
      }
      try {
        world.poll(op);
      } catch (error) {
        assert(error instanceof mpsc.SendError);
        world.ops.splice(world.ops.indexOf(op), 1);
      }
    }
    takeAll(world.rx);
    assert(world.rx.isTerminated());
    assertEquals(world.rx.capacity(), world.rx.maxCapacity());
  });
});

test("an unbounded channel loses no value and no wake-up when waits are dropped", () => {
  forSeeds(200, (random) => {
    const [tx, rx] = mpsc.unboundedChannel<number>();
    const waits: { recv: Future<number | undefined>; cx: Wakes }[] = [];
    const received: number[] = [];
    let sent = 0;
    const poll = (wait: typeof waits[number]) => {
      resetBudget(BUDGET);
      wait.cx.count = 0;
      const value = wait.recv.poll(wait.cx);
      if (isPending(value)) return false;
      waits.splice(waits.indexOf(wait), 1);
      received.push(value!);
      return true;
    };
    for (let i = 0; i < 200; i++) {
      const wait = waits[random.below(waits.length)];
      const what = random.below(5);
      if (what < 2) tx.send(sent++);
      else if (what < 4) {
        waits.push({ recv: rx.recv(), cx: new Wakes() });
        poll(waits.at(-1)!);
      } else if (wait !== undefined) {
        waits.splice(waits.indexOf(wait), 1);
        wait.recv[Symbol.dispose]();
      }
      if (random.chance(0.5)) continue;
      for (let woken; (woken = waits.find(({ cx }) => cx.count > 0)) !== undefined;) poll(woken);
      for (const wait of [...waits]) assert(!poll(wait), "a wait was not woken");
      assertEquals(received, Array.from(received, (_, index) => index));
      assertEquals(rx.len(), sent - received.length);
    }
    received.push(...takeAll(rx));
    assertEquals(received.length, sent);
  });
});

function takeAll(rx: mpsc.AnyReceiver<number>): number[] {
  const values: number[] = [];
  for (;;) {
    const item = rx.tryNext();
    if (isPending(item) || item === End) return values;
    values.push(item);
  }
}
