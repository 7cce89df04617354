/**
 * The rows that `@std/async` has a primitive for. The program runs with the configuration of a
 * checkout of the standard library, which resolves the names.
 *
 * @module
 */

import {
  CONTENDED_PERMITS,
  CONTENDERS,
  deadline as deadlineOf,
  Holders,
  measureRow,
  sleepTime,
  sumOf,
} from "./work.mjs";

const [{ Channel }, { deadline }, { delay }, { Semaphore }] = await Promise.all([
  import("@std/async/channel"),
  import("@std/async/deadline"),
  import("@std/async/delay"),
  import("@std/async/unstable-semaphore"),
]);

async function acquireAlone(n, permits) {
  const semaphore = new Semaphore(permits);
  let count = 0;
  for (let i = 0; i < n; i++) {
    using _permit = await semaphore.acquire();
    count += 1;
  }
  return count;
}

async function contended(n) {
  const semaphore = new Semaphore(CONTENDED_PERMITS);
  const holders = new Holders();
  const work = async () => {
    for (let i = 0; i < n / CONTENDERS; i++) {
      using _permit = await semaphore.acquire();
      holders.enter();
      await null;
      holders.leave();
    }
  };
  await Promise.all(Array.from({ length: CONTENDERS }, work));
  return holders.count;
}

async function bounded(n, senders, capacity) {
  const channel = new Channel({ capacity });
  const send = async () => {
    await null;
    for (let i = 0; i < n / senders; i++) await channel.send(i);
  };
  const all = Promise.all(Array.from({ length: senders }, send)).then(() => channel.close());
  let sum = 0;
  for await (const i of channel) sum += i;
  await all;
  return sum;
}

async function sleeps(n) {
  const work = async (i) => {
    await delay(sleepTime(i));
    return 1;
  };
  return sumOf(await Promise.all(Array.from({ length: n }, (_, i) => work(i))));
}

/** A delay ends by its signal, and says so by an error. */
function start(milliseconds) {
  const controller = new AbortController();
  const ended = delay(milliseconds, { signal: controller.signal }).then(() => 0, () => 1);
  return { controller, ended };
}

async function cancel(n) {
  let cancelled = 0;
  for (let i = 0; i < n; i++) {
    const { controller, ended } = start(deadlineOf(i));
    controller.abort();
    cancelled += await ended;
  }
  return cancelled;
}

async function cancelLive(n) {
  const delays = [];
  for (let i = 0; i < n; i++) delays.push(start(deadlineOf(i)));
  for (const { controller } of delays) controller.abort();
  let cancelled = 0;
  for (const { ended } of delays) cancelled += await ended;
  return cancelled;
}

async function timeout(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await deadline(Promise.resolve(i), 1000);
  return sum;
}

await measureRow({
  "locks/mutex": (n) => acquireAlone(n, 1),
  "locks/semaphore": (n) => acquireAlone(n, 10),
  "locks/contended": contended,
  "mpsc/1-100": (n) => bounded(n, 1, 100),
  "mpsc/1-1m": (n) => bounded(n, 1, 1_000_000),
  "mpsc/5-100": (n) => bounded(n, 5, 100),
  "mpsc/5-1m": (n) => bounded(n, 5, 1_000_000),
  "time/sleeps": sleeps,
  "time/cancel": cancel,
  "time/cancel-live": cancelLive,
  "time/timeout": timeout,
});
