/**
 * The command line every benchmark shares.
 *
 * @module
 */

/** What a benchmark is asked to do. */
export interface Options {
  /** A quick look instead of a measurement. */
  readonly short: boolean;
  readonly json: boolean;
  readonly cases: readonly string[] | undefined;
  readonly impls: readonly string[] | undefined;
  readonly regimes: readonly string[] | undefined;
  readonly rounds: number;
  /** Length of one measured window. */
  readonly seconds: number;
  readonly warmupSeconds: number;
  /** Decides the order of the implementations within each round. */
  readonly seed: number;
  /** Where results are written; `undefined` writes nothing. */
  readonly out: string | undefined;
}

/** What a benchmark is measured with, unless the command line says otherwise. */
export type Defaults = Pick<Options, "rounds" | "seconds" | "warmupSeconds">;

const DEFAULTS: Defaults = { rounds: 5, seconds: 2, warmupSeconds: 2 };
const SHORT: Defaults = { rounds: 1, seconds: 1, warmupSeconds: 0.5 };

/** The command line asks for something there is not. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** The flags, one line each, for the usage text. */
export const FLAGS =
  `  --short            one round, of one second at most: a quick look, writes no files
  --json             one JSON line per figure instead of tables
  --cases A,B        only these cases, such as 50x64 (connections x bytes) for echo
  --impls A,B        only these implementations
  --regimes A,B      split (server and load on a processor each), same (both on one),
                     free (both anywhere; only when asked for)
  --rounds N         how often every case is measured
  --seconds S        length of one measurement
  --warmup S         time before each measurement
  --seed N           the order of the servers within the rounds
  --out DIR          where results are written (bench/results)`;

const RESULTS = new URL("./results/", import.meta.url).pathname;

/**
 * Parses everything after `bench/main.ts`; the one positional argument names the benchmark, which may
 * have defaults of its own. A short run is never longer than those.
 */
export function parseOptions(
  args: readonly string[],
  defaultsOf: (name: string) => Defaults | undefined = () => undefined,
): { name: string; options: Options } {
  const { values, switches, positionals } = parseFlags(args);
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) {
    throw new UsageError("Cannot choose a benchmark: name exactly one");
  }
  const [short, json] = [switches.has("short"), switches.has("json")];
  const usual = defaultsOf(name) ?? DEFAULTS;
  const fallback = (flag: keyof Defaults) =>
    short ? Math.min(SHORT[flag], usual[flag]) : usual[flag];
  const options = {
    short,
    json,
    cases: values["cases"]?.split(","),
    impls: values["impls"]?.split(","),
    regimes: values["regimes"]?.split(","),
    rounds: positive("rounds", values["rounds"], fallback("rounds")),
    seconds: positive("seconds", values["seconds"], fallback("seconds")),
    warmupSeconds: positive("warmup", values["warmup"], fallback("warmupSeconds")),
    seed: positive("seed", values["seed"], 1),
    out: values["out"] ?? (short ? undefined : RESULTS),
  };
  return { name, options };
}

/** Sorts the command line into `--flag value`, `--switch` and the rest. */
function parseFlags(args: readonly string[]) {
  const values: Partial<Record<string, string>> = {};
  const switches = new Set<string>();
  const positionals: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const name = arg.slice(2);
    if (!arg.startsWith("--")) positionals.push(arg);
    else if (SWITCHES.includes(name)) switches.add(name);
    else if (VALUES.includes(name) && i + 1 < args.length) values[name] = args[++i]!;
    else throw new UsageError(`Cannot use "${arg}": it is no flag, or its value is missing`);
  }
  return { values, switches, positionals };
}

const SWITCHES = ["short", "json"];
const VALUES = ["cases", "impls", "regimes", "rounds", "seconds", "warmup", "seed", "out"];

function positive(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (value > 0) return value;
  throw new UsageError(`Cannot use --${flag} "${text}": a positive number is needed`);
}

/** The chosen ones in the order of `known`; an unknown name is an error, not an empty run. */
export function choose(
  what: string,
  known: readonly string[],
  wanted: readonly string[] | undefined,
): string[] {
  const unknown = wanted?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`Cannot find ${what} "${unknown}": there are ${known.join(", ")}`);
  }
  return known.filter((name) => wanted?.includes(name) ?? true);
}
