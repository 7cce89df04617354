/**
 * Who of the workers sleeps, used by one thread. Schedules of several are in `tests/model/`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { Random } from "../../../future/random.ts";
import { Idle, IDLE_WORDS } from "../../../scheduler/multi_thread/idle.ts";
import { MAX_WORKERS } from "../../../scheduler/multi_thread/limits.ts";

function idle(workers: number): Idle {
  const all = new Idle(new Int32Array(IDLE_WORDS), 0, workers);
  all.begin();
  return all;
}

Deno.test("Idle.workerToNotify() chooses nobody while all workers run", () => {
  assertEquals(idle(1).workerToNotify(), -1);
  assertEquals(idle(MAX_WORKERS).workerToNotify(), -1);
});

Deno.test("Idle.workerToNotify() chooses a worker that sleeps, which then counts as searching", () => {
  for (const worker of [0, 31, 32, 63, 64, MAX_WORKERS - 1]) {
    const all = idle(MAX_WORKERS);
    assertFalse(all.park(worker, false));
    assertEquals(all.workerToNotify(), worker);
    assertEquals(all.searching, 1);
    // It has been chosen, so it counts as searching when it wakes.
    assert(all.unpark(worker));
    assert(all.endSearch());
    assertEquals(all.searching, 0);
  }
});

Deno.test("Idle.workerToNotify() chooses nobody while somebody searches", () => {
  const all = idle(4);
  all.park(0, false);
  all.park(1, false);
  assert(all.beginSearch());
  assertEquals(all.workerToNotify(), -1);
  assert(all.endSearch());
  const first = all.workerToNotify();
  assertEquals(all.workerToNotify(), -1);
  all.unpark(first);
  all.endSearch();
  assertEquals(new Set([first, all.workerToNotify()]), new Set([0, 1]));
});

Deno.test("Idle.unpark() of a worker that nobody has chosen does not make it search", () => {
  const all = idle(2);
  all.park(1, false);
  assertFalse(all.unpark(1));
  assertEquals(all.searching, 0);
  assertEquals(all.workerToNotify(), -1);
});

Deno.test("Idle.beginSearch() lets at most half of the workers search", () => {
  for (const [workers, most] of [[1, 1], [2, 1], [3, 2], [4, 2], [128, 64]] as const) {
    const all = idle(workers);
    const began = Array.from({ length: workers }, () => all.beginSearch());
    assertEquals(began.filter(Boolean).length, most, String(workers));
    assertEquals(all.searching, most);
  }
});

Deno.test("Idle.park() and Idle.endSearch() tell the last searcher that it is the last", () => {
  const all = idle(4);
  assert(all.beginSearch());
  assert(all.beginSearch());
  assertFalse(all.endSearch());
  assert(all.beginSearch());
  assertFalse(all.park(0, true));
  assert(all.park(1, true));
  assertFalse(all.park(2, false));
});

Deno.test("Idle.workerToNotify() chooses who sleeps before those who doze, and then all of these", () => {
  const all = idle(5);
  for (const dozer of [0, 1, 4]) all.park(dozer, false, true);
  all.park(2, false);
  assertEquals(all.workerToNotify(), 2);
  assertEquals([all.workerToNotify(), all.searching], [-1, 1]);
  assert(all.unpark(2));
  all.endSearch();
  assertEquals([0, 1, 2].map(() => all.workerToNotify()), [0, 1, 4]);
  assertEquals([all.workerToNotify(), all.searching], [-1, 0]);
  // Nobody relies on them.
  for (const dozer of [0, 1, 4]) assertFalse(all.unpark(dozer));
  assertEquals([all.workerToNotify(), all.searching], [-1, 0]);
});

Deno.test("Idle.lose() takes a worker out of the counts, however it rested", () => {
  for (const dozes of [false, true]) {
    for (const isChosen of [false, true]) {
      const all = idle(2);
      all.park(0, false, dozes);
      if (isChosen) all.workerToNotify();
      all.lose(0);
      assertEquals([all.searching, all.workerToNotify()], [0, -1]);
      // The one that takes its place sleeps too.
      all.park(0, false);
      assertEquals(all.workerToNotify(), 0);
    }
  }
});

Deno.test("Idle counts right, whatever the workers do", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = new Random(seed);
    const workers = 1 + random.below(MAX_WORKERS);
    const all = idle(workers);
    const asleep = new Set<number>();
    const chosen = new Set<number>();
    const searching = new Set<number>();
    for (let i = 0; i < 500; i++) {
      const worker = random.below(workers);
      const choice = random.below(4);
      const isLast = searching.size === 1 && searching.has(worker) && chosen.size === 0;
      if (asleep.has(worker)) {
        if (choice > 0) continue;
        asleep.delete(worker);
        assertEquals(all.unpark(worker), chosen.has(worker));
        if (chosen.delete(worker)) searching.add(worker);
      } else if (choice === 0) {
        assertEquals(all.park(worker, searching.has(worker)), isLast);
        searching.delete(worker);
        asleep.add(worker);
      } else if (choice === 1) {
        const canBegin = 2 * (searching.size + chosen.size) < workers;
        if (!searching.has(worker) && all.beginSearch()) {
          assert(canBegin);
          searching.add(worker);
        }
      } else if (choice === 2) {
        if (searching.has(worker)) assertEquals(all.endSearch(), isLast);
        searching.delete(worker);
      } else {
        const found = all.workerToNotify();
        const isQuiet = searching.size + chosen.size === 0 && asleep.size > 0;
        assertEquals(found >= 0, isQuiet);
        if (found >= 0) chosen.add(found);
        if (found >= 0) assert(asleep.has(found));
      }
      assertEquals(all.searching, searching.size + chosen.size);
    }
  }
});
