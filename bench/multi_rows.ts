/**
 * The rows of the benchmark `multi`: how much work a batch is, and the number that proves it.
 *
 * @module
 */

import {
  buffersOf,
  hash,
  mandelbrot,
  PICTURE,
  sumOfChunks,
  unsorted,
} from "./peers/js_pools/functions.mjs";
import type { Values } from "./stats.ts";

/** One row, the same for every implementation. */
export interface Row {
  /** `<group>/<name>`. */
  readonly name: string;
  /** How many operations a batch has. */
  readonly operations: number;
  /** What a batch of `n` operations ends with. */
  readonly result: (n: number, workers: number) => number;
  /** The figure that others are compared by. */
  readonly compared: string;
  /** It takes so long that one round has to do. */
  readonly once?: boolean;
}

/** 0 + 1 + … + (n - 1). */
function sumBelow(n: number): number {
  return n * (n - 1) / 2;
}

function sumOf(n: number, of: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += of(i);
  return sum;
}

/** What the numbers are, once they are sorted. */
function sorted(n: number): number {
  const numbers = Uint32Array.from({ length: n }, (_, i) => unsorted(i)).sort();
  return numbers.reduce((sum, number, i) => (sum + number * (i % 1024 + 1)) % 2 ** 40, 0);
}

function longAndShort(n: number, workers: number): number {
  return sumOf(n, (i) => hash(i, buffersOf(i, workers)));
}

/** How many tasks a cycle runs before it stops. */
const TASKS_PER_CYCLE = 10;

/** All rows, in the order of the tables. */
export const ROWS: readonly Row[] = [
  { name: "spawn/one", operations: 10_000, result: sumBelow, compared: "ns" },
  { name: "spawn/all", operations: 10_000, result: sumBelow, compared: "ns" },
  { name: "trip/parked", operations: 100, result: sumBelow, compared: "p50_us" },
  { name: "trip/busy", operations: 1000, result: sumBelow, compared: "p50_us" },
  { name: "cpu/hash", operations: 10_000, result: (n) => hash(0, n), compared: "all_ms" },
  {
    name: "cpu/mandelbrot",
    operations: PICTURE,
    result: (n) => sumOf(n, mandelbrot),
    compared: "all_ms",
  },
  { name: "cpu/sort", operations: 2 ** 20, result: sorted, compared: "all_ms" },
  { name: "imbalance/outside", operations: 40, result: longAndShort, compared: "p99_ms" },
  { name: "imbalance/inside", operations: 40, result: longAndShort, compared: "p99_ms" },
  { name: "channels/mpsc", operations: 10_000, result: sumBelow, compared: "ns" },
  { name: "channels/bytes", operations: 1000, result: sumOfChunks, compared: "ns" },
  {
    name: "start/cycles",
    operations: 100,
    result: (n) => n * sumBelow(TASKS_PER_CYCLE),
    compared: "cycle_ms",
    once: true,
  },
];

/** What a program said about a row. */
export interface Outcome {
  readonly operations: number;
  readonly result: number;
  readonly values: Values;
}

/** Refuses figures of work that was not done: tasks that are lost cost nothing. */
export function checkOutcome(row: Row, outcome: Outcome, workers: number): void {
  const wanted = row.result(row.operations, workers);
  if (outcome.operations === row.operations && outcome.result === wanted) return;
  throw new Error(
    `Cannot believe the figures: ${outcome.operations} operations ended with ${outcome.result}, ` +
      `not with ${wanted}`,
  );
}
