/**
 * Timers: what one costs that is started and cancelled, and whether sleeps end when they should.
 *
 * @module
 */

import { WORK } from "./build.ts";
import { choose, type Options } from "./options.ts";
import { denoVersion, findPeers, type Peer, script, tokio } from "./peers.ts";
import type { Absence, Report } from "./report.ts";
import { measureRounds } from "./rounds.ts";
import {
  type Figure,
  median,
  quantile,
  readable,
  summarize,
  type Values,
  withRatios,
} from "./stats.ts";
import { findBun, findNode, lastLine, type Missing, runProgram } from "./tools.ts";

/** Timers of one kind. Tokio's program prints an object, and knows one case only. */
type Finder = () => Promise<Peer | Missing>;

const FINDERS: Readonly<Record<string, Finder>> = {
  "tokio": () => tokio("timers", []),
  "edo": () => Promise.resolve(withDeno("timers/edo.ts")),
  "edo-net": () => Promise.resolve(withDeno("timers/edo.ts", "--net")),
  "deno": () => Promise.resolve(withDeno("node/timers.mjs")),
  "node": async () => script(await findNode(), "node/timers.mjs"),
  "bun": async () => script(await findBun(WORK), "node/timers.mjs"),
};

const IMPLS = Object.keys(FINDERS);
const CASES = ["insert-cancel", "never-early"];
const BASELINE = "tokio";
/** Bun takes part when asked for. */
const BY_DEFAULT = ["tokio", "edo", "edo-net", "deno", "node"];

const COLUMNS = {
  "ns/pair": "ns/pair",
  "best_ns/pair": "least ns/pair",
  "vs_tokio": "× Tokio",
  "early": "early",
  "late_min_ms": "least late ms",
  "late_p50_ms": "late p50 ms",
  "late_p99_ms": "late p99 ms",
};

const CHARTS = { "vs_tokio": "a timer started and cancelled, ratio to Tokio (lower is better)" };

/** Each round is a fresh process per implementation; the pairs are taken several times in it. */
const SAMPLES = 5;

/** Measures the timers. */
export async function run(options: Options): Promise<Report> {
  const cases = choose("case", CASES, options.cases);
  const impls = choose("implementation", IMPLS, options.impls ?? BY_DEFAULT);
  const { peers, missing } = await findPeers(impls, (impl) => FINDERS[impl]!());
  const measured = await measureRounds({
    cases,
    peers,
    rounds: options.rounds,
    seed: options.seed,
    takesPart: (impl, name) => name === "insert-cancel" || impl !== "tokio",
    measure,
    progress,
  });
  const ratios = [{ unit: "ns/pair", name: "vs_tokio" }];
  const figures = summarize("timers", withRatios(measured.samples, BASELINE, ratios));
  return {
    bench: "timers",
    figures,
    columns: COLUMNS,
    charts: CHARTS,
    versions: Object.fromEntries([...peers].map(([impl, peer]) => [impl, peer.version])),
    missing,
    failed: [...measured.failed, ...early(figures)],
  };
}

function withDeno(path: string, ...args: string[]): Peer | Missing {
  const deno = script({ path: Deno.execPath(), version: denoVersion() }, path);
  return "missing" in deno
    ? deno
    : { ...deno, args: ["run", "--allow-net", "--allow-ffi", ...deno.args, ...args] };
}

async function measure(peer: Peer, name: string): Promise<Values> {
  const { success, stdout, stderr } = await runProgram(peer.command, [
    ...peer.args,
    name,
    String(SAMPLES),
  ]);
  if (!success) throw new Error(`Cannot run ${peer.command}: ${lastLine(stderr)}`);
  const said = JSON.parse(stdout) as number[] | { readonly samples: number[] };
  const values = Array.isArray(said) ? said : said.samples;
  if (name === "insert-cancel") {
    return { "ns/pair": median(values), "best_ns/pair": Math.min(...values) };
  }
  return {
    "early": values.filter((late) => late < 0).length,
    "late_min_ms": values[0]!,
    "late_p50_ms": quantile(values, 0.5),
    "late_p99_ms": quantile(values, 0.99),
  };
}

/** edo promises that no sleep ends early; what the others do is only told. */
function early(figures: readonly Figure[]): Absence[] {
  return figures
    .filter(({ impl, unit, max }) => impl.startsWith("edo") && unit === "early" && max > 0)
    .map(({ impl, max }) => ({ impl, why: `never-early: up to ${max} sleeps ended early` }));
}

function progress(values: Values): string {
  return Object.entries(values).map(([unit, value]) => `${unit} ${readable(value)}`).join(", ");
}
