/**
 * The rows of the benchmark `primitives`: how much work a batch is, and the number that proves it.
 *
 * @module
 */

/** One row, the same for every implementation. */
export interface Row {
  /** `<group>/<name>`. */
  readonly name: string;
  /** How many operations a batch has; a tenth of it where an implementation is too slow. */
  readonly operations: number;
  /** What a batch of `n` operations ends with. */
  readonly result: (n: number) => number;
}

/** The benchmarks that are a part of `primitives`, and the groups of rows that each has. */
export const PARTS: Readonly<Record<string, readonly string[]>> = {
  sync: ["locks", "mpsc", "channels"],
  tasks: ["tasks"],
  time: ["time"],
};

/** 0 + 1 + … + (n - 1). */
function sumBelow(n: number): number {
  return n * (n - 1) / 2;
}

/** Every operation adds 1. */
function count(n: number): number {
  return n;
}

/** `senders` of them send 0, 1, 2 … */
function sumOfSenders(senders: number): (n: number) => number {
  return (n) => senders * sumBelow(n / senders);
}

/** Each of the receivers adds up 1, 2, 3 … */
function sumOfReceivers(receivers: number): (n: number) => number {
  return (n) => receivers * sumBelow(n / receivers + 1);
}

/** 1 + 2 + … + n. */
function sumUpTo(n: number): number {
  return sumBelow(n + 1);
}

/** Ten branches, which end with 0 to 9. */
function sumOfTen(n: number): number {
  return 45 * n;
}

/** The odd ones among 2 i + i mod 2 for i below n. */
function sumOfOdd(n: number): number {
  const odd = Math.floor(n / 2);
  return 2 * odd * odd + odd;
}

function rows(
  group: string,
  names: readonly string[],
  operations: number,
  result: (n: number) => number,
): Row[] {
  return names.map((name) => ({ name: `${group}/${name}`, operations, result }));
}

/** How a row of mpsc is named: senders, capacity, whether many are received at once. */
function mpscNames(senders: number): string[] {
  return ["100", "1m", "inf"].flatMap((room) => [`${senders}-${room}`, `${senders}-${room}-many`]);
}

/** All rows, in the order of the tables. */
export const ROWS: readonly Row[] = [
  ...rows("locks", ["mutex", "semaphore", "contended", "rwlock-read", "notify"], 20_000, count),
  ...rows("mpsc", mpscNames(1), 20_000, sumOfSenders(1)),
  ...rows("mpsc", mpscNames(5), 20_000, sumOfSenders(5)),
  ...rows("channels", ["oneshot"], 20_000, sumBelow),
  ...rows("channels", ["request-reply"], 20_000, sumUpTo),
  ...rows("channels", ["broadcast-10", "watch-10"], 20_000, sumOfReceivers(10)),
  ...rows("channels", ["broadcast-100", "watch-100"], 20_000, sumOfReceivers(100)),
  ...rows("tasks", ["spawn-join"], 10_000, sumBelow),
  ...rows("tasks", ["ping-pong"], 1_000, count),
  ...rows("tasks", ["yield"], 200_000, count),
  ...rows("tasks", ["select"], 20_000, sumBelow),
  ...rows("tasks", ["join"], 5_000, sumOfTen),
  ...rows("tasks", ["stream"], 20_000, sumOfOdd),
  ...rows("time", ["sleeps", "cancel", "cancel-live"], 100_000, count),
  ...rows("time", ["timeout"], 20_000, sumBelow),
];

/** What a program said about a row. */
export interface Outcome {
  readonly ns: number;
  readonly "cpu_ns": number;
  readonly batches: number;
  readonly operations: number;
  readonly result: number;
}

/** Refuses figures of work that was not done: an implementation that is broken may well be fast. */
export function checkOutcome(row: Row, outcome: Outcome): void {
  const wanted = row.result(outcome.operations);
  if (outcome.result === wanted && outcome.operations > 0 && outcome.batches > 0) return;
  throw new Error(
    `Cannot believe the figures: ${outcome.operations} operations ended with ${outcome.result}, ` +
      `not with ${wanted}`,
  );
}
