/**
 * The rows that `async-mutex` has a primitive for.
 *
 * @module
 */

import { CONTENDED_PERMITS, CONTENDERS, Holders, measureRow } from "./work.mjs";

const { Mutex, Semaphore } = await import("async-mutex");

async function mutex(n) {
  const mutex = new Mutex();
  let count = 0;
  for (let i = 0; i < n; i++) {
    const release = await mutex.acquire();
    count += 1;
    release();
  }
  return count;
}

async function semaphore(n) {
  const semaphore = new Semaphore(10);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const [, release] = await semaphore.acquire();
    count += 1;
    release();
  }
  if (semaphore.getValue() !== 10) throw new Error("A permit was lost");
  return count;
}

async function contended(n) {
  const semaphore = new Semaphore(CONTENDED_PERMITS);
  const holders = new Holders();
  const work = async () => {
    for (let i = 0; i < n / CONTENDERS; i++) {
      const [, release] = await semaphore.acquire();
      holders.enter();
      await null;
      holders.leave();
      release();
    }
  };
  await Promise.all(Array.from({ length: CONTENDERS }, work));
  return holders.count;
}

await measureRow({
  "locks/mutex": mutex,
  "locks/semaphore": semaphore,
  "locks/contended": contended,
});
