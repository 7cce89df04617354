/**
 * The timers of Deno, Node and Bun: `setTimeout` and `clearTimeout`.
 *
 * `insert-cancel SAMPLES` or `never-early`; prints one line of JSON, an array of numbers.
 *
 * @module
 */

import process from "node:process";
import { timePairs, timeSleeps } from "../timers/work.mjs";

const [what, samples] = process.argv.slice(2);

function nothing() {}

const result = what === "insert-cancel"
  ? timePairs(Number(samples), (milliseconds) => clearTimeout(setTimeout(nothing, milliseconds)))
  : await timeSleeps(
    (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    true, // setTimeout knows no fractions
  );
process.stdout.write(JSON.stringify(result) + "\n");
