/**
 * The timers of edo: a sleep made, polled once, dropped; and sleeps awaited.
 *
 * `insert-cancel SAMPLES` or `never-early`, with `--net` before it in a program that has sockets too,
 * and with them the quicker clock of the operating system; prints one line of JSON, an array of numbers.
 *
 * @module
 */

import { type Context, Pending } from "../../../future/mod.ts";
import { sleep } from "../../../time/mod.ts";
import { out } from "../../out.ts";
import { timePairs, timeSleeps } from "./work.mjs";

const withNet = Deno.args[0] === "--net";
const [what, samples] = Deno.args.slice(withNet ? 1 : 0);
if (withNet) await import("../../../net/mod.ts");

/** Nobody is to be woken: every sleep is cancelled long before its time. */
const context: Context = { waker: { wake() {} } };

function startAndCancel(milliseconds: number): void {
  const timer = sleep(milliseconds);
  if (timer.poll(context) !== Pending) throw new Error("Cannot measure: the sleep is over already");
  timer[Symbol.dispose]();
}

const result = what === "insert-cancel"
  ? timePairs(Number(samples), startAndCancel)
  : await timeSleeps(sleep, false);
out(JSON.stringify(result));
