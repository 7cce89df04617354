/**
 * Draws the Mandelbrot set with all processors, and says how long it took.
 *
 * ```sh
 * deno run --allow-read --allow-ffi examples/mandelbrot.ts --width 100 --height 40 --workers 4
 * ```
 *
 * The rows take very different times: those that cross the set cost a thousand times what the others
 * do. `parallelFor` hands out large parts first and small ones at the end, so all workers are done at
 * about the same time.
 *
 * @module
 */

import { Instant, parallelFor, Runtime, task } from "../mod.ts";
import { numberOption, say } from "./cli.ts";

/** What is drawn: the part of the plane, and how exactly. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly limit: number;
}

/** From outside to inside. */
const SHADES = " .:-=+*#%@";

/** Counts for each point of some rows after how many steps it leaves the circle. */
const drawRows = task(
  import.meta,
  function drawRows(steps: Uint16Array, from: number, to: number, picture: Picture): void {
    const { width, height, limit } = picture;
    for (let row = from; row < to; row++) {
      const im = (row / (height - 1)) * 2.4 - 1.2;
      for (let column = 0; column < width; column++) {
        const re = (column / (width - 1)) * 3.2 - 2.2;
        steps[row * width + column] = stepsOf(re, im, limit);
      }
    }
  },
);

function stepsOf(re: number, im: number, limit: number): number {
  let x = 0;
  let y = 0;
  for (let step = 0; step < limit; step++) {
    const xx = x * x;
    const yy = y * y;
    if (xx + yy > 4) return step;
    y = 2 * x * y + im;
    x = xx - yy + re;
  }
  return limit;
}

function shadeOf(steps: number, limit: number): string {
  const place = Math.log(1 + steps) / Math.log(1 + limit);
  return SHADES[Math.floor(place * (SHADES.length - 1))]!;
}

async function main(): Promise<void> {
  const picture: Picture = {
    width: numberOption("width", 80),
    height: numberOption("height", 33),
    limit: numberOption("limit", 1000),
  };
  const workers = numberOption("workers", navigator.hardwareConcurrency);
  const { width, height, limit } = picture;
  const steps = new Uint16Array(new SharedArrayBuffer(2 * width * height));

  await using runtime = Runtime.builder().multiThread().workerThreads(workers).build();
  const start = Instant.now();
  await runtime.run(() =>
    parallelFor(drawRows, { array: steps, length: height, chunk: 1, context: picture })
  );
  const took = start.elapsed();

  for (let row = 0; row < height; row++) {
    const points = [...steps.subarray(row * width, (row + 1) * width)];
    say(points.map((count) => shadeOf(count, limit)).join(""));
  }
  say(`${width} x ${height} points on ${workers} workers in ${took.toFixed(0)} ms`);
}

// Workers load this module too, to find the task.
if (import.meta.main) await main();
