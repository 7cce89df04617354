/**
 * The rows of the benchmark `multi` in JavaScript: the same for edo, for the pools from npm, and for
 * workers that only get messages.
 *
 * `ROW OPERATIONS WORKERS SECONDS WARMUP` prints one line of JSON: how many operations a batch had,
 * the number that it ended with, and the figures. `--list` prints the names of the rows.
 *
 * A *crew* is what runs functions on workers:
 *
 * - `spawn(name, ...args)` calls one of `functions.mjs`, and gives what can be awaited;
 * - `stop()` ends the workers;
 * - `spawnShare` and `timeShare` are among its functions if it has the rows `NESTED`, in which tasks
 *   spawn others; it can `receiveNumbers(count)` and `readChunks(count)` if it has the `CHANNELS`;
 * - `sumOf(name, count)`, if it is there, spawns `name(0)` … `name(count - 1)`, in the crew's own way,
 *   and adds up what they give.
 *
 * @module
 */

import { buffersOf, unsorted } from "./functions.mjs";

/** Deno and Node both have it; an import would have the type checker look for the types of Node. */
const { process } = globalThis;
const { readdirSync } = process.getBuiltinModule("node:fs");

/** So many buffers are hashed by one task. */
export const BUFFERS_PER_TASK = 100;
/** So many tasks sort a part each. */
export const PARTS = 16;
/** How long everything rests before a task is spawned across a worker that is parked. */
const REST_MS = 3;
/** Memory is given back a while after a worker has ended. */
const SETTLE_MS = 300;

/** What one element of `values` is not exceeded by a share of, without looking between them. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Where the parts begin that are sorted. */
export function boundaries(count, parts) {
  return Array.from({ length: parts + 1 }, (_, i) => Math.floor(count * i / parts));
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function sum(handles) {
  let total = 0;
  for (const handle of handles) total += await handle;
  return total;
}

function sumOf(crew, name, count) {
  if (crew.sumOf !== undefined) return crew.sumOf(name, count);
  return sum(Array.from({ length: count }, (_, i) => crew.spawn(name, i)));
}

function spawnFromAll(crew, count, workers) {
  const cuts = boundaries(count, workers);
  const shares = cuts.slice(1).map((end, i) => crew.spawn("spawnShare", cuts[i], end));
  return sum(shares);
}

function hashAll(crew, count) {
  const tasks = count / BUFFERS_PER_TASK;
  return sum(
    Array.from(
      { length: tasks },
      (_, i) => crew.spawn("hash", i * BUFFERS_PER_TASK, BUFFERS_PER_TASK),
    ),
  );
}

/** Numbers to be sorted, in memory that the workers share. */
class Numbers {
  #source;
  #target;
  #count;

  constructor(count) {
    this.#count = count;
    this.#source = new SharedArrayBuffer(count * 4);
    this.#target = new SharedArrayBuffer(count * 4);
  }

  fill() {
    const numbers = new Uint32Array(this.#source);
    for (let i = 0; i < numbers.length; i++) numbers[i] = unsorted(i);
  }

  async sort(crew) {
    let cuts = boundaries(this.#count, PARTS);
    const parts = cuts.slice(1);
    await sum(parts.map((end, i) => crew.spawn("sortPart", this.#source, cuts[i], end)));
    for (; cuts.length > 2; cuts = cuts.filter((_, i) => i % 2 === 0)) {
      await sum(this.#merge(crew, cuts));
      [this.#source, this.#target] = [this.#target, this.#source];
    }
  }

  #merge(crew, cuts) {
    const [source, target] = [this.#source, this.#target];
    return cuts.slice(2).filter((_, i) => i % 2 === 0).flatMap((end, i) => {
      const [begin, middle] = cuts.slice(2 * i);
      return [false, true].map((fromBack) =>
        crew.spawn("mergeHalf", source, target, begin, middle, end, fromBack)
      );
    });
  }

  /** How many numbers are not below the one before, and a sum that tells them apart. */
  check() {
    const numbers = new Uint32Array(this.#source);
    let result = 0;
    for (let i = 0; i < numbers.length; i++) {
      if (i > 0 && numbers[i - 1] > numbers[i]) return -1;
      result = (result + numbers[i] * (i % 1024 + 1)) % 2 ** 40;
    }
    return result;
  }
}

/** Repeats `batch` for so long, at least once, and calls `took` with the milliseconds of each. */
async function repeat(seconds, batch, took = () => {}) {
  const end = performance.now() + seconds * 1000;
  let result;
  do {
    const began = performance.now();
    const now = await batch();
    took(performance.now() - began);
    result ??= now;
    if (now !== result) throw new Error(`A batch ended with ${now}, the first with ${result}`);
  } while (performance.now() < end);
  return result;
}

/** Nanoseconds for each of the tasks of a batch. */
async function perTask({ start, workers, operations, seconds, warmup }, batch) {
  const crew = await start(workers);
  await repeat(warmup, () => batch(crew, operations, workers));
  const cpuBefore = process.cpuUsage();
  let [batches, wallMs] = [0, 0];
  const result = await repeat(seconds, () => batch(crew, operations, workers), (ms) => {
    batches += 1;
    wallMs += ms;
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  await crew.stop();
  const tasks = batches * operations;
  return {
    result,
    values: { "ns": wallMs * 1e6 / tasks, "cpu_ns": (user + system) * 1e3 / tasks },
  };
}

/** How long one task takes until its result is there, when everything rested before or did not. */
async function roundTrip({ start, workers, operations, warmup }, restMs) {
  const crew = await start(workers);
  await repeat(warmup, () => sumOf(crew, "tiny", 100));
  const times = [];
  let result = 0;
  for (let i = 0; i < operations; i++) {
    if (restMs > 0) await sleep(restMs);
    const began = performance.now();
    result += await crew.spawn("tiny", i);
    times.push((performance.now() - began) * 1000);
  }
  await crew.stop();
  return { result, values: { "p50_us": quantile(times, 0.5), "p99_us": quantile(times, 0.99) } };
}

/** The same work by one worker and by all of them, in turns. */
async function speedUp({ start, workers, operations, seconds, warmup }, batch, around = {}) {
  const one = await start(1);
  const all = await start(workers);
  const run = async (crew, times) => {
    around.before?.();
    const began = performance.now();
    const result = await batch(crew, operations);
    times.push(performance.now() - began);
    return around.after?.() ?? result;
  };
  await repeat(warmup, () => run(one, []));
  await repeat(warmup * 2, () => run(all, [])); // the code of each has to be compiled
  const [oneMs, allMs] = [[], []];
  let turn = 0;
  const result = await repeat(seconds, () => {
    turn += 1;
    return turn % 2 === 1 ? run(one, oneMs) : run(all, allMs);
  });
  if (turn === 1) await run(all, allMs);
  await one.stop();
  await all.stop();
  const [ms1, msAll] = [quantile(oneMs, 0.5), quantile(allMs, 0.5)];
  return { result, values: { "one_ms": ms1, "all_ms": msAll, "speed_up": ms1 / msAll } };
}

/** Neither the numbers nor the proof that they are sorted belong to what is timed. */
function sortSpeedUp(plan) {
  const numbers = new Numbers(plan.operations);
  return speedUp(plan, (crew) => numbers.sort(crew), {
    before: () => numbers.fill(),
    after: () => numbers.check(),
  });
}

/** When each of many tasks has ended of which one in `workers` is long, since all were spawned. */
async function imbalance({ start, workers, operations, seconds, warmup }, batch) {
  const crew = await start(workers);
  await repeat(warmup, () => hashAll(crew, 1000));
  const times = [];
  const result = await repeat(seconds, async () => {
    const { result, endedMs } = await batch(crew, operations, workers);
    times.push(...endedMs);
    return result;
  });
  await crew.stop();
  return { result, values: { "p50_ms": quantile(times, 0.5), "p99_ms": quantile(times, 0.99) } };
}

async function spawnLongAndShort(crew, count, workers) {
  const began = performance.now();
  const endedMs = [];
  const work = async (i) => {
    const result = await crew.spawn("hash", i, buffersOf(i, workers));
    endedMs.push(performance.now() - began);
    return result;
  };
  const result = await sum(Array.from({ length: count }, (_, i) => work(i)));
  return { result, endedMs };
}

/** What starting and stopping takes, and leaves behind. */
async function cycles({ start, workers, operations }) {
  const cycle = async () => {
    const crew = await start(workers);
    const result = await sumOf(crew, "tiny", 10);
    await crew.stop();
    return result;
  };
  await cycle();
  await sleep(SETTLE_MS);
  const before = footprint();
  const began = performance.now();
  let result = 0;
  for (let i = 0; i < operations; i++) result += await cycle();
  const ms = (performance.now() - began) / operations;
  await sleep(SETTLE_MS);
  const after = footprint();
  return {
    result,
    values: {
      "cycle_ms": ms,
      "rss_before_kib": before.kib,
      "rss_after_kib": after.kib,
      "files_before": before.files,
      "files_after": after.files,
    },
  };
}

function footprint() {
  return {
    kib: process.memoryUsage().rss / 1024,
    files: readdirSync("/proc/self/fd").length,
  };
}

const ROWS = {
  "spawn/one": (plan) => perTask(plan, (crew, count) => sumOf(crew, "tiny", count)),
  "spawn/all": (plan) => perTask(plan, spawnFromAll),
  "trip/parked": (plan) => roundTrip(plan, REST_MS),
  "trip/busy": (plan) => roundTrip(plan, 0),
  "cpu/hash": (plan) => speedUp(plan, hashAll),
  "cpu/mandelbrot": (plan) => speedUp(plan, (crew, count) => sumOf(crew, "mandelbrot", count)),
  "cpu/sort": sortSpeedUp,
  "imbalance/outside": (plan) => imbalance(plan, spawnLongAndShort),
  "imbalance/inside": (plan) =>
    imbalance(plan, (crew, ...numbers) => crew.spawn("timeShare", ...numbers)),
  "channels/mpsc": (plan) => perTask(plan, (crew, count) => crew.receiveNumbers(count)),
  "channels/bytes": (plan) => perTask(plan, (crew, count) => crew.readChunks(count)),
  "start/cycles": cycles,
};

/** Rows in which tasks spawn others. */
export const NESTED = ["spawn/all", "imbalance/inside"];
/** Rows in which a worker sends to this isolate. */
export const CHANNELS = ["channels/mpsc", "channels/bytes"];

/**
 * Runs the row that the command line names.
 *
 * @param {(workers: number) => Promise<any>} start Starts a crew.
 * @param {readonly string[]} args The command line.
 * @param {readonly string[]} also The rows it has of `NESTED` and `CHANNELS`.
 */
export async function measureRow(start, [name, ...numbers], also = []) {
  const without = [...NESTED, ...CHANNELS].filter((row) => !also.includes(row));
  const names = Object.keys(ROWS).filter((row) => !without.includes(row));
  if (name === "--list") return print(names);
  if (!names.includes(name)) throw new Error(`There is no row "${name}"`);
  const [operations, workers, seconds, warmup] = numbers.map(Number);
  // Some pools do not keep the process alive that waits for them.
  setInterval(() => {}, 1000);
  print({ operations, ...await ROWS[name]({ start, operations, workers, seconds, warmup }) });
  process.exit(0);
}

function print(value) {
  process.stdout.write(JSON.stringify(value) + "\n");
}
