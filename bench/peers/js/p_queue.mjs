/**
 * The rows that `p-queue` has a primitive for: a queue with one or more running jobs is its lock.
 *
 * @module
 */

import { CONTENDED_PERMITS, CONTENDERS, Holders, measureRow } from "./work.mjs";

const { default: PQueue } = await import("p-queue");

async function oneByOne(n, concurrency) {
  const queue = new PQueue({ concurrency });
  let count = 0;
  const increment = () => {
    count += 1;
  };
  for (let i = 0; i < n; i++) await queue.add(increment);
  return count;
}

async function contended(n) {
  const queue = new PQueue({ concurrency: CONTENDED_PERMITS });
  const holders = new Holders();
  const hold = async () => {
    holders.enter();
    await null;
    holders.leave();
  };
  const work = async () => {
    for (let i = 0; i < n / CONTENDERS; i++) await queue.add(hold);
  };
  await Promise.all(Array.from({ length: CONTENDERS }, work));
  return holders.count;
}

await measureRow({
  "locks/mutex": (n) => oneByOne(n, 1),
  "locks/semaphore": (n) => oneByOne(n, 10),
  "locks/contended": contended,
});
