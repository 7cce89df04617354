/**
 * One turn of the scheduler: T1 to T5, on a scripted selector.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { READABLE } from "../../ffi/backend.ts";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import { hasBudget } from "../../future/budget.ts";
import type { Waiter } from "../../reactor/registration.ts";
import {
  CurrentThread,
  EVENT_INTERVAL,
  type SchedulerOptions,
} from "../../scheduler/current_thread.ts";
import { nextTurn } from "../../host/next_turn.ts";
import { test } from "../helpers/leak_guard.ts";
import { turns } from "../helpers/wakes.ts";
import { FakeClock, FakeSelector } from "../reactor/fake_selector.ts";

/** A scheduler of its own, whose selector notes every poll among the jobs. */
function setUp(options: SchedulerOptions = { spinTurns: 0, waitMs: 0 }, jobMs = 0.01) {
  const clock = new FakeClock(0);
  let elapsed = 0;
  const log: (number | string)[] = [];
  const selector = new FakeSelector({ clock });
  const poll = selector.poll.bind(selector);
  selector.poll = (timeoutMs) => {
    log.push("poll");
    return poll(timeoutMs);
  };
  const scheduler = new CurrentThread({
    selector: () => selector,
    clock: { now: () => clock.now(), elapsed: () => elapsed },
  });
  scheduler.configure(options);
  const { reactor } = scheduler.driver;
  const job = (name: number | string, then = () => {}) =>
    scheduler.schedule({
      run() {
        log.push(name);
        elapsed += jobMs;
        then();
      },
    });
  return { scheduler, clock, selector, reactor, log, job };
}

/** Waits until the log is no longer growing. */
async function quiet(log: unknown[]): Promise<void> {
  for (let length = -1; length !== log.length;) {
    length = log.length;
    await turns(4);
  }
}

/** The numbers of jobs between two polls. */
function stretches(log: readonly unknown[]): number[] {
  const found: number[] = [];
  let count = 0;
  for (const entry of log) {
    if (entry === "poll") {
      found.push(count);
      count = 0;
    } else {
      count += 1;
    }
  }
  return [...found, count];
}

function jobs(log: readonly unknown[]): unknown[] {
  return log.filter((entry) => entry !== "poll");
}

test("CurrentThread runs jobs first in, first out, in the next turn", async () => {
  const { log, job } = setUp();
  for (let i = 0; i < 10; i++) job(i);
  assertEquals(log, []);
  await null;
  assertEquals(log, [], "not among the microtasks of the caller");
  await quiet(log);
  assertEquals(jobs(log), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(log[0], "poll", "T1 comes first");
});

test("CurrentThread puts what a job schedules behind what waits", async () => {
  const { log, job } = setUp();
  job("a", () => job("a again"));
  job("b", () => job("b again"));
  job("c");
  await quiet(log);
  assertEquals(jobs(log), ["a", "b", "c", "a again", "b again"]);
});

test("CurrentThread polls the driver after 61 jobs at the latest", async () => {
  assertEquals(EVENT_INTERVAL, 61);
  const { log, job } = setUp();
  for (let i = 0; i < 500; i++) job(i);
  await quiet(log);
  assertEquals(jobs(log).length, 500);
  assertEquals(Math.max(...stretches(log)), 61);
});

test("CurrentThread polls the driver after eventInterval jobs at the latest", async () => {
  for (const eventInterval of [1, 7, 200]) {
    const { log, job } = setUp({ spinTurns: 0, waitMs: 0, eventInterval });
    for (let i = 0; i < 500; i++) job(i);
    await quiet(log);
    assertEquals(jobs(log), Array.from({ length: 500 }, (_, i) => i));
    assertEquals(Math.max(...stretches(log)), eventInterval);
  }
});

test("CurrentThread lets the host in after a few rounds, whatever waits in the queue", async () => {
  const { log, job } = setUp();
  let isDone = false;
  const endless = () => {
    if (!isDone) job("again", endless);
  };
  for (let i = 0; i < 100; i++) job("again", endless);
  let longest = 0;
  for (let i = 0; i < 20; i++) {
    const before = jobs(log).length;
    await turns();
    longest = Math.max(longest, jobs(log).length - before);
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  isDone = true;
  await quiet(log);
  assert(longest > 0 && longest <= 122, `${longest} jobs between two turns of the host`);
});

for (const [jobMs, least, most] of [[0.0005, 200, 322], [0, 4096, 4218]] as const) {
  test(`CurrentThread runs more jobs between two turns of the host if they take ${jobMs} ms`, async () => {
    const { log, job } = setUp(undefined, jobMs);
    for (let i = 0; i < 20_000; i++) job(i);
    let longest = 0;
    for (let before = 0; before < 20_000;) {
      await new Promise<void>(nextTurn);
      const after = jobs(log).length;
      longest = Math.max(longest, after - before);
      before = after;
    }
    assert(longest >= least && longest <= most, `${longest} jobs between two turns of the host`);
  });
}

test("CurrentThread wakes what was deferred after the driver was polled, the last first (T2)", async () => {
  const { scheduler, log, job } = setUp();
  for (const name of ["a", "b", "c"]) {
    scheduler.defer({
      wake() {
        log.push(`woken ${name}`);
        job(name);
      },
    });
  }
  job("ready");
  await quiet(log);
  assertEquals(log.slice(0, 8), [
    "poll",
    "woken c",
    "woken b",
    "woken a",
    "ready",
    "c",
    "b",
    "a",
  ]);
});

test("CurrentThread wakes what is deferred by a deferred wake only in the next round", async () => {
  const { scheduler, log } = setUp();
  let left = 3;
  const again = {
    wake() {
      log.push(`left ${left}`);
      if (--left > 0) scheduler.defer(again);
    },
  };
  scheduler.defer(again);
  await quiet(log);
  assertEquals(jobs(log), ["left 3", "left 2", "left 1"]);
  assertEquals(stretches(log).filter((count) => count > 0), [1, 1, 1]);
});

test("CurrentThread hands out events before it runs the jobs that wait", async () => {
  const { reactor, selector, log, job } = setUp();
  const source = reactor.register(selector.open());
  source.clear(0xff);
  const waiter = { interest: READABLE, waitingWaker: undefined } as Waiter;
  source.wait(waiter, { wake: () => job("from event") });
  await quiet(log);
  job("job", () => log.push("job ran"));
  selector.raise(source.fd, READABLE);
  await quiet(log);
  assertEquals(jobs(log), ["job", "job ran", "from event"]);
  source.close();
});

test("CurrentThread turns no more when there is nothing to do", async () => {
  const { reactor, selector, log, job } = setUp({ spinTurns: 10, waitMs: 1 });
  job("only");
  await quiet(log);
  const polls = log.length;
  await turns(20);
  assertEquals(log.length, polls);
  // The same while a future waits: then the selector is parked.
  const source = reactor.register(selector.open());
  const waiter = { interest: READABLE, waitingWaker: undefined } as Waiter;
  source.wait(waiter, { wake() {} });
  await quiet(log);
  assert(selector.isParked);
  const parked = log.length;
  await turns(20);
  assertEquals(log.length, parked);
  source.close();
  await quiet(log);
  assertFalse(selector.isParked);
});

test("CurrentThread does not park while jobs or deferred wakes are left", async () => {
  const { scheduler, reactor, selector, log, job } = setUp();
  const source = reactor.register(selector.open());
  const waiter = { interest: READABLE, waitingWaker: undefined } as Waiter;
  source.wait(waiter, { wake() {} });
  let left = 30;
  const again = () => {
    assertFalse(selector.isParked);
    if (left-- === 0) return;
    if (left % 2 === 0) job(left, again);
    else scheduler.defer({ wake: again });
  };
  job("first", again);
  await quiet(log);
  assertEquals(left, -1);
  assert(selector.isParked);
  source.close();
  await quiet(log);
});

test("CurrentThread leaves budget to the continuations that follow its jobs", async () => {
  const { log, job } = setUp();
  let hadBudget: boolean | undefined;
  job("spends", () => {
    resetBudget(0);
    queueMicrotask(() => hadBudget = hasBudget());
  });
  await quiet(log);
  assertEquals(hadBudget, true);
  resetBudget(BUDGET);
});
