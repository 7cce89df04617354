/**
 * From samples to figures: medians, ratios within a round, and how numbers read. Nothing here
 * touches the machine.
 *
 * @module
 */

/** What one run measured: a value per unit, such as `{ "msg/s": 213700, "p50_us": 223 }`. */
export type Values = Readonly<Record<string, number>>;

/** One implementation, driven once through one case. */
export interface Sample {
  readonly round: number;
  readonly case: string;
  readonly impl: string;
  readonly values: Values;
}

/** One number of the result, with the spread of the rounds it comes from. */
export interface Figure {
  readonly bench: string;
  readonly case: string;
  readonly impl: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** How many rounds the figure comes from. */
  readonly samples: number;
}

/** A ratio to the baseline: `unit` over the baseline's `unit` in the same round and case. */
export interface Ratio {
  readonly unit: string;
  readonly name: string;
}

/** The value that `share` (0 to 1) of the values do not exceed, linear between neighbours. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError("Cannot take a quantile: there are no values");
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const low = sorted[Math.floor(position)]!;
  const high = sorted[Math.ceil(position)]!;
  return low + (high - low) * (position - Math.floor(position));
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Adds ratios to the baseline of the same round; without a baseline there, a sample stays as is. */
export function withRatios(
  samples: readonly Sample[],
  baseline: string,
  ratios: readonly Ratio[],
): Sample[] {
  const key = (sample: Sample) => `${sample.round} ${sample.case}`;
  const baselines = new Map<string, Values>();
  for (const sample of samples) {
    if (sample.impl === baseline) baselines.set(key(sample), sample.values);
  }
  return samples.map((sample) => {
    const base = baselines.get(key(sample));
    return base ? { ...sample, values: addRatios(sample.values, base, ratios) } : sample;
  });
}

/**
 * Adds a ratio to whoever of `rivals` has the least median of `ratio.unit` in the case: to its value
 * of the same round.
 */
export function withBestRatio(
  samples: readonly Sample[],
  rivals: readonly string[],
  ratio: Ratio,
): Sample[] {
  const cases = new Map<string, Sample[]>();
  for (const sample of samples) {
    cases.set(sample.case, [...cases.get(sample.case) ?? [], sample]);
  }
  const best = new Map([...cases].map(([name, own]) => [name, bestOf(own, rivals, ratio.unit)]));
  return samples.map((sample) => {
    const rival = best.get(sample.case);
    const base = cases.get(sample.case)!.find(({ impl, round }) =>
      impl === rival && round === sample.round
    );
    return base ? { ...sample, values: addRatios(sample.values, base.values, [ratio]) } : sample;
  });
}

/** The one of `rivals` whose median of `unit` is the least. */
function bestOf(samples: readonly Sample[], rivals: readonly string[], unit: string) {
  const medians = rivals.flatMap((rival) => {
    const values = samples.filter(({ impl }) => impl === rival).flatMap(({ values }) =>
      values[unit] ?? []
    );
    return values.length > 0 ? [{ rival, value: median(values) }] : [];
  });
  return medians.sort((a, b) => a.value - b.value)[0]?.rival;
}

function addRatios(values: Values, base: Values, ratios: readonly Ratio[]): Values {
  const result: Record<string, number> = { ...values };
  for (const { unit, name } of ratios) {
    const over = values[unit];
    const under = base[unit];
    if (over !== undefined && under) result[name] = over / under;
  }
  return result;
}

/** One figure per case, implementation and unit, in the order of their first appearance. */
export function summarize(bench: string, samples: readonly Sample[]): Figure[] {
  const groups = new Map<string, { case: string; impl: string; unit: string; values: number[] }>();
  for (const sample of samples) {
    for (const [unit, value] of Object.entries(sample.values)) {
      const key = JSON.stringify([sample.case, sample.impl, unit]);
      const group = groups.get(key) ?? { case: sample.case, impl: sample.impl, unit, values: [] };
      group.values.push(value);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ values, ...names }) => ({
    bench,
    ...names,
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    samples: values.length,
  }));
}

/** Which end of the rounds is the undisturbed one, and the name of the ratio of those ends. */
export interface BestRatio {
  readonly unit: string;
  readonly best: "min" | "max";
  readonly name: string;
}

/**
 * The best round over the baseline's best round. Neighbours only ever slow a run down, so with
 * rounds enough this is the steadier comparison; but it has no spread to judge it by.
 */
export function bestRatios(
  figures: readonly Figure[],
  baseline: string,
  ratios: readonly BestRatio[],
): Figure[] {
  return figures.flatMap((figure) => {
    const ratio = ratios.find((ratio) => ratio.unit === figure.unit);
    const base = figures.find((other) =>
      other.impl === baseline && other.case === figure.case && other.unit === figure.unit
    );
    if (!ratio || !base || base[ratio.best] === 0) return [];
    const value = figure[ratio.best] / base[ratio.best];
    return [{ ...figure, unit: ratio.name, median: value, min: value, max: value }];
  });
}

/** A number as a person wants to read it: `213.7k`, `4.56`, `0.98`. */
export function readable(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(1)}k`;
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A Markdown table: the first column names things, the others are numbers. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, column) => column === 0 ? "---" : "---:");
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}

/** The same list in an order that depends on nothing but the seed. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const next = randomNumbers(seed);
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** Numbers in [0, 1): xorshift over 32 bits, its seed spread so that 1, 2, 3 differ at once. */
function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
