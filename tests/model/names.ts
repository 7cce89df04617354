/**
 * Names for the words of the protocols, and what several scenarios need.
 *
 * @module
 */

import type { Links } from "../../scheduler/multi_thread/injector.ts";
import type { Overflow } from "../../scheduler/multi_thread/ring.ts";
import type { Names } from "./scenario.ts";

/** The names of consecutive words. */
export function wordNames(prefix: string, base: number, ...names: string[]): Names {
  return Object.fromEntries(names.map((name, i) => [base + i, `${prefix}.${name}`]));
}

/** The names of the words of a ring. */
export function ringNames(prefix: string, base: number, capacity: number): Names {
  const entries = Array.from({ length: capacity }, (_, i) => `entry ${i}`);
  return wordNames(prefix, base, "heads", "tail", ...entries);
}

/** The names of the words of an injector. */
export function injectorNames(prefix: string, base: number): Names {
  return wordNames(prefix, base, "lock", "length", "first", "last", "closed");
}

/** The names of the links of tasks. */
export function linkNames(base: number, count: number): Names {
  return wordNames("link", base, ...Array.from({ length: count }, (_, i) => `${i}`));
}

/** Links that are consecutive words. */
export function linksAt(words: Int32Array, base: number): Links {
  return {
    next: (task) => words[base + task]!,
    setNext: (task, next) => void (words[base + task] = next),
  };
}

/** Keeps the tasks that have no room. */
export class Kept implements Overflow {
  /** What has been kept, in order. */
  readonly tasks: number[] = [];

  pushBatch(batch: Int32Array, count: number): void {
    this.tasks.push(...batch.subarray(0, count));
  }
}
