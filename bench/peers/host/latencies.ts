/**
 * How long the host's own operations take in this isolate.
 *
 * @module
 */

/** Milliseconds, in the order in which they were seen. */
export interface Latencies {
  /** How late timers of 10 ms were. */
  readonly timer: number[];
  /** How long a `fetch` took from a `Deno.serve` in the same isolate. */
  readonly fetch: number[];
}

const TIMER_MS = 10;
const BETWEEN_FETCHES_MS = 5;

/** Measures timers and fetches at the same time until so many seconds have passed. */
export async function measureLatencies(seconds: number, url: string): Promise<Latencies> {
  const end = performance.now() + seconds * 1000;
  const [timer, fetch] = await Promise.all([timers(end), fetches(end, url)]);
  return { timer, fetch };
}

async function timers(end: number): Promise<number[]> {
  const late: number[] = [];
  for (let began = performance.now(); began < end; began = performance.now()) {
    await pause(TIMER_MS);
    late.push(performance.now() - began - TIMER_MS);
  }
  return late;
}

async function fetches(end: number, url: string): Promise<number[]> {
  const took: number[] = [];
  for (let began = performance.now(); began < end; began = performance.now()) {
    const response = await fetch(url);
    await response.text();
    took.push(performance.now() - began);
    await pause(BETWEEN_FETCHES_MS);
  }
  return took;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
