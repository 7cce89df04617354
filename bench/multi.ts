/**
 * Workers: tasks that are spawned across threads, and what several threads are good for, beside
 * Tokio's multi-thread runtime and the worker pools of JavaScript.
 *
 * @module
 */

import { build, ROOT, WORK } from "./build.ts";
import { checkOutcome, type Outcome, type Row, ROWS } from "./multi_rows.ts";
import { choose, type Defaults, type Options } from "./options.ts";
import { denoVersion, findPeers, type Peer, tokio } from "./peers.ts";
import { allowedProcessors } from "./processors.ts";
import type { Absence, Report } from "./report.ts";
import { measureRounds } from "./rounds.ts";
import {
  readable,
  type Sample,
  summarize,
  type Values,
  withBestRatio,
  withRatios,
} from "./stats.ts";
import { findNode, firstLine, type Missing, runProgram } from "./tools.ts";

/** A program that has some of the rows. */
interface Participant extends Peer {
  readonly rows: readonly string[];
}

const POOLS = ["piscina", "tinypool", "workerpool", "poolifier"];

const FINDERS: Readonly<Record<string, () => Promise<Peer | Missing>>> = {
  "tokio": () => tokio("multi", []),
  "edo-await": () => Promise.resolve(onDeno(`${ROOT}bench/peers/edo_multi/await.ts`)),
  "edo-yield": () => Promise.resolve(onDeno(`${ROOT}bench/peers/edo_multi/yield.ts`)),
  "messages": () => Promise.resolve(onDeno(`${ROOT}bench/peers/js_pools/bare.mjs`)),
  "messages-node": () => onNode(`${ROOT}bench/peers/js_pools/bare.mjs`),
  ...Object.fromEntries(POOLS.flatMap((name) => [
    [name, () => pool(name, onNode)],
    [`${name}-deno`, () => pool(name, (path) => Promise.resolve(onDeno(path)))],
  ])),
};

const IMPLS = Object.keys(FINDERS);
/** The pools are made for Node; on Deno they take part when asked for. */
const BY_DEFAULT = IMPLS.filter((impl) => !impl.endsWith("-deno"));
const BASELINE = "tokio";
/** Those in JavaScript that edo is measured against. */
const JS_PEERS = IMPLS.filter((impl) => impl !== BASELINE && !impl.startsWith("edo"));

const COLUMNS = {
  "ns": "ns",
  "cpu_ns": "CPU ns",
  "p50_us": "p50 µs",
  "p99_us": "p99 µs",
  "one_ms": "1 worker, ms",
  "all_ms": "all workers, ms",
  "speed_up": "speed-up",
  "p50_ms": "p50 ms",
  "p99_ms": "p99 ms",
  "cycle_ms": "ms per cycle",
  "rss_before_kib": "RSS before, KiB",
  "rss_after_kib": "after",
  "files_before": "descriptors before",
  "files_after": "after",
  "vs_tokio": "× Tokio",
  "cpu_vs_tokio": "CPU × Tokio",
  "vs_js": "× best JS peer",
  "cpu_vs_js": "CPU × best JS peer",
};

const CHARTS = {
  "vs_js": "ratio to the best JavaScript peer (lower is better; bars end at 10)",
};
const CHART_LIMIT = 10;

const PRIMARY = [...new Set(ROWS.map(({ compared }) => compared))];
/** Every row has one figure that is compared, and its ratio has the same name in all rows. */
const RATIOS = [
  ...PRIMARY.map((unit) => ({ unit, name: "vs_tokio" })),
  { unit: "cpu_ns", name: "cpu_vs_tokio" },
];
const BEST_JS = [
  ...PRIMARY.map((unit) => ({ unit, name: "vs_js" })),
  { unit: "cpu_ns", name: "cpu_vs_js" },
];

/** More than this, and a row waits for something that never comes. */
const PATIENCE_MS = 30_000;
const PATIENCE_ONCE_MS = 120_000;
/** Who cannot run a thousand tasks in this time does not work on this host. */
const TRIAL_MS = 5_000;

/** Many short measurements: a process for each row, implementation and round. */
export const defaults: Defaults = { rounds: 3, seconds: 0.2, warmupSeconds: 0.3 };

/** As many workers as there are processors, but two at least: with one there is nothing to see. */
async function countWorkers(): Promise<number> {
  return Math.max(2, (await allowedProcessors()).length);
}

/** Measures all rows. */
export async function run(options: Options): Promise<Report> {
  const cases = choose("case", ROWS.map((row) => row.name), options.cases);
  const impls = choose("implementation", IMPLS, options.impls ?? BY_DEFAULT);
  const workers = await countWorkers();
  const { peers, missing } = await findPeers(impls, findParticipant);
  const { samples, failed } = await measureRounds({
    cases,
    peers,
    rounds: options.rounds,
    seed: options.seed,
    failsByCase: true,
    takesPart: (impl, name, round) =>
      peers.get(impl)!.rows.includes(name) && (round === 1 || !rowOf(name).once),
    measure: (peer, name) => measureRow(peer, rowOf(name), workers, options),
    progress,
  });
  return {
    bench: "multi",
    figures: summarize("multi", compared(samples)),
    columns: COLUMNS,
    charts: CHARTS,
    chartLimit: CHART_LIMIT,
    versions: {
      ...Object.fromEntries([...peers].map(([impl, peer]) => [impl, peer.version])),
      "all": `${workers} workers each`,
    },
    missing: [...missing, ...failed.filter(isPool)],
    failed: failed.filter((absence) => !isPool(absence)),
  };
}

/** A pool that loses tasks or hangs is told as missing: it is no failure of ours. */
function isPool({ impl }: Absence): boolean {
  return POOLS.some((name) => impl.startsWith(name));
}

function rowOf(name: string): Row {
  return ROWS.find((row) => row.name === name)!;
}

function compared(samples: readonly Sample[]): Sample[] {
  return BEST_JS.reduce(
    (samples, ratio) => withBestRatio(samples, JS_PEERS, ratio),
    withRatios(samples, BASELINE, RATIOS),
  );
}

async function findParticipant(impl: string): Promise<Participant | Missing> {
  const peer = await FINDERS[impl]!();
  if ("missing" in peer) return peer;
  const { success, stdout, stderr } = await runProgram(peer.command, [...peer.args, "--list"]);
  if (!success) return { missing: `it does not start: ${firstLine(stderr)}` };
  const trial = await tryOut(peer);
  return trial ?? { ...peer, rows: JSON.parse(stdout) };
}

/** Some pools lose tasks on one of the hosts. */
async function tryOut(peer: Peer): Promise<Missing | undefined> {
  const signal = AbortSignal.timeout(TRIAL_MS);
  const args = [...peer.args, "spawn/one", "1000", "2", "0.001", "0.001"];
  const { success, stderr } = await runProgram(peer.command, args, { signal });
  if (signal.aborted) return { missing: `its tasks do not end within ${TRIAL_MS} ms` };
  return success ? undefined : { missing: `it does not run: ${firstLine(stderr)}` };
}

async function measureRow(
  peer: Peer,
  row: Row,
  workers: number,
  options: Options,
): Promise<Values> {
  const numbers = [row.operations, workers, options.seconds, options.warmupSeconds].map(String);
  const patienceMs = row.once ? PATIENCE_ONCE_MS : PATIENCE_MS;
  const signal = AbortSignal.timeout(patienceMs);
  const args = [...peer.args, row.name, ...numbers];
  const finished = await runProgram(peer.command, args, { signal });
  if (signal.aborted) throw new Error(`Cannot measure: it takes more than ${patienceMs} ms`);
  if (!finished.success) throw new Error(`Cannot measure: ${firstLine(finished.stderr)}`);
  const outcome: Outcome = JSON.parse(finished.stdout);
  checkOutcome(row, outcome, workers);
  return outcome.values;
}

function onDeno(path: string): Peer {
  const flags = ["--allow-all", "--no-check", "--no-prompt"];
  if (path.endsWith(".mjs")) flags.push("--no-config", "--node-modules-dir=manual");
  return { command: Deno.execPath(), args: ["run", ...flags, path], version: denoVersion() };
}

async function onNode(path: string): Promise<Peer | Missing> {
  const node = await findNode();
  if ("missing" in node) return node;
  return { command: node.path, args: [path], version: node.version };
}

/** A pool from npm on one of the hosts. */
async function pool(
  name: string,
  host: (path: string) => Promise<Peer | Missing>,
): Promise<Peer | Missing> {
  const missing = await build("js_pools");
  if (missing !== undefined) return missing;
  const folder = `${WORK}/build/js_pools`;
  const { version } = JSON.parse(
    await Deno.readTextFile(`${folder}/node_modules/${name}/package.json`),
  );
  const peer = await host(`${folder}/${name}.mjs`);
  return "missing" in peer ? peer : { ...peer, version: `${name} ${version} on ${peer.version}` };
}

function progress(values: Values): string {
  return Object.entries(values).map(([unit, value]) => `${unit} ${readable(value)}`).join(", ");
}
