/**
 * Waiting on shared primitives, with a second isolate that has no thread of its own.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertNotEquals, assertThrows } from "@std/assert";
import { toWire, type WireHandle } from "../../../scheduler/multi_thread/handle.ts";
import { Domain } from "../../../scheduler/multi_thread/domain.ts";
import { Link } from "../../../scheduler/multi_thread/link.ts";
import { ownLink, sharedMemory } from "../../../scheduler/multi_thread/membership.ts";
import { adopt, Cell } from "../../../sync/shared/cell.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../../helpers/wakes.ts";

/** Another isolate of the domain. Its turns are taken by hand. */
class Other implements Disposable {
  readonly link: Link;
  /** Whether it wants to be kept alive, because something is under way. */
  isExpecting = false;

  constructor() {
    this.link = new Link({
      domain: new Domain(ownLink().domain.buffer),
      wakeSelector: () => {},
      attachments: sharedMemory,
      expect: (something) => this.isExpecting = something,
    });
  }

  /** Sends a handle to it. */
  receive<H extends WireHandle>(handle: H, make: () => H): H {
    const { data: [at], onSent } = handle[toWire]();
    onSent!();
    return adopt(new Cell(this.link, at as number), make);
  }

  [Symbol.dispose](): void {
    assertFalse(this.isExpecting);
    this.link.domain.leave();
  }
}

Deno.test("a wait of another isolate is granted in its next turn", () => {
  using other = new Other();
  using semaphore = new shared.SharedSemaphore(0);
  using theirs = other.receive(semaphore, () => new shared.SharedSemaphore(0));
  const wakes = new Wakes();
  const wait = theirs.acquire();
  assertPending(wait, wakes);
  assert(other.isExpecting);
  semaphore.addPermits(1);
  assertFalse(wakes.isWoken());
  assertEquals(other.link.turn(0), 1);
  assert(wakes.isWoken());
  assertFalse(other.isExpecting);
  assertReady(wait).release();
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("waits of two isolates stand in one queue", () => {
  using other = new Other();
  using mutex = new shared.SharedMutex();
  using theirs = other.receive(mutex, () => new shared.SharedMutex());
  const guard = assertReady(theirs.lock());
  assert(mutex.isLocked());
  const waits = [mutex.lock(), theirs.lock(), mutex.lock()];
  for (const wait of waits) assertPending(wait);
  guard.release();
  ownLink().turn(0);
  assertPending(waits[2]!);
  assertReady(waits[0]!).release();
  assertPending(waits[2]!);
  other.link.turn(0);
  assertReady(waits[1]!).release();
  ownLink().turn(0);
  assertReady(waits[2]!).release();
});

Deno.test("a wait that is dropped between the grant and the turn passes it on", () => {
  using other = new Other();
  using semaphore = new shared.SharedSemaphore(0);
  using theirs = other.receive(semaphore, () => new shared.SharedSemaphore(0));
  const [first, second] = [theirs.acquire(), semaphore.acquire()];
  assertPending(first);
  assertPending(second);
  semaphore.addPermits(1);
  first[Symbol.dispose]();
  ownLink().turn(0);
  assertReady(second).release();
  assertFalse(other.isExpecting);
  // Its record is still in the list of the isolate; nobody else gets it before the turn.
  const before = other.link.takeRecord();
  other.link.turn(0);
  const after = other.link.takeRecord();
  assertNotEquals(before, after);
  for (const record of [before, after]) other.link.domain.records.giveBack(record);
});

Deno.test("records of waits are used again", () => {
  using other = new Other();
  using semaphore = new shared.SharedSemaphore(0);
  using theirs = other.receive(semaphore, () => new shared.SharedSemaphore(0));
  const used = new Set<number>();
  for (let i = 0; i < 300; i++) {
    const wait = theirs.acquire();
    assertPending(wait);
    if (i % 3 > 0) semaphore.addPermits(1);
    if (i % 3 < 2) wait[Symbol.dispose]();
    other.link.turn(0);
    if (i % 3 === 2) assertReady(wait);
    semaphore.forgetPermits(1);
    const record = other.link.takeRecord();
    used.add(record);
    other.link.domain.records.giveBack(record);
  }
  assert(used.size <= 2, `${used.size}`);
});

Deno.test("a wait cannot begin when all records are in use, and takes nothing then", () => {
  using other = new Other();
  using semaphore = new shared.SharedSemaphore(1);
  using theirs = other.receive(semaphore, () => new shared.SharedSemaphore(0));
  other.link.takeRecord = () => -1;
  assertThrows(() => pollOnce(theirs.acquire(2)), RangeError, "Cannot wait");
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("the memory of a primitive ends with its last handle", () => {
  using other = new Other();
  const { arena } = ownLink().domain;
  const before = arena.bytesInUse;
  const bell = new shared.SharedNotify();
  const theirs = other.receive(bell, () => new shared.SharedNotify());
  bell[Symbol.dispose]();
  arena.collect();
  assert(arena.bytesInUse > before);
  theirs.notifyOne();
  theirs[Symbol.dispose]();
  arena.collect();
  assertEquals(arena.bytesInUse, before);
});
