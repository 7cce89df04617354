/**
 * The driver while its clock is paused, on a scripted selector: when it moves the clock, and when it
 * rests.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { READABLE } from "../../ffi/backend.ts";
import { Driver } from "../../reactor/driver.ts";
import type { Waiter } from "../../reactor/registration.ts";
import { IDLE, type TimerEntry } from "../../time/wheel.ts";
import { test } from "../helpers/leak_guard.ts";
import { turns } from "../helpers/wakes.ts";
import { FakeClock, FakeSelector } from "../reactor/fake_selector.ts";

/** A clock that a driver may move. */
class MovableClock extends FakeClock {
  moveTo(ms: number): void {
    this.advance(ms - this.now());
  }
}

function setUp() {
  const clock = new MovableClock(1000);
  const selector = new FakeSelector({ clock });
  const log: string[] = [];
  const unpark = () => log.push("unpark");
  const driver = new Driver({ selector: () => selector, clock, unpark });
  /** Starts a timer that is due in `ms` and notes when it fires. */
  const start = (ms: number): TimerEntry => {
    const timer = {
      when: 0,
      slot: IDLE,
      nextTimer: undefined,
      previousTimer: undefined,
      fire: () => void log.push(`fired at ${clock.now() - 1000}`),
    };
    driver.startTimer(timer, clock.now() + ms);
    return timer;
  };
  /** A registration with one future that waits for data. */
  const wait = () => {
    const source = driver.reactor.register(selector.open());
    source.clear(0xff);
    const waiter = { interest: READABLE, waitingWaker: undefined } as Waiter;
    source.wait(waiter, { wake: () => log.push("event") });
    return source;
  };
  /** Turns without work until something is noted, or the driver rests; answers with how many. */
  const quiet = () => {
    log.length = 0;
    for (let turn = 1; turn < 1000; turn++) {
      driver.poll(false);
      if (!driver.idle()) return { turn, rests: true };
      if (log.length > 0) return { turn, rests: false };
    }
    throw new Error("The driver does nothing for ever");
  };
  return { driver, clock, selector, log, start, wait, quiet };
}

test("Driver moves a paused clock to the first timer after one quiet turn", () => {
  const { driver, log, start, quiet } = setUp();
  driver.pause();
  start(500);
  start(70);
  assertEquals(quiet(), { turn: 2, rests: false });
  assertEquals(log, ["fired at 70"]);
  assertEquals(quiet(), { turn: 2, rests: false });
  assertEquals(log, ["fired at 500"]);
  assert(quiet().rests);
});

test("Driver moves a paused clock over the slots of the wheel in one go", () => {
  const { driver, log, start, quiet } = setUp();
  driver.pause();
  start(86_400_000 * 365);
  assertEquals(quiet(), { turn: 2, rests: false });
  assertEquals(log, [`fired at ${86_400_000 * 365}`]);
});

test("Driver fires all timers of one tick when it moves a paused clock", () => {
  const { driver, log, start, quiet } = setUp();
  driver.pause();
  start(70);
  start(70);
  quiet();
  assertEquals(log, ["fired at 70", "fired at 70"]);
});

test("Driver counts quiet turns from the last one that did some work", () => {
  const { driver, clock, log, start } = setUp();
  driver.pause();
  start(70);
  log.length = 0;
  for (let i = 0; i < 10; i++) {
    driver.poll(false);
    assert(driver.idle());
    driver.poll(true);
    driver.worked();
  }
  assertEquals([log, clock.now()], [[], 1000]);
  driver.poll(false);
  driver.idle();
  driver.poll(false);
  driver.idle();
  assertEquals(log, ["fired at 70"]);
});

test("Driver lets more quiet turns go by while a future waits for I/O, and never waits there", async () => {
  const { driver, log, selector, start, wait, quiet } = setUp();
  const source = wait();
  driver.pause();
  start(70);
  const { turn } = quiet();
  assert(turn > 61 && turn < 100, `after ${turn} turns`);
  assertEquals(log, ["fired at 70"]);
  const waits = selector.calls.filter((call) => call.name === "poll" && call.timeoutMs > 0);
  assertEquals(waits, []);
  source.close();
  driver.close();
  await turns(2);
});

test("Driver hands out an event before it moves a paused clock", async () => {
  const { driver, clock, log, selector, start, wait, quiet } = setUp();
  const source = wait();
  driver.pause();
  const timer = start(70);
  selector.raise(source.fd, READABLE);
  assertEquals(quiet(), { turn: 1, rests: false });
  assertEquals([log, clock.now()], [["event"], 1000]);
  driver.stopTimer(timer);
  source.close();
  driver.close();
  await turns(2);
});

test("Driver that is held rests with a paused clock, and asks for a turn when released", () => {
  const { driver, clock, log, start, quiet } = setUp();
  driver.pause();
  start(70);
  driver.hold();
  driver.hold();
  // A timer of the host that is left would fail this test by its sanitizer.
  assertEquals(quiet(), { turn: 1, rests: true });
  driver.release();
  assertEquals([log, clock.now()], [[], 1000]);
  driver.release();
  assertEquals(log, ["unpark"]);
  quiet();
  assertEquals(log, ["fired at 70"]);
});

test("Driver that is held parks without limit with a paused clock", async () => {
  const { driver, selector, start, wait, quiet } = setUp();
  const source = wait();
  driver.pause();
  driver.hold();
  const timer = start(70);
  assert(quiet().rests);
  assertEquals(selector.calls.at(-1), { name: "park", timeoutMs: -1 });
  driver.release();
  driver.stopTimer(timer);
  source.close();
  driver.close();
  await turns(2);
});

test("Driver.pause() ends a park and asks for a turn", async () => {
  const { driver, log, selector, start, wait, quiet } = setUp();
  const source = wait();
  start(5000);
  assert(quiet().rests);
  assert(selector.isParked);
  log.length = 0;
  driver.pause();
  assertEquals(log, ["unpark"]);
  assertEquals(selector.calls.at(-1), { name: "wake" });
  await turns(2);
  quiet();
  assertEquals(log, ["fired at 5000"]);
  source.close();
  driver.close();
  await turns(2);
});

test("Driver.resume() ends a park without limit for the timers that run again", async () => {
  const { driver, selector, start, wait, quiet } = setUp();
  driver.configure({ spinTurns: 0, waitMs: 0 });
  const source = wait();
  driver.pause();
  driver.hold();
  const timer = start(50);
  assert(quiet().rests);
  driver.resume();
  driver.release();
  assert(quiet().rests);
  assertEquals(selector.calls.at(-1), { name: "wake" });
  await turns(2);
  assert(quiet().rests);
  assertEquals(selector.calls.at(-1), { name: "park", timeoutMs: 50 });
  driver.stopTimer(timer);
  source.close();
  driver.close();
  await turns(2);
});

test("Driver.advance() asks for a turn, in which timers fire", () => {
  const { driver, log, start, quiet } = setUp();
  driver.pause();
  driver.hold();
  start(70);
  assert(quiet().rests);
  driver.advance(70);
  assertEquals(log, ["unpark"]);
  driver.poll(false);
  assertEquals(log, ["unpark", "fired at 70"]);
  assertFalse(driver.idle());
  driver.release();
});

test("Driver refuses to pause twice, and to resume or advance a clock that runs", () => {
  const { driver } = setUp();
  assertThrows(() => driver.resume(), TypeError, "Cannot resume the clock: it is running");
  assertThrows(() => driver.advance(1), TypeError, "Cannot advance the clock: it is running");
  driver.pause();
  assertThrows(() => driver.pause(), TypeError, "it is paused already");
  assert(driver.isPaused);
  driver.resume();
  assertFalse(driver.isPaused);
});
