/**
 * The table and the histogram of the demonstration, as text for a terminal.
 *
 * @module
 */

import type { Histogram } from "./histogram.ts";

/** What one server has shown. */
export interface Result {
  readonly name: string;
  /** Messages per second, one number for each round. */
  readonly rates: readonly number[];
  /** All latencies, in nanoseconds. */
  readonly latencies: Histogram;
  /** Processor time of the server for one message, in nanoseconds, where it was measured. */
  readonly processorNs: number | undefined;
}

/** One line for each result, with its rate in proportion to that of `baseline`. */
export function table(results: readonly Result[], baseline: Result): string {
  const head = ["", "msg/s", `× ${baseline.name}`, "p50", "p99", "p99.9", "CPU/msg"];
  const rows = results.map((result) => [
    result.name,
    Math.round(median(result.rates)).toLocaleString("en"),
    median(proportions(result, baseline)).toFixed(2),
    ...[0.5, 0.99, 0.999].map((share) => time(result.latencies.quantile(share))),
    result.processorNs === undefined ? "not measured" : time(result.processorNs),
  ]);
  return aligned([head, ...rows]);
}

/** Round by round; a round in which the baseline did not come to anything tells nothing. */
function proportions(result: Result, baseline: Result): number[] {
  return result.rates.flatMap((rate, round) => {
    const other = baseline.rates[round]!;
    return other > 0 ? [rate / other] : [];
  });
}

/** Two histograms side by side over the same ranges of latency. */
export function histograms(left: Result, right: Result): string {
  const ranges = rangesOf([left.latencies, right.latencies]);
  const shares = (result: Result) =>
    ranges.map(({ from, to }) => result.latencies.between(from, to) / result.latencies.total);
  const [lefts, rights] = [shares(left), shares(right)];
  const most = Math.max(...lefts, ...rights);
  const labels = ranges.map(({ from, to }, index) => {
    if (index === ranges.length - 1) return `${time(from)} and more`;
    return index === 0 ? `up to ${time(to)}` : `${time(from)} – ${time(to)}`;
  });
  const width = Math.max(...labels.map((label) => label.length));
  const cell = (share: number) => `${bar(share / most).padEnd(WIDTH)} ${percent(share)}`;
  return [
    `${"".padStart(width)}  ${left.name.padEnd(WIDTH + 8)}  ${right.name}`,
    ...labels.map((label, i) =>
      `${label.padStart(width)}  ${cell(lefts[i]!)}  ${cell(rights[i]!)}`.trimEnd()
    ),
  ].join("\n");
}

/** How wide the longest bar is. */
const WIDTH = 24;

/** A bar with steps of an eighth of a character; the least one is seen where there is anything. */
export function bar(share: number): string {
  const eighths = share > 0 ? Math.max(1, Math.round(share * WIDTH * 8)) : 0;
  return "█".repeat(eighths >> 3) + (" ▏▎▍▌▋▊▉"[eighths & 7]!.trim());
}

/** The middle one of some numbers, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A time as a person reads it, with three digits: `87.1 µs`, `1.25 ms`. */
export function time(nanoseconds: number): string {
  if (nanoseconds < 999_500) return `${digits(nanoseconds / 1e3)} µs`;
  return `${digits(nanoseconds / 1e6)} ms`;
}

function digits(value: number): string {
  return value < 999.5 ? value.toPrecision(3) : value.toFixed(0);
}

function percent(share: number): string {
  if (share === 0) return "".padStart(7);
  return (share < 0.0001 ? "<0.01%" : `${(share * 100).toFixed(2)}%`).padStart(7);
}

/** Ranges that grow by a factor, from where the values begin to where but a few are left. */
function rangesOf(histograms: readonly Histogram[]): { from: number; to: number }[] {
  const first = Math.min(...histograms.map((histogram) => histogram.quantile(0.001)));
  const last = Math.max(...histograms.map((histogram) => histogram.quantile(0.999)));
  const doublings = Math.log2(last / first);
  const growth = 2 ** (STEPS.find((step) => doublings / step < MOST_ROWS) ?? 1);
  const ranges = [];
  let from = 0;
  for (let to = floorOf(first); to < last; to *= growth) {
    if (to <= first) continue;
    ranges.push({ from, to });
    from = to;
  }
  return [...ranges, { from, to: Infinity }];
}

/** How much a range grows, in doublings: as finely as the rows allow. */
const STEPS = [1 / 4, 1 / 2, 1];
const MOST_ROWS = 18;

/** The power of two below, in microseconds. */
function floorOf(nanoseconds: number): number {
  return 1000 * 2 ** Math.floor(Math.log2(Math.max(nanoseconds / 1000, 1)));
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((text, column) =>
      column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!)
    ).join("  ").trimEnd()
  ).join("\n");
}
