/**
 * What tests of several isolates have in common.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Runtime } from "../../scheduler/mod.ts";
import { ownLink } from "../../scheduler/multi_thread/membership.ts";

// The first use of the memory of all isolates opens what wakes this one. It stays, so it is there
// before the first test.
ownLink();

/** Runs `main` on a runtime of two workers, and ends it. */
export async function withWorkers(main: () => Promise<void>): Promise<void> {
  await using runtime = Runtime.builder().multiThread().workerThreads(2).build();
  await runtime.run(main);
}

/** Checks that `main` leaves nothing in the memory of all isolates, and nothing under way. */
export function leavesNothing(main: () => void): void {
  const { arena } = ownLink().domain;
  arena.collect();
  const before = arena.bytesInUse;
  main();
  assertEquals(arena.bytesInUse, before);
  assertEquals(ownLink().underWay, 0);
}
