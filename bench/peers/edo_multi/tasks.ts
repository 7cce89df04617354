/**
 * The functions of the benchmark `multi` as portable tasks.
 *
 * @module
 */

import type { PortableTask } from "../../../task/mod.ts";
import { spawn, task } from "../../../task/mod.ts";
import * as functions from "../js_pools/functions.mjs";

/** What a task of `imbalance` is told when it ends. */
export interface Ended {
  readonly result: number;
  readonly endedMs: readonly number[];
}

export const tiny = task(import.meta, function tiny(i: number): number {
  return functions.tiny(i);
});

const hash = task(import.meta, function hash(from: number, count: number): number {
  return functions.hash(from, count);
});

const mandelbrot = task(import.meta, function mandelbrot(row: number): number {
  return functions.mandelbrot(row);
});

const sortPart = task(
  import.meta,
  function sortPart(memory: SharedArrayBuffer, begin: number, end: number): number {
    return functions.sortPart(memory, begin, end);
  },
);

const mergeHalf = task(
  import.meta,
  function mergeHalf(...args: Parameters<typeof functions.mergeHalf>): number {
    return functions.mergeHalf(...args);
  },
);

/** Spawns tiny tasks from the worker that runs it. */
const spawnShare = task(import.meta, async function spawnShare(begin: number, end: number) {
  const handles = [];
  for (let i = begin; i < end; i++) handles.push(spawn(tiny, i));
  let sum = 0;
  for (const handle of handles) sum += await handle;
  return sum;
});

/** Spawns long and short tasks from one worker: the others have to steal them. */
const timeShare = task(import.meta, async function timeShare(count: number, workers: number) {
  const began = performance.now();
  const endedMs: number[] = [];
  const work = async (i: number) => {
    const result = await spawn(hash, i, functions.buffersOf(i, workers));
    endedMs.push(performance.now() - began);
    return result;
  };
  const results = await Promise.all(Array.from({ length: count }, (_, i) => work(i)));
  return { result: results.reduce((sum, one) => sum + one, 0), endedMs };
});

/** All by name, as the rows ask for them. */
export const TASKS: Readonly<Record<string, PortableTask<(...args: never[]) => unknown>>> = {
  tiny,
  hash,
  mandelbrot,
  sortPart,
  mergeHalf,
  spawnShare,
  timeShare,
};
