/**
 * What every JavaScript program of the benchmark `primitives` does alike: its command line, warming
 * up, measuring; and the numbers that all of them work on.
 *
 * `ROW OPERATIONS SECONDS WARMUP` prints one line of JSON: nanoseconds per operation (wall and
 * processor time), from how many batches of how many operations, and what every batch ended with.
 * `--list` prints the names of the rows.
 *
 * @module
 */

/** Deno and Node both have it; an import would have the type checker look for the types of Node. */
const { process } = globalThis;

/** How many tasks and permits `locks/contended` has. */
export const CONTENDERS = 100;
export const CONTENDED_PERMITS = 5;

/** How many tasks `tasks/yield` has. */
export const YIELDERS = 200;

/** At most so many messages are taken at once. */
export const MANY = 128;

/** The waits of `time/sleeps`, in ms: 1 to 100. */
export function sleepTime(i) {
  return 1 + (i * 7_919) % 100;
}

/**
 * The deadlines of `time/cancel`, in ms: far off, and spread over a minute, so that they do not share
 * a slot of a timer wheel.
 */
export function deadline(i) {
  return 60_000 + (i * 7_919) % 60_000;
}

/** The middle of `tasks/stream`. */
export function stretch(i) {
  return i * 2 + i % 2;
}

/** Half of what `stretch` gives. */
export function isOdd(i) {
  return i % 2 === 1;
}

/** 0, 1, 2 … below `n`. */
export function* upTo(n) {
  for (let i = 0; i < n; i++) yield i;
}

/** The sum of numbers. */
export function sumOf(numbers) {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i];
  return sum;
}

/** Notes that one more holds a permit of `locks/contended`; too many must never do. */
export class Holders {
  count = 0;
  #now = 0;

  enter() {
    this.#now += 1;
    if (this.#now > CONTENDED_PERMITS) throw new Error(`${this.#now} hold a permit at once`);
  }

  leave() {
    this.#now -= 1;
    this.count += 1;
  }
}

/** The code has settled when batches take at least this share of the time that earlier ones took. */
const SETTLED = 0.95;
/** Warming up ends after so many times its length, settled or not. */
const MOST_WARMUPS = 3;
/** A batch that would take more processor time than this is made a tenth as long. */
const LONGEST_BATCH_MS = 3_000;

/**
 * Whether the times of the batches so far have stopped falling: the median of the last third is
 * hardly below that of the third before.
 *
 * @param {readonly number[]} times
 * @returns {boolean}
 */
export function hasSettled(times) {
  const third = Math.floor(times.length / 3);
  if (third === 0) return false;
  const middle = (part) => part.toSorted((a, b) => a - b)[Math.floor(part.length / 2)];
  const before = middle(times.slice(-2 * third, -third));
  return middle(times.slice(-third)) >= before * SETTLED;
}

/**
 * Runs the row that the command line names.
 *
 * @param {Record<string, (operations: number) => PromiseLike<number> | number>} rows A batch each:
 * it works off so many operations and answers with a number that proves them.
 */
export async function measureRow(rows) {
  const [name, ...numbers] = process.argv.slice(2);
  if (name === "--list") return print(Object.keys(rows));
  if (!Object.hasOwn(rows, name)) throw new Error(`There is no row "${name}"`);
  const [most, seconds, warmup] = numbers.map(Number);
  const tenthMs = await timeTenth(rows[name], most);
  const operations = tenthMs * 10 > LONGEST_BATCH_MS ? most / 10 : most;
  const batch = checked(rows[name], operations);
  if (tenthMs < warmup * 1000) await warmUp(batch, warmup * 1000);
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  let batches = 0;
  let result;
  do {
    result = await batch();
    batches += 1;
  } while (performance.now() - began < seconds * 1000);
  const wallMs = performance.now() - began;
  const cpuMs = cpuSince(cpuBefore);
  const perOperation = 1e6 / (batches * operations);
  print({
    "ns": wallMs * perOperation,
    "cpu_ns": cpuMs * perOperation,
    batches,
    operations,
    result,
  });
  process.exit(0);
}

/** Processor time of all threads, in ms. */
function cpuSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The processor time, in ms, of a tenth of the work: a slow implementation is warm after it. */
async function timeTenth(run, most) {
  const cpuBefore = process.cpuUsage();
  await run(most / 10);
  return cpuSince(cpuBefore);
}

/** A batch that fails as soon as it ends in another number than the first one. */
function checked(run, operations) {
  let first;
  return async () => {
    const result = await run(operations);
    first ??= result;
    if (result !== first) throw new Error(`A batch ended with ${result}, the first with ${first}`);
    return result;
  };
}

/** Runs batches for so long, and then until the compiler of the engine has come to rest. */
async function warmUp(batch, milliseconds) {
  const times = [];
  const began = performance.now();
  for (let now = began;;) {
    await batch();
    const end = performance.now();
    times.push(end - now);
    now = end;
    const passed = now - began;
    if (passed >= milliseconds && hasSettled(times)) return;
    if (passed >= milliseconds * MOST_WARMUPS) return;
  }
}

function print(value) {
  process.stdout.write(JSON.stringify(value) + "\n");
}
