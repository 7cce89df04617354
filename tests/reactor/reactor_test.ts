/**
 * The reactor: slots, generations, and the way of an event to its registration.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertNotEquals, assertThrows } from "@std/assert";
import { READABLE, WRITABLE } from "../../ffi/backend.ts";
import { isOsError } from "../../ffi/os_error.ts";
import { IoFuture } from "../../reactor/io_future.ts";
import { Reactor } from "../../reactor/reactor.ts";
import type { Registration, Waiter } from "../../reactor/registration.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { FakeSelector } from "./fake_selector.ts";

const BOTH = READABLE | WRITABLE;

function setUp(reportsEdges = true) {
  const selector = new FakeSelector({ reportsEdges });
  const changes: number[] = [];
  const reactor: Reactor = new Reactor(selector, () => changes.push(reactor.waiters));
  const turn = () => reactor.dispatch(selector.poll(0));
  return { selector, reactor, changes, turn };
}

function waiter(interest: number): Waiter {
  return { interest, waitingWaker: undefined } as Waiter;
}

/** An operation that answers with what the test wants. */
class Operation extends IoFuture<string> {
  attempts = 0;
  answer: string | null = null;

  constructor(registration: Registration, interest = READABLE) {
    super();
    this.source = registration;
    this.interest = interest;
    this.waitingWaker = undefined;
  }

  protected attempt(): string | null {
    this.attempts += 1;
    return this.answer;
  }
}

test("Reactor.register() gives every descriptor a slot, and reuses the ones that are free", () => {
  const { selector, reactor } = setUp();
  const all = [0, 1, 2].map(() => reactor.register(selector.open()));
  assertEquals(all.map(({ index }) => index), [0, 1, 2]);
  assertEquals(reactor.registrations, 3);
  all[1]!.close();
  assertEquals(reactor.registrations, 2);
  const next = reactor.register(selector.open());
  assertEquals(next.index, 1);
  assertNotEquals(next.generation, all[1]!.generation);
});

test("Reactor.register() that the system refuses throws an OsError and keeps no slot", () => {
  const { selector, reactor } = setUp();
  const error = assertThrows(() => reactor.register(999), Error, "Cannot watch descriptor 999");
  assert(isOsError(error) && error.code === "EBADF");
  assertEquals(reactor.registrations, 0);
  const first = reactor.register(selector.open());
  assertEquals(first.index, 0);
  first.close();
  assertThrows(() => reactor.register(999));
  assertEquals(reactor.registrations, 0);
  assertEquals(reactor.register(selector.open()).index, 0);
});

test("Reactor.dispatch() takes events to their registrations", () => {
  const { selector, reactor, turn } = setUp();
  const [a, b] = [reactor.register(selector.open()), reactor.register(selector.open())];
  a.clear(BOTH);
  b.clear(BOTH);
  selector.raise(b.fd, READABLE);
  turn();
  assertFalse(a.isReady(READABLE));
  assert(b.isReady(READABLE));
});

test("Reactor.dispatch() drops events of a generation that has gone", () => {
  const { selector, reactor, turn } = setUp();
  const first = reactor.register(selector.open());
  first.close();
  selector.closeDescriptor(first.fd);
  const second = reactor.register(selector.open());
  assertEquals([second.fd, second.index], [first.fd, first.index]);
  second.clear(BOTH);
  const wakes = new Wakes();
  const waiting = waiter(READABLE);
  second.wait(waiting, wakes);
  selector.emit(first.index, first.generation, READABLE);
  turn();
  assertFalse(second.isReady(READABLE));
  assertFalse(wakes.isWoken());
  selector.emit(second.index, second.generation, READABLE);
  turn();
  assert(wakes.isWoken());
});

test("Reactor.dispatch() drops what was collected before a slot got its new tenant", () => {
  const { selector, reactor } = setUp();
  const opener = reactor.register(selector.open());
  const victim = reactor.register(selector.open());
  let successor: Registration | undefined;
  opener.wait(waiter(READABLE), {
    wake() {
      victim.close();
      selector.closeDescriptor(victim.fd);
      successor = reactor.register(selector.open());
      successor.clear(BOTH);
    },
  });
  selector.raise(opener.fd, READABLE);
  selector.raise(victim.fd, READABLE);
  reactor.dispatch(selector.poll(0));
  assertEquals(successor?.index, victim.index);
  assertFalse(successor!.isReady(READABLE));
});

test("Reactor.dispatch() ignores events without a registration, and those of wakes", () => {
  const { selector, reactor, turn } = setUp();
  selector.wake();
  selector.emit(17, 0, READABLE);
  turn();
  const only = reactor.register(selector.open());
  selector.emit(only.index + 1, 0, READABLE);
  turn();
  assertEquals(reactor.registrations, 1);
});

test("Reactor counts a generation on for every tenant, beyond 32 bits as well", () => {
  const { selector, reactor } = setUp();
  const seen = new Set<number>();
  for (let i = 0; i < 100; i++) {
    const tenant = reactor.register(selector.open());
    seen.add(tenant.generation);
    tenant.close();
    selector.closeDescriptor(tenant.fd);
  }
  assertEquals(seen.size, 100);
});

test("Reactor tells when the first begins to wait and when the last has ended", () => {
  const { selector, reactor, changes } = setUp();
  const source = reactor.register(selector.open());
  const [a, b] = [waiter(READABLE), waiter(WRITABLE)];
  source.wait(a, new Wakes());
  source.wait(b, new Wakes());
  assertEquals(changes, [1]);
  source.forget(a);
  source.forget(a);
  assertEquals(changes, [1]);
  source.forget(b);
  assertEquals(changes, [1, 0]);
});

test("Reactor arms each wait where edges are not reported, and only there", () => {
  for (const reportsEdges of [true, false]) {
    const { selector, reactor } = setUp(reportsEdges);
    const source = reactor.register(selector.open());
    const all = [waiter(READABLE), waiter(BOTH)];
    for (const one of all) source.wait(one, new Wakes());
    const arms = selector.calls.filter(({ name }) => name === "arm");
    assertEquals(
      arms,
      reportsEdges ? [] : [
        { name: "arm", fd: source.fd, interest: READABLE },
        { name: "arm", fd: source.fd, interest: BOTH },
      ],
    );
    for (const one of all) source.forget(one);
  }
});

test("IoFuture tries the call first and waits only when it would block", () => {
  const { selector, reactor } = setUp();
  const source = reactor.register(selector.open());
  const quick = new Operation(source);
  quick.answer = "at once";
  assertEquals(assertReady(quick), "at once");
  assertEquals(reactor.waiters, 0);
});

for (const reportsEdges of [true, false]) {
  const kind = reportsEdges ? "edges" : "one shot per arm";

  test(`IoFuture tries again after an event, with ${kind}`, () => {
    const { selector, reactor, turn } = setUp(reportsEdges);
    const source = reactor.register(selector.open());
    const wakes = new Wakes();
    const read = new Operation(source);
    assertPending(read, wakes);
    assertPending(read, wakes);
    assertEquals(read.attempts, 1, "no call while nothing is ready");
    selector.raise(source.fd, READABLE);
    turn();
    assert(wakes.isWoken());
    read.answer = "data";
    assertEquals(assertReady(read, wakes), "data");
    assertEquals(reactor.waiters, 0);
  });

  test(`IoFuture waits on after a spurious event, with ${kind}`, () => {
    const { selector, reactor, turn } = setUp(reportsEdges);
    const source = reactor.register(selector.open());
    const wakes = new Wakes();
    const read = new Operation(source);
    assertPending(read, wakes);
    for (let i = 0; i < 3; i++) {
      selector.emit(source.index, source.generation, READABLE);
      turn();
      assert(wakes.isWoken());
      assertPending(read, wakes);
    }
    assertEquals(read.attempts, 4);
    selector.raise(source.fd, READABLE);
    turn();
    read.answer = "data";
    assertEquals(assertReady(read, wakes), "data");
  });
}

test("IoFuture that is dropped waits no longer and calls nothing", () => {
  const { selector, reactor, turn } = setUp();
  const source = reactor.register(selector.open());
  const wakes = new Wakes();
  const read = new Operation(source);
  assertPending(read, wakes);
  read[Symbol.dispose]();
  assertEquals(reactor.waiters, 0);
  selector.raise(source.fd, READABLE);
  turn();
  assertFalse(wakes.isWoken());
  assertThrows(() => pollOnce(read), TypeError, "Cannot poll a future again");
  assertEquals(read.attempts, 1);
});

test("IoFuture fails when its source is closed, before the wait and in the middle of it", () => {
  const { selector, reactor } = setUp();
  const source = reactor.register(selector.open());
  const wakes = new Wakes();
  const waiting = new Operation(source);
  const late = new Operation(source);
  assertPending(waiting, wakes);
  source.close();
  assert(wakes.isWoken());
  for (const one of [waiting, late]) {
    assertThrows(() => pollOnce(one), Error);
    assertThrows(() => pollOnce(one), TypeError, "Cannot poll a future again");
  }
  assertEquals(late.attempts, 0);
});

test("IoFuture asks only the waker of its last poll", () => {
  const { selector, reactor, turn } = setUp();
  const source = reactor.register(selector.open());
  const [first, second] = [new Wakes(), new Wakes()];
  const read = new Operation(source);
  assertPending(read, first);
  assertPending(read, second);
  selector.raise(source.fd, READABLE);
  turn();
  assertEquals([first.count, second.count], [0, 1]);
  read[Symbol.dispose]();
});
