/**
 * The stages of a driver's wait before it parks: turns that only look, and short waits on the
 * isolate's own thread while the host is quiet.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { READABLE } from "../../ffi/backend.ts";
import { Driver, type ParkOptions } from "../../reactor/driver.ts";
import type { Waiter } from "../../reactor/registration.ts";
import { IDLE, type TimerEntry } from "../../time/wheel.ts";
import { test } from "../helpers/leak_guard.ts";
import { turns } from "../helpers/wakes.ts";
import { FakeClock, FakeSelector } from "./fake_selector.ts";

/** A driver with one future that waits, on a clock that stands still unless a wait moves it. */
function setUp(options: ParkOptions) {
  const clock = new FakeClock(1000);
  const selector = new FakeSelector({ clock });
  const driver = new Driver({ selector: () => selector, clock, unpark: () => {} }, options);
  const source = driver.reactor.register(selector.open());
  source.clear(0xff);
  const waiter = { interest: READABLE, waitingWaker: undefined } as Waiter;
  source.wait(waiter, { wake() {} });
  /** Turns without work until the driver rests; answers with the timeouts of its polls. */
  const rest = (between = () => {}) => {
    const before = selector.calls.length;
    driver.poll(false);
    while (driver.idle() && selector.calls.length < 10_000) {
      between();
      driver.poll(false);
    }
    return selector.calls.slice(before).flatMap((call) =>
      call.name === "poll" ? [call.timeoutMs] : []
    );
  };
  const end = async () => {
    source.close();
    driver.close();
    await turns(2);
  };
  return { driver, clock, selector, source, waiter, rest, end };
}

function timer(): TimerEntry {
  return { when: 0, slot: IDLE, nextTimer: undefined, previousTimer: undefined, fire() {} };
}

test("Driver looks for as many turns as it may spin, then parks", async () => {
  const { selector, rest, end } = setUp({ spinTurns: 7, waitMs: 0 });
  const polls = rest();
  assert(polls.length >= 7 && polls.length <= 9, `${polls.length} turns`);
  assert(polls.every((timeoutMs) => timeoutMs === 0));
  assert(selector.isParked);
  await end();
});

test("Driver that may neither spin nor wait parks after one turn", async () => {
  const { selector, rest, end } = setUp({ spinTurns: 0, waitMs: 0 });
  assertEquals(rest(), [0]);
  assert(selector.isParked);
  await end();
});

test("Driver spins less and less when it finds nothing, and more again when it does", async () => {
  const { driver, selector, source, waiter, rest, end } = setUp({ spinTurns: 16, waitMs: 0 });
  const idlePeriod = async () => {
    const { length } = rest();
    selector.wake();
    await turns(2);
    return length;
  };
  const first = await idlePeriod();
  const second = await idlePeriod();
  const third = await idlePeriod();
  assert(first > second && second > third, `${first}, ${second}, ${third}`);
  for (let i = 0; i < 5; i++) {
    driver.poll(false);
    driver.idle();
    if (selector.isParked) {
      selector.wake();
      await turns(2);
      continue;
    }
    selector.raise(source.fd, READABLE);
    driver.poll(false);
    driver.worked();
    source.clear(0xff);
    source.wait(waiter, { wake() {} });
  }
  assert(await idlePeriod() >= third);
  await end();
});

test("Driver waits on its own thread while the host is quiet, before it parks", async () => {
  const { selector, clock, rest, end } = setUp({ spinTurns: 0, waitMs: 3 });
  const start = clock.now();
  const polls = rest();
  assert(polls.includes(3), `${polls}`);
  assert(polls.every((timeoutMs) => timeoutMs === 0 || timeoutMs === 3));
  assert(clock.now() - start <= 3 * 20);
  assert(selector.isParked);
  await end();
});

test("Driver does not wait on its own thread while the host has work of its own", async () => {
  const { clock, selector, rest, end } = setUp({ spinTurns: 0, waitMs: 3 });
  const polls = rest(() => clock.advance(0.2));
  assert(polls.every((timeoutMs) => timeoutMs === 0), `${polls}`);
  assert(selector.isParked);
  await end();
});

test("Driver never waits on its own thread for longer than until the next timer", async () => {
  const { driver, clock, rest, end } = setUp({ spinTurns: 0, waitMs: 10 });
  const near = timer();
  driver.startTimer(near, clock.now() + 2);
  const polls = rest();
  assert(polls.every((timeoutMs) => timeoutMs <= 2), `${polls}`);
  driver.stopTimer(near);
  await end();
});

test("Driver does not linger at all when only timers wait", () => {
  const { driver, clock, selector, source, waiter, rest } = setUp({ spinTurns: 40, waitMs: 10 });
  source.forget(waiter);
  const near = timer();
  driver.startTimer(near, clock.now() + 50);
  assertEquals(rest(), [0]);
  assertFalse(selector.isParked);
  driver.stopTimer(near);
  rest();
  driver.close();
});

test("Driver comes to rest although it may spin and wait, and stays there", async () => {
  const { selector, rest, end } = setUp({ spinTurns: 40, waitMs: 1 });
  for (let i = 0; i < 5; i++) {
    assert(rest().length < 200);
    assert(selector.isParked);
    assertEquals(rest().length, 1, "a turn while it is parked goes back to rest at once");
    selector.wake();
    await turns(2);
  }
  await end();
});

test("Driver waits longer on a thread that the host has lent, then parks", async () => {
  const { driver, clock, selector, rest, end } = setUp({ spinTurns: 0, waitMs: 1 });
  driver.lend(true);
  const start = clock.now();
  // The host has its turn in between, which may take its time.
  const polls = rest(() => clock.advance(0.2));
  assert(polls.filter((timeoutMs) => timeoutMs > 1).length > 10, `${polls}`);
  assert(clock.now() - start >= 100);
  assert(selector.isParked);
  await end();
});

test("Driver waits as ever once the host takes its thread back", async () => {
  const { driver, rest, end } = setUp({ spinTurns: 0, waitMs: 1 });
  driver.lend(true);
  driver.lend(false);
  const polls = rest();
  assert(polls.every((timeoutMs) => timeoutMs <= 1), `${polls}`);
  await end();
});
