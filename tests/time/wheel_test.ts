/**
 * The timer wheel by itself: where timers go, when they fire, in which order.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { TimerWheel } from "../../time/wheel.ts";
import { Timer } from "./_timer.ts";

/** A wheel with a list of what has fired. */
function setUp(start = 0) {
  const wheel = new TimerWheel();
  wheel.advance(start);
  const fired: number[] = [];
  const add = (when: number, then: (timer: Timer) => void = () => {}) => {
    const timer = new Timer(when, (self) => {
      fired.push(self.when);
      then(self);
    });
    return { timer, isAdded: wheel.insert(timer) };
  };
  return { wheel, fired, add };
}

/** Goes from one `next()` to the next, as the driver does, and notes at which ticks timers fire. */
function drive(wheel: TimerWheel, fired: number[]): number[] {
  const at: number[] = [];
  for (let steps = 0; wheel.size > 0; steps++) {
    assert(steps < 100_000, "the wheel must not turn for ever");
    const next = wheel.next();
    assert(next > wheel.elapsed, "time must go on");
    const before = fired.length;
    wheel.advance(next);
    for (let i = before; i < fired.length; i++) at.push(next);
  }
  return at;
}

const LEVEL = [1, 64, 64 ** 2, 64 ** 3, 64 ** 4, 64 ** 5] as const;

Deno.test("TimerWheel.insert() refuses what is due already", () => {
  const { wheel, fired, add } = setUp(100);
  assertFalse(add(99).isAdded);
  assertFalse(add(100).isAdded);
  assert(add(101).isAdded);
  assertEquals(wheel.size, 1);
  assertEquals(fired, []);
});

Deno.test("TimerWheel.next() is Infinity while there is no timer", () => {
  const { wheel, add } = setUp(5);
  assertEquals(wheel.next(), Infinity);
  const { timer } = add(6);
  assertEquals(wheel.next(), 6);
  wheel.remove(timer);
  assertEquals(wheel.next(), Infinity);
});

Deno.test("TimerWheel.advance() fires a timer at its tick and not before (W1)", () => {
  for (const width of LEVEL) {
    for (const when of [width, width + 1, width * 2 - 1, width * 63]) {
      const { wheel, fired, add } = setUp(0);
      add(when);
      wheel.advance(when - 1);
      assertEquals(fired, [], `${when}`);
      wheel.advance(when);
      assertEquals(fired, [when]);
      assertEquals(wheel.size, 0);
    }
  }
});

Deno.test("TimerWheel.next() leads to every timer at its exact tick, from any start", () => {
  for (const start of [0, 1, 63, 64, 65, 4095, 4097, 262_143, 64 ** 4 - 1, 64 ** 5 + 12_345]) {
    for (const width of LEVEL) {
      const { wheel, fired, add } = setUp(start);
      const whens = [start + 1, start + width, start + width + 7, start + width * 63];
      for (const when of whens) add(when);
      assertEquals(drive(wheel, fired), whens.toSorted((a, b) => a - b), `${start} ${width}`);
    }
  }
});

Deno.test("TimerWheel.next() is never later than the first timer, on every level", () => {
  const { wheel, add } = setUp(12_345);
  let first = Infinity;
  for (const width of [...LEVEL].reverse()) {
    const when = 12_345 + width * 2 + 1;
    add(when);
    first = Math.min(first, when);
    assert(wheel.next() <= first);
  }
  assertEquals(wheel.next(), first);
});

Deno.test("TimerWheel.advance() by a leap fires everything on the way in order of ticks", () => {
  const { wheel, fired, add } = setUp(0);
  const whens = [70, 3, 5000, 64, 300_000, 4, 65, 63, 4096, 1];
  for (const when of whens) add(when);
  wheel.advance(1_000_000);
  assertEquals(fired, whens.toSorted((a, b) => a - b));
  assertEquals(wheel.elapsed, 1_000_000);
});

Deno.test("TimerWheel fires the timers of one tick in the order of their insertion (W4)", () => {
  const { wheel, add } = setUp(0);
  const order: number[] = [];
  for (let i = 0; i < 10; i++) add(5, () => order.push(i));
  wheel.advance(5);
  assertEquals(order, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("TimerWheel keeps the order of insertion through a cascade (W4)", () => {
  const { wheel, add } = setUp(0);
  const order: number[] = [];
  for (let i = 0; i < 10; i++) add(5000, () => order.push(i));
  wheel.advance(4990);
  for (let i = 10; i < 15; i++) add(5000, () => order.push(i));
  wheel.advance(5000);
  assertEquals(order, Array.from({ length: 15 }, (_, i) => i));
});

Deno.test("TimerWheel.remove() takes a timer out, from the head, the middle and the tail", () => {
  for (const victims of [[0], [2], [4], [0, 1], [3, 4], [0, 2, 4], [0, 1, 2, 3, 4]]) {
    const { wheel, add } = setUp(0);
    const fired: number[] = [];
    const timers = [0, 1, 2, 3, 4].map((i) => add(100, () => fired.push(i)).timer);
    for (const victim of victims) wheel.remove(timers[victim]!);
    assertEquals(wheel.size, 5 - victims.length);
    wheel.advance(100);
    assertEquals(fired, [0, 1, 2, 3, 4].filter((i) => !victims.includes(i)));
  }
});

Deno.test("TimerWheel.remove() twice, and of what was never in, does nothing", () => {
  const { wheel, add } = setUp(0);
  const { timer } = add(5);
  add(5);
  wheel.remove(timer);
  wheel.remove(timer);
  wheel.remove(new Timer(7, () => {}));
  assertEquals(wheel.size, 1);
});

Deno.test("TimerWheel takes a removed or fired timer again", () => {
  const { wheel, fired, add } = setUp(0);
  const { timer } = add(5);
  wheel.remove(timer);
  assert(wheel.insert(timer));
  wheel.advance(5);
  assertFalse(wheel.insert(timer));
  assertEquals(fired, [5]);
});

Deno.test("TimerWheel lets a timer that fires insert and remove others", () => {
  const { wheel, fired, add } = setUp(0);
  const late = add(70).timer;
  let isRefused = false;
  add(5, () => {
    isRefused = !add(5).isAdded;
    add(6);
    wheel.remove(same.timer);
    wheel.remove(late);
    assertEquals(wheel.elapsed, 5);
  });
  const same = add(5);
  wheel.advance(100);
  assert(isRefused);
  assertEquals(fired, [5, 6]);
  assertEquals(wheel.size, 0);
});

Deno.test("TimerWheel lets a timer that fires move a timer of a level above into the past", () => {
  const { wheel, fired, add } = setUp(0);
  const far = add(5000).timer;
  add(10, () => {
    wheel.remove(far);
    add(11);
  });
  wheel.advance(20);
  assertEquals(fired, [10, 11]);
});

Deno.test("TimerWheel wraps: slots are used again, turn after turn", () => {
  const { wheel, fired, add } = setUp(0);
  const expected: number[] = [];
  let now = 0;
  for (let i = 0; i < 1000; i++) {
    expected.push(now + 63);
    add(now + 63);
    now += 63;
    wheel.advance(now);
  }
  assertEquals(fired, expected);
});

Deno.test("TimerWheel keeps a timer beyond its range until its time has come", () => {
  const range = 64 ** 6;
  for (const start of [0, 1, 12_345, 64 ** 5 - 1, range - 1, range + 5]) {
    for (const far of [range - 1, range, range + 1, range * 3 + 77]) {
      const { wheel, fired, add } = setUp(start);
      add(start + far);
      assertEquals(drive(wheel, fired), [start + far], `${start} + ${far}`);
    }
  }
});

Deno.test("TimerWheel does not let a timer beyond its range hide a nearer one", () => {
  const day = 86_400_000;
  for (const start of [1, 12_345, 64 ** 5 + 1]) {
    const { wheel, fired, add } = setUp(start);
    const near = start + 13 * day;
    const far = start + 365 * 30 * day;
    add(far);
    add(near);
    assert(wheel.next() <= near, `next() is ${(wheel.next() - near) / day} days too late`);
    assertEquals(drive(wheel, fired), [near, far]);
  }
});

Deno.test("TimerWheel.advance() never goes back", () => {
  const { wheel, fired, add } = setUp(100);
  add(105);
  wheel.advance(50);
  assertEquals(wheel.elapsed, 100);
  wheel.advance(100);
  assertEquals(fired, []);
});

Deno.test("TimerWheel.advance() answers how many have fired, cascades not counted", () => {
  const { wheel, add } = setUp();
  for (const when of [5, 5, 70, 5000]) add(when);
  assertEquals([4, 5, 64, 70].map((now) => wheel.advance(now)), [0, 2, 0, 1]);
  assertEquals(wheel.advance(10_000), 1);
});

Deno.test("TimerWheel.first() finds the earliest timer, within a slot too", () => {
  const { wheel, add } = setUp(3);
  assertEquals(wheel.first(), undefined);
  const timers = [500_000, 400_300, 400_200, 4000, 70, 69, 9].map((when) => add(when).timer);
  for (const timer of timers.toReversed()) {
    assertEquals(wheel.first(), timer);
    wheel.remove(timer);
  }
  assertEquals(wheel.first(), undefined);
});

Deno.test("TimerWheel.first() takes the first that came of several at one tick", () => {
  const { wheel, add } = setUp();
  const first = add(100).timer;
  add(100);
  assert(wheel.first() === first);
});

Deno.test("TimerWheel works beyond the ticks that are small integers", () => {
  for (const start of [2 ** 30 - 100, 2 ** 31 - 100, 2 ** 32 + 5, 2 ** 40]) {
    const { wheel, fired, add } = setUp(start);
    const whens = [1, 63, 64, 99, 100, 101, 4096, 300_000, 2 ** 29].map((ms) => start + ms);
    for (const when of whens.toReversed()) add(when);
    assertEquals(drive(wheel, fired), whens);
  }
});
