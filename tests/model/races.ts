/**
 * Finds reads and writes without `Atomics` that are not ordered by steps with `Atomics`.
 *
 * A step with `Atomics` that writes a word gives to whoever reads that word afterwards all that its
 * thread has seen so far. Two plain steps about one word, one of them a write, must be ordered by
 * that, or the memory model of JavaScript does not say what the read finds.
 *
 * @module
 */

import * as c from "./control.ts";
import { type Step, stepUsesSleepers } from "./trace.ts";

type Clock = number[];

const READ = c.kindOf("read");
const WRITE = c.kindOf("write");
const STORE = c.kindOf("store");

/** The numbers, from 1, of the first two steps that are a race, or none. */
export function raceIn(steps: readonly Step[], threads: number): number[] {
  const clocks = Array.from({ length: threads }, () => new Array<number>(threads).fill(0));
  const given = new Map<string, Clock>();
  const seen = new Map<number, Seen[]>();
  for (const [i, step] of steps.entries()) {
    const clock = clocks[step.thread]!;
    clock[step.thread]! += 1;
    const isPlain = step.kind === READ || step.kind === WRITE;
    if (!isPlain) synchronize(step, clock, given);
    const others = seen.get(step.word) ?? [];
    const time = clock[step.thread]!;
    const own: Seen = { number: i + 1, thread: step.thread, time, wrote: step.wrote, isPlain };
    for (const other of others) {
      const isOrdered = other.thread === own.thread || clock[other.thread]! >= other.time;
      const isRace = (other.wrote || own.wrote) && (other.isPlain || own.isPlain);
      if (isRace && !isOrdered) return [other.number, own.number];
    }
    seen.set(step.word, [...others, own]);
  }
  return [];
}

interface Seen {
  readonly number: number;
  readonly thread: number;
  /** The clock of its thread. */
  readonly time: number;
  readonly wrote: boolean;
  readonly isPlain: boolean;
}

function synchronize(step: Step, clock: Clock, given: Map<string, Clock>): void {
  const key = stepUsesSleepers(step) ? `sleepers ${step.word}` : `${step.word}`;
  const gift = given.get(key);
  if (gift !== undefined && step.kind !== STORE) {
    for (let i = 0; i < clock.length; i++) clock[i] = Math.max(clock[i]!, gift[i]!);
  }
  if (step.wrote || stepUsesSleepers(step)) given.set(key, [...clock]);
}
