/**
 * The same work for every timer: pairs of start and cancel, and sleeps that must not end early.
 *
 * @module
 */

const PAIRS = 1_000_000;
const WAVES = 10;
const SLEEPS_PER_WAVE = 1_000;

/**
 * Nanoseconds per pair, once for each of `samples`. The deadlines are those of the Tokio program:
 * spread over a minute, so that the timers do not share one slot.
 *
 * @param {number} samples
 * @param {(milliseconds: number) => void} startAndCancel
 * @returns {number[]}
 */
export function timePairs(samples, startAndCancel) {
  return Array.from({ length: samples }, () => {
    let spread = 0;
    const began = performance.now();
    for (let i = 0; i < PAIRS; i++) {
      startAndCancel(1_000 + spread);
      spread = (spread + 7_919) % 60_000;
    }
    return (performance.now() - began) * 1e6 / PAIRS;
  });
}

/**
 * How late 10,000 sleeps of 1 to 200 ms end, in ms, sorted: below 0 is early. A thousand run at the
 * same time; more would mostly wait for the last of them to be started.
 *
 * @param {(milliseconds: number) => PromiseLike<unknown>} sleep
 * @param {boolean} whole Whether only whole milliseconds are asked for.
 * @returns {Promise<number[]>}
 */
export async function timeSleeps(sleep, whole) {
  const lateness = async () => {
    const random = 1 + Math.random() * 199;
    const milliseconds = whole ? Math.floor(random) : random;
    const began = performance.now();
    await sleep(milliseconds);
    return performance.now() - began - milliseconds;
  };
  const all = [];
  for (let wave = 0; wave < WAVES; wave++) {
    all.push(...await Promise.all(Array.from({ length: SLEEPS_PER_WAVE }, lateness)));
  }
  return all.sort((a, b) => a - b);
}
