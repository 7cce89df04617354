/**
 * A histogram of latencies whose memory does not grow with their number.
 *
 * @module
 */

/** Each doubling of the value has this many buckets, so that a bucket is at most 1.6% wide. */
const STEPS = 64;
const STEP_BITS = 6;

/** Room for everything up to 2^31 ns, about two seconds; what is longer counts as that. */
const MOST = 2 ** 31 - 1;
const BUCKETS = indexOf(MOST) + 1;

/** Counts nanoseconds in buckets: linear below 64, then 64 for each power of two. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  /** How many values were recorded. */
  get total(): number {
    return this.#total;
  }

  /** Notes one value. */
  record(nanoseconds: number): void {
    this.#counts[indexOf(Math.min(Math.max(nanoseconds, 0), MOST))]! += 1;
    this.#total += 1;
  }

  /** Adds what another one has recorded. */
  add(other: Histogram): void {
    for (let i = 0; i < BUCKETS; i++) this.#counts[i]! += other.#counts[i]!;
    this.#total += other.#total;
  }

  /** The value that `share` (0 to 1) of the values do not exceed: the middle of its bucket. */
  quantile(share: number): number {
    let left = Math.ceil(share * this.#total);
    for (let i = 0; i < BUCKETS; i++) {
      left -= this.#counts[i]!;
      if (left <= 0 && this.#counts[i]! > 0) return middleOf(i);
    }
    return 0;
  }

  /** How many values lie in [from, to), each bucket counted where its middle is. */
  between(from: number, to: number): number {
    let count = 0;
    for (let i = 0; i < BUCKETS; i++) {
      const middle = middleOf(i);
      if (middle >= from && middle < to) count += this.#counts[i]!;
    }
    return count;
  }

  /** The buckets that are not empty, for another process. */
  toJSON(): [index: number, count: number][] {
    return [...this.#counts.entries()].filter(([, count]) => count > 0);
  }

  /** Reads what {@linkcode Histogram.toJSON} wrote. */
  static fromJSON(buckets: readonly (readonly [index: number, count: number])[]): Histogram {
    const histogram = new Histogram();
    for (const [index, count] of buckets) {
      histogram.#counts[index] = count;
      histogram.#total += count;
    }
    return histogram;
  }
}

function indexOf(value: number): number {
  const whole = value | 0;
  if (whole < STEPS) return whole;
  const shift = 31 - Math.clz32(whole) - STEP_BITS;
  return (shift << STEP_BITS) + (whole >> shift);
}

function middleOf(index: number): number {
  if (index < STEPS) return index;
  const shift = (index >> STEP_BITS) - 1;
  return ((index - (shift << STEP_BITS)) + 0.5) * 2 ** shift;
}
