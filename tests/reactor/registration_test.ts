/**
 * Registrations: readiness, ticks, and who is woken in which order.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  ERROR,
  PRIORITY,
  READ_CLOSED,
  READABLE,
  WRITABLE,
  WRITE_CLOSED,
} from "../../ffi/backend.ts";
import type { Waker } from "../../future/context.ts";
import { Interest, Ready } from "../../reactor/interest.ts";
import { Reactor } from "../../reactor/reactor.ts";
import type { Registration, Waiter } from "../../reactor/registration.ts";
import { test } from "../helpers/leak_guard.ts";
import { Wakes } from "../helpers/wakes.ts";
import { FakeSelector } from "./fake_selector.ts";

const BOTH = READABLE | WRITABLE;

function waiter(interest: number): Waiter {
  return { interest, waitingWaker: undefined } as Waiter;
}

function setUp(options?: { reportsEdges: boolean }) {
  const selector = new FakeSelector(options);
  const changes: number[] = [];
  const reactor: Reactor = new Reactor(selector, () => changes.push(reactor.waiters));
  const registration = reactor.register(selector.open());
  return { selector, reactor, registration, changes };
}

/** Makes a waiter wait and notes when it is woken. */
function waits(registration: Registration, interest: number, log: string[], name: string): Waiter {
  const made = waiter(interest);
  registration.wait(made, { wake: () => log.push(name) });
  return made;
}

test("Registration begins as ready for all, so that the first call decides (R1)", () => {
  const { registration } = setUp();
  assert(registration.isReady(READABLE));
  assert(registration.isReady(WRITABLE));
  assertFalse(registration.isReady(PRIORITY));
  assertEquals(registration.ready(READABLE).bits, READABLE);
});

test("Registration.clear() takes back what a call needed, and nothing else (R2)", () => {
  const { registration } = setUp();
  registration.clear(READABLE);
  assertFalse(registration.isReady(READABLE));
  assert(registration.isReady(WRITABLE));
  registration.dispatch(READABLE);
  assert(registration.isReady(READABLE));
});

test("Registration.clearReadiness() takes back what was seen, unless an event came since (R2)", () => {
  const { registration } = setUp();
  const seen = registration.ready(READABLE);
  registration.dispatch(READABLE);
  registration.clearReadiness(seen);
  assert(registration.isReady(READABLE), "the event is newer than what was seen");
  registration.clearReadiness(registration.ready(READABLE));
  assertFalse(registration.isReady(READABLE));
  assert(registration.isReady(WRITABLE));
});

test("Registration.clearReadiness() is not fooled by an event of another kind", () => {
  const { registration } = setUp();
  const seen = registration.ready(BOTH);
  registration.dispatch(WRITABLE);
  registration.clearReadiness(seen);
  assert(registration.isReady(WRITABLE));
});

test("Registration never clears the closed bits (R4)", () => {
  const { registration } = setUp();
  registration.dispatch(READ_CLOSED | WRITE_CLOSED);
  registration.clear(BOTH | READ_CLOSED | WRITE_CLOSED);
  assert(registration.isReady(READABLE) && registration.isReady(WRITABLE));
  const ready = registration.ready(BOTH);
  assert(ready.isReadClosed() && ready.isWriteClosed());
  registration.clearReadiness(ready);
  assert(registration.isReady(READABLE));
});

test("Registration keeps the end of reading from writers, and of writing from readers", () => {
  const { registration } = setUp();
  registration.clear(BOTH);
  registration.dispatch(READ_CLOSED);
  assert(registration.isReady(READABLE));
  assertFalse(registration.isReady(WRITABLE));
  const other = setUp().registration;
  other.clear(BOTH);
  other.dispatch(WRITE_CLOSED);
  assertFalse(other.isReady(READABLE));
  assert(other.isReady(WRITABLE));
});

test("Registration.dispatch() wakes whom the event concerns (R3)", () => {
  const cases: [bits: number, woken: string[]][] = [
    [READABLE, ["reader", "both"]],
    [WRITABLE, ["writer", "both"]],
    [READ_CLOSED, ["reader", "both"]],
    [WRITE_CLOSED, ["writer", "both"]],
    [BOTH, ["reader", "writer", "both"]],
    [PRIORITY, ["priority"]],
    [ERROR, ["error"]],
    [0, []],
  ];
  for (const [bits, woken] of cases) {
    const { registration, reactor } = setUp();
    const log: string[] = [];
    const all = [
      waits(registration, READABLE, log, "reader"),
      waits(registration, WRITABLE, log, "writer"),
      waits(registration, BOTH, log, "both"),
      waits(registration, Interest.PRIORITY, log, "priority"),
      waits(registration, Interest.ERROR, log, "error"),
    ];
    registration.dispatch(bits);
    assertEquals(log, woken);
    assertEquals(reactor.waiters, 5 - woken.length);
    for (const one of all) registration.forget(one);
    assertEquals(reactor.waiters, 0);
  }
});

test("Registration.dispatch() wakes readers in the order in which they came (R3)", () => {
  const { registration } = setUp();
  const log: string[] = [];
  for (const name of ["a", "b", "c", "d"]) waits(registration, READABLE, log, name);
  registration.dispatch(READABLE);
  assertEquals(log, ["a", "b", "c", "d"]);
  registration.dispatch(READABLE);
  assertEquals(log.length, 4);
});

test("Registration.forget() leaves the others in their order", () => {
  for (let victim = 0; victim < 4; victim++) {
    const { registration, reactor } = setUp();
    const log: string[] = [];
    const all = [0, 1, 2, 3].map((i) => waits(registration, READABLE, log, `${i}`));
    registration.forget(all[victim]!);
    registration.forget(all[victim]!);
    assertEquals(reactor.waiters, 3);
    registration.dispatch(READABLE);
    assertEquals(log, ["0", "1", "2", "3"].filter((name) => name !== `${victim}`));
    assertEquals(reactor.waiters, 0);
  }
});

test("Registration.forget() of one that never waited does nothing", () => {
  const { registration, reactor } = setUp();
  const log: string[] = [];
  const waiting = [waits(registration, BOTH, log, "a"), waits(registration, BOTH, log, "b")];
  registration.forget(waiter(BOTH));
  assertEquals(reactor.waiters, 2);
  for (const one of waiting) registration.forget(one);
});

test("Registration.wait() again only gives the waiter a newer waker, and keeps its place", () => {
  const { registration, reactor, selector } = setUp({ reportsEdges: false });
  const log: string[] = [];
  const first = waits(registration, READABLE, log, "old waker");
  waits(registration, READABLE, log, "second");
  registration.wait(first, { wake: () => log.push("new waker") });
  assertEquals(reactor.waiters, 2);
  assertEquals(selector.calls.filter(({ name }) => name === "arm").length, 2);
  registration.dispatch(READABLE);
  assertEquals(log, ["new waker", "second"]);
});

test("Registration.dispatch() tolerates a wake that forgets others", () => {
  for (const interest of [READABLE, WRITABLE, BOTH, PRIORITY]) {
    for (const gone of [[1], [2], [1, 2], [3], [1, 2, 3]]) {
      const { registration, reactor } = setUp();
      const log: number[] = [];
      const all = [0, 1, 2, 3].map(() => waiter(interest));
      const drop: Waker = {
        wake() {
          log.push(0);
          for (const i of gone) registration.forget(all[i]!);
        },
      };
      registration.wait(all[0]!, drop);
      for (const i of [1, 2, 3]) registration.wait(all[i]!, { wake: () => log.push(i) });
      registration.dispatch(interest);
      assertEquals(log, [0, 1, 2, 3].filter((i) => !gone.includes(i)), `${interest} ${gone}`);
      assertEquals(reactor.waiters, 0);
    }
  }
});

test("Registration.dispatch() wakes one that waits again only at the next event", () => {
  for (const interest of [READABLE, BOTH]) {
    const { registration } = setUp();
    const again = waiter(interest);
    let wakes = 0;
    const waker = {
      wake() {
        wakes += 1;
        registration.wait(again, waker);
      },
    };
    registration.wait(again, waker);
    registration.dispatch(READABLE);
    assertEquals(wakes, 1);
    registration.dispatch(READABLE);
    assertEquals(wakes, 2);
    registration.forget(again);
  }
});

test("Registration.close() wakes everyone, once, and stays ready (R5)", () => {
  const { registration, reactor, selector } = setUp();
  const wakes = [READABLE, WRITABLE, BOTH, PRIORITY, ERROR].map((interest) => {
    const one = new Wakes();
    registration.wait(waiter(interest), one);
    return one;
  });
  registration.clear(BOTH);
  registration.close();
  registration.close();
  assertEquals(wakes.map(({ count }) => count), [1, 1, 1, 1, 1]);
  assertFalse(registration.isOpen);
  assert(registration.isReady(READABLE) && registration.isReady(WRITABLE));
  assertEquals([reactor.waiters, reactor.registrations], [0, 0]);
  assertEquals(selector.calls.filter(({ name }) => name === "remove").length, 1);
});

test("Ready tells what its bits mean", () => {
  const none = new Ready(0);
  assert(none.isEmpty());
  for (const is of ["isReadable", "isWritable", "isReadClosed", "isWriteClosed"] as const) {
    assertFalse(none[is]());
  }
  assert(new Ready(READABLE).isReadable() && !new Ready(READABLE).isWritable());
  assert(new Ready(READ_CLOSED).isReadable() && new Ready(READ_CLOSED).isReadClosed());
  assert(new Ready(WRITE_CLOSED).isWritable() && new Ready(WRITE_CLOSED).isWriteClosed());
  assert(new Ready(ERROR).isError() && new Ready(PRIORITY).isPriority());
  assertFalse(new Ready(ERROR).isReadable() || new Ready(PRIORITY).isReadable());
});
