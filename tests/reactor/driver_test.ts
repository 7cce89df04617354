/**
 * The driver, on a scripted selector and a clock that is turned by hand: what it does in which
 * order, when it waits and what ends a wait.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { READABLE } from "../../ffi/backend.ts";
import { Driver, type ParkOptions } from "../../reactor/driver.ts";
import type { Registration, Waiter } from "../../reactor/registration.ts";
import { IDLE, type TimerEntry } from "../../time/wheel.ts";
import { test } from "../helpers/leak_guard.ts";
import { turns } from "../helpers/wakes.ts";
import { FakeClock, FakeSelector } from "./fake_selector.ts";

/** Neither spins nor waits here, so that every wait is a park. */
const PARKS: ParkOptions = { spinTurns: 0, waitMs: 0 };

class Timer implements TimerEntry {
  when = 0;
  slot: number = IDLE;
  nextTimer: TimerEntry | undefined = undefined;
  previousTimer: TimerEntry | undefined = undefined;
  readonly fire: () => void;

  constructor(fire: () => void = () => {}) {
    this.fire = fire;
  }
}

function setUp(options: ParkOptions = PARKS) {
  const clock = new FakeClock(1000.5);
  const selectors: FakeSelector[] = [];
  const log: string[] = [];
  const make = () => {
    const selector = new FakeSelector({ clock });
    selectors.push(selector);
    return selector;
  };
  const driver = new Driver({ selector: make, clock, unpark: () => log.push("unpark") }, options);
  /** A registration with one future that waits for data. */
  const wait = (name = "event") => {
    const { reactor } = driver;
    const source = reactor.register(selectors[0]!.open());
    source.clear(0xff);
    const waiter = { interest: READABLE, waitingWaker: undefined } as Waiter;
    source.wait(waiter, { wake: () => log.push(name) });
    return { source, waiter, ready: () => selectors[0]!.raise(source.fd, READABLE) };
  };
  /** One turn without work: polls, and answers whether there is to be another one. */
  const turn = () => {
    driver.poll(false);
    return driver.idle();
  };
  return { driver, clock, selectors, log, wait, turn, parks: () => parks(selectors[0]) };
}

function parks(selector: FakeSelector | undefined): number[] {
  return selector?.calls.flatMap((call) => call.name === "park" ? [call.timeoutMs] : []) ?? [];
}

/** Ends a wait, so that nothing is left behind. */
async function end(driver: Driver, source: Registration): Promise<void> {
  source.close();
  driver.close();
  await turns(2);
}

test("Driver opens no selector before it is asked for its reactor", () => {
  const { driver, selectors, turn } = setUp();
  const timer = new Timer();
  assert(driver.startTimer(timer, 2000));
  assertFalse(turn());
  driver.stopTimer(timer);
  assertFalse(turn());
  assertEquals(selectors.length, 0);
  assert(driver.reactor === driver.reactor);
  assertEquals(selectors.length, 1);
  driver.close();
  assertEquals(selectors[0]!.calls, [{ name: "close" }]);
});

test("Driver.poll() hands out events first, then fires timers", async () => {
  const { driver, clock, log, wait } = setUp();
  const { source, ready } = wait();
  driver.startTimer(new Timer(() => log.push("timer")), clock.now() + 1);
  clock.advance(5);
  ready();
  log.length = 0;
  driver.poll(true);
  assertEquals(log, ["event", "timer"]);
  await end(driver, source);
});

test("Driver.poll() fires no timer early, and each as soon as it is due", () => {
  const { driver, clock, log } = setUp();
  for (const ms of [0.25, 1, 2.75]) {
    assert(driver.startTimer(new Timer(() => log.push(`${ms}`)), clock.now() + ms));
  }
  log.length = 0;
  const seen: [number, string][] = [];
  const start = clock.now();
  for (let i = 0; i < 40; i++) {
    driver.poll(true);
    for (const name of log.splice(0)) seen.push([clock.now() - start, name]);
    clock.advance(0.125);
  }
  for (const [at, name] of seen) assert(at >= Number(name) && at < Number(name) + 1.125);
  assertEquals(seen.map(([, name]) => name), ["0.25", "1", "2.75"]);
  assertEquals(driver.timers, 0);
});

test("Driver.startTimer() answers false for a deadline that has passed", () => {
  const { driver, clock } = setUp();
  clock.advance(100);
  assertFalse(driver.startTimer(new Timer(), clock.now() - 1));
  assertFalse(driver.startTimer(new Timer(), 0));
  assertEquals(driver.timers, 0);
});

test("Driver.poll() never waits while there is work", async () => {
  const { driver, selectors, wait } = setUp({ spinTurns: 0, waitMs: 10 });
  const { source } = wait();
  for (let i = 0; i < 10; i++) {
    driver.poll(true);
    driver.worked();
  }
  const timeouts = selectors[0]!.calls.flatMap((call) => call.name === "poll" ? [call] : []);
  assertEquals(timeouts.length, 10);
  assert(timeouts.every(({ timeoutMs }) => timeoutMs === 0));
  await end(driver, source);
});

test("Driver.idle() rests without a park while nobody waits", () => {
  const { driver, turn, parks, selectors } = setUp();
  const { reactor } = driver;
  reactor.register(selectors[0]!.open());
  assertFalse(turn());
  assertEquals(parks(), []);
  driver.close();
});

test("Driver.idle() parks without limit when a future waits and no timer does", async () => {
  const { driver, log, wait, turn, parks } = setUp();
  const { source, ready } = wait();
  assertFalse(turn());
  assertEquals(parks(), [-1]);
  log.length = 0;
  ready();
  await turns(2);
  assertEquals(log.toSorted(), ["event", "unpark"]);
  await end(driver, source);
});

test("Driver.idle() parks until the next timer, and fires it", async () => {
  const { driver, clock, log, wait, turn, parks } = setUp();
  const { source } = wait();
  driver.startTimer(new Timer(() => log.push("timer")), clock.now() + 20);
  assertFalse(turn());
  assertEquals(parks(), [21 - 0.5].map(Math.ceil));
  log.length = 0;
  clock.advance(21);
  await turns(2);
  assertEquals(log, ["unpark"]);
  driver.poll(false);
  assertEquals(log, ["unpark", "timer"]);
  await end(driver, source);
});

test("Driver.idle() with a timer alone rests on a timer of the host, not on a park", async () => {
  const { driver, clock, log, turn, selectors } = setUp();
  driver.startTimer(new Timer(() => log.push("timer")), clock.now() + 2);
  log.length = 0;
  assertFalse(turn());
  assertEquals([log, selectors.length], [[], 0]);
  clock.advance(3);
  while (log.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(log, ["unpark"]);
  assertFalse(turn());
  assertEquals(log, ["unpark", "timer"]);
});

test("Driver asks for a turn when a timer is started that comes before the end of its rest", () => {
  const { driver, clock, log, turn } = setUp();
  const timers = [100, 50, 70].map((ms) => ({ ms, timer: new Timer() }));
  assertFalse(turn());
  const asked = timers.map(({ ms, timer }) => {
    log.length = 0;
    driver.startTimer(timer, clock.now() + ms);
    const isAsked = log.includes("unpark");
    turn();
    return isAsked;
  });
  assertEquals(asked, [true, true, false]);
  for (const { timer } of timers) driver.stopTimer(timer);
  turn();
});

test("Driver asks for a turn when its last timer is stopped, and holds nothing afterwards", () => {
  const { driver, clock, log, turn } = setUp();
  const timer = new Timer();
  driver.startTimer(timer, clock.now() + 60_000);
  turn();
  log.length = 0;
  driver.stopTimer(timer);
  assertEquals(log, ["unpark"]);
  // A timer of the host that is left would fail this test by its sanitizer.
  assertFalse(turn());
});

test("Driver shortens a park when a nearer timer is started", async () => {
  const { driver, clock, log, wait, turn, parks, selectors } = setUp();
  const { source } = wait();
  const far = new Timer();
  const near = new Timer(() => log.push("near"));
  driver.startTimer(far, clock.now() + 5000);
  assertFalse(turn());
  log.length = 0;
  driver.startTimer(near, clock.now() + 3);
  assertEquals(log, ["unpark"]);
  assertFalse(turn());
  assertEquals(selectors[0]!.calls.at(-1), { name: "wake" });
  await turns(2);
  assertEquals(log, ["unpark", "unpark"]);
  assertFalse(turn());
  assertEquals(parks().length, 2);
  assert(parks()[1]! <= 4, `parked for ${parks()[1]} ms`);
  clock.advance(4);
  await turns(2);
  driver.poll(false);
  assertEquals(log.at(-1), "near");
  driver.stopTimer(far);
  await end(driver, source);
});

test("Driver keeps a park that ends before the next timer, and does not park twice", async () => {
  const { driver, clock, wait, turn, parks } = setUp();
  const { source } = wait();
  const near = new Timer();
  driver.startTimer(near, clock.now() + 10);
  assertFalse(turn());
  const far = new Timer();
  driver.startTimer(far, clock.now() + 5000);
  assertFalse(turn());
  assertFalse(turn());
  assertEquals(parks().length, 1);
  driver.stopTimer(near);
  driver.stopTimer(far);
  await end(driver, source);
});

test("Driver ends its park when the last future waits no longer", async () => {
  const { driver, log, wait, turn, parks, selectors } = setUp();
  const { source, waiter } = wait();
  assertFalse(turn());
  log.length = 0;
  source.forget(waiter);
  assertEquals(log, ["unpark"]);
  assertFalse(turn());
  await turns(2);
  assertFalse(selectors[0]!.isParked);
  turn();
  assertEquals(parks().length, 1);
  await end(driver, source);
});

test("Driver hands out events that a poll finds while a park is outstanding", async () => {
  const { driver, log, wait, turn } = setUp();
  const first = wait("first");
  assertFalse(turn());
  const second = wait("second");
  log.length = 0;
  second.ready();
  driver.poll(true);
  assertEquals(log, ["second"]);
  await turns(2);
  second.source.close();
  await end(driver, first.source);
});

test("Driver.close() releases the selector, at once or when its park has ended", async () => {
  const idle = setUp();
  const { reactor } = idle.driver;
  reactor.register(idle.selectors[0]!.open()).close();
  idle.driver.close();
  assertEquals(idle.selectors[0]!.calls.at(-1), { name: "close" });
  const parked = setUp();
  const waiting = parked.wait();
  assertFalse(parked.turn());
  parked.driver.close();
  assertEquals(parked.selectors[0]!.calls.at(-1), { name: "wake" });
  await turns(2);
  assertEquals(parked.selectors[0]!.calls.at(-1), { name: "close" });
  assert(waiting.source.isOpen);
});
