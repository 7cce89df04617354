/**
 * Tasks that do what a task should not: whoever has spawned them hears of it, all others go on, and
 * nothing is left.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Runtime } from "../../../scheduler/mod.ts";
import * as faults from "./fixtures/faults.ts";
import { load } from "../../../scheduler/multi_thread/atomics.ts";
import { ownLink } from "../../../scheduler/multi_thread/membership.ts";
import { PARKED } from "../../../scheduler/multi_thread/parking.ts";
import { add } from "./fixtures/tasks.ts";

/** Waits until the first two workers rest, and have done so for a while. */
async function rest(): Promise<void> {
  const { domain } = ownLink();
  const { self, words } = domain;
  const rests = (isolate: number) => load(words, domain.parked(isolate)) === PARKED;
  for (let seen = 0; seen < 50; seen++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!rests(self + 1) || !rests(self + 2)) seen = 0;
  }
}

for (const name of ["computes", "computesAfterWait"] as const) {
  Deno.test(`a task that ${name} keeps one worker busy, and the other at work`, async () => {
    await using runtime = Runtime.builder().multiThread().workerThreads(2).build();
    const log = new SharedArrayBuffer(8);
    // Then they have the memory and the module.
    await Promise.all([runtime.spawn(faults.receive, log), runtime.spawn(faults.receive, log)]);
    await rest();
    const busy = runtime.spawn(faults[name], log);
    await faults.hasBegun(log);
    for (let i = 0; i < 10; i++) assertEquals(await runtime.spawn(add, i, 1), i + 1);
    faults.letEnd(log);
    await busy;
  });
}
