/**
 * A thread of the explorer: a Worker that runs its part of a scenario once for each schedule.
 *
 * @module
 */

/// <reference lib="deno.worker" />

import { installSeam } from "../../scheduler/multi_thread/atomics.ts";
import * as c from "./control.ts";
import { Gate, type Memory } from "./gate.ts";
import { find } from "./model.ts";
import type { Result, Thread } from "./scenario.ts";

/** What a thread is to do. */
export interface Work {
  /** The address of this module. */
  readonly worker: string;
  /** See control.ts. */
  readonly control: Int32Array;
  /** The module that declares the scenario. */
  readonly module: string;
  /** The scenario. */
  readonly title: string;
  /** Which of the scenario's mistakes is put behind the seam, or -1. */
  readonly bug: number;
  /** Which of the scenario's threads this is. */
  readonly thread: number;
  /** The memories. */
  readonly memories: readonly Int32Array[];
}

self.onmessage = async ({ data }: MessageEvent<Work>) => {
  await import(data.module);
  const { control, thread } = data;
  const scenario = find(data.title);
  const bug = scenario.bugs?.[data.bug];
  const gate = new Gate(control, thread, numbered(data.memories));
  const views = data.memories.map((words) => scenario.plainSteps ? gate.plainSteps(words) : words);
  const seam = gate.seam();
  Atomics.add(control, c.LOADED, 1);
  Atomics.notify(control, c.LOADED);
  while (true) {
    try {
      gate.start();
      // A mistake may remember something, which must not last longer than the schedule.
      installSeam(bug === undefined ? seam : bug.wrap(seam));
      run(control, thread, scenario.threads[thread]!, views);
      gate.finish();
    } catch (error) {
      if (control[c.OVER] !== 0) return installSeam(Atomics);
      gate.fail(error);
    }
  }
};

function numbered(memories: readonly Int32Array[]): Map<unknown, Memory> {
  let first = 0;
  const found = new Map<unknown, Memory>();
  for (const words of memories) {
    found.set(words.buffer, { words, first });
    first += words.length;
  }
  return found;
}

function run(control: Int32Array, number: number, thread: Thread, views: Int32Array[]): void {
  const results = numbersOf(thread(...views));
  const at = c.resultsAt(number);
  if (results.length > c.MAX_RESULTS) {
    throw new RangeError(`Cannot return ${results.length} numbers: ${c.MAX_RESULTS} is the most`);
  }
  control[at] = results.length;
  control.set(results, at + 1);
}

function numbersOf(result: Result): readonly number[] {
  if (result === undefined) return [];
  return typeof result === "number" ? [result] : result;
}
