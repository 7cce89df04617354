/**
 * The primitives of one isolate (locks, channels, tasks, timers) beside those of Tokio and of
 * JavaScript libraries: nanoseconds per operation.
 *
 * @module
 */

import { build, ROOT, WORK } from "./build.ts";
import { choose, type Defaults, type Options } from "./options.ts";
import { denoVersion, findPeers, type Peer, script, tokio } from "./peers.ts";
import { checkOutcome, type Outcome, PARTS, type Row, ROWS } from "./primitive_rows.ts";
import type { Report } from "./report.ts";
import { measureRounds } from "./rounds.ts";
import {
  readable,
  type Sample,
  summarize,
  type Values,
  withBestRatio,
  withRatios,
} from "./stats.ts";
import {
  findNode,
  firstLine,
  isFile,
  lastLine,
  type Missing,
  runProgram,
  type Tool,
} from "./tools.ts";

/** A program that has some of the rows. */
interface Participant extends Peer {
  readonly rows: readonly string[];
}

const FINDERS: Readonly<Record<string, () => Promise<Peer | Missing>>> = {
  "tokio": () => tokio("primitives", []),
  "edo-yield": () => edo("yield"),
  "edo-await": () => edo("await"),
  "js": () => javaScript("js", undefined),
  "effect": () => javaScript("effect", "effect"),
  "effect-node": async () => onNode(await javaScript("effect", "effect"), await findNode()),
  "effection": () => javaScript("effection", "effection"),
  "async-mutex": () => javaScript("async_mutex", "async-mutex"),
  "p-queue": () => javaScript("p_queue", "p-queue"),
  "std-async": stdAsync,
};

const IMPLS = Object.keys(FINDERS);
/** Effect on Node takes part when asked for. */
const BY_DEFAULT = IMPLS.filter((impl) => impl !== "effect-node");
const BASELINE = "tokio";
/** Those in JavaScript that edo is measured against. */
const JS_PEERS = [
  "js",
  "effect",
  "effect-node",
  "effection",
  "async-mutex",
  "p-queue",
  "std-async",
];

const COLUMNS = {
  "ns": "ns",
  "vs_tokio": "× Tokio",
  "cpu_ns": "CPU ns",
  "cpu_vs_tokio": "CPU × Tokio",
  "cpu_vs_js": "CPU × best JS peer",
};

const CHARTS = {
  "cpu_vs_tokio": "processor time, ratio to Tokio (lower is better; bars end at 10)",
};
/** Some peers are a hundred times slower; at their scale nothing else would be seen. */
const CHART_LIMIT = 10;

const RATIOS = [
  { unit: "ns", name: "vs_tokio" },
  { unit: "cpu_ns", name: "cpu_vs_tokio" },
];
const BEST_JS = { unit: "cpu_ns", name: "cpu_vs_js" };

/** A row takes seconds at the most; who takes longer waits for something that never comes. */
const PATIENCE_MS = 60_000;

/** Many short measurements: a process for each row, implementation and round. */
export const defaults: Defaults = { rounds: 3, seconds: 0.15, warmupSeconds: 0.15 };

/** Measures all rows. */
export function run(options: Options): Promise<Report> {
  return measure("primitives", ROWS, options);
}

/** The benchmark of one part of the rows. */
export function part(name: string): { defaults: Defaults; run: typeof run } {
  const rows = ROWS.filter((row) => PARTS[name]!.includes(row.name.split("/")[0]!));
  return { defaults, run: (options) => measure(name, rows, options) };
}

async function measure(bench: string, rows: readonly Row[], options: Options): Promise<Report> {
  const cases = choose("case", rows.map((row) => row.name), options.cases);
  const impls = choose("implementation", IMPLS, options.impls ?? BY_DEFAULT);
  const { peers, missing } = await findPeers(impls, findParticipant);
  const { samples, failed } = await measureRounds({
    cases,
    peers,
    rounds: options.rounds,
    seed: options.seed,
    failsByCase: true,
    takesPart: (impl, name) => peers.get(impl)!.rows.includes(name),
    measure: (peer, name) => measureRow(peer, ROWS.find((row) => row.name === name)!, options),
    progress,
  });
  return {
    bench,
    figures: summarize(bench, compared(samples)),
    columns: COLUMNS,
    charts: CHARTS,
    chartLimit: CHART_LIMIT,
    versions: Object.fromEntries([...peers].map(([impl, peer]) => [impl, peer.version])),
    missing,
    failed,
  };
}

function compared(samples: readonly Sample[]): Sample[] {
  return withBestRatio(withRatios(samples, BASELINE, RATIOS), JS_PEERS, BEST_JS);
}

async function findParticipant(impl: string): Promise<Participant | Missing> {
  const peer = await FINDERS[impl]!();
  if ("missing" in peer) return peer;
  const { success, stdout, stderr } = await runProgram(peer.command, [...peer.args, "--list"]);
  if (!success) return { missing: `it does not start: ${lastLine(stderr)}` };
  return { ...peer, rows: JSON.parse(stdout) };
}

async function measureRow(peer: Peer, row: Row, options: Options): Promise<Values> {
  const numbers = [row.operations, options.seconds, options.warmupSeconds].map(String);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const args = [...peer.args, row.name, ...numbers];
  const finished = await runProgram(peer.command, args, { signal });
  if (signal.aborted) throw new Error(`Cannot measure: it takes more than ${PATIENCE_MS} ms`);
  if (!finished.success) throw new Error(`Cannot measure: ${firstLine(finished.stderr)}`);
  const outcome: Outcome = JSON.parse(finished.stdout);
  checkOutcome(row, outcome);
  return { "ns": outcome.ns, "cpu_ns": outcome["cpu_ns"] };
}

function edo(style: string): Promise<Peer | Missing> {
  const peer = script({ path: Deno.execPath(), version: denoVersion() }, `edo/${style}.ts`);
  if ("missing" in peer) return Promise.resolve(peer);
  return Promise.resolve({ ...peer, args: ["run", "--no-check", ...peer.args] });
}

/** A program of the folder `js`, on the same engine as edo; `dependency` is what it measures. */
async function javaScript(
  program: string,
  dependency: string | undefined,
): Promise<Peer | Missing> {
  if (dependency === undefined) {
    const args = ["run", "--no-config", `${ROOT}bench/peers/js/${program}.mjs`];
    return { command: Deno.execPath(), args, version: denoVersion() };
  }
  const missing = await build("js");
  if (missing !== undefined) return missing;
  const folder = `${WORK}/build/js`;
  const { dependencies } = await readJson(`${folder}/package.json`);
  const { version } = await readJson(`${folder}/node_modules/${dependency}/package.json`);
  if (version !== dependencies[dependency]) {
    return {
      missing: `${dependency} ${version} is installed instead of ${dependencies[dependency]}`,
    };
  }
  const flags = ["--no-config", "--no-prompt", "--node-modules-dir=manual"];
  return {
    command: Deno.execPath(),
    args: ["run", ...flags, `${folder}/${program}.mjs`],
    version: `${dependency} ${version} on ${denoVersion()}`,
  };
}

/** The same program on the other engine's host. */
function onNode(peer: Peer | Missing, node: Tool | Missing): Peer | Missing {
  if ("missing" in peer) return peer;
  if ("missing" in node) return node;
  const version = peer.version.replace(denoVersion(), node.version);
  return { command: node.path, args: [peer.args.at(-1)!], version };
}

/** JSR is no npm registry, and what the tests use by this name is no measure of the original. */
async function stdAsync(): Promise<Peer | Missing> {
  const checkout = Deno.env.get("EDO_STD");
  if (checkout === undefined) {
    return { missing: "$EDO_STD does not name a checkout of the Deno standard library" };
  }
  const [config, own] = [`${checkout}/deno.json`, `${checkout}/async/deno.json`];
  if (!await isFile(config) || !await isFile(own)) {
    return { missing: `there is no Deno standard library in ${checkout}` };
  }
  const { version } = await readJson(own);
  return {
    command: Deno.execPath(),
    args: ["run", "--no-prompt", "--config", config, `${ROOT}bench/peers/js/std_async.mjs`],
    version: `@std/async ${version} on ${denoVersion()}`,
  };
}

async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(path));
}

function progress(values: Values): string {
  return `${readable(values["ns"])} ns, CPU ${readable(values["cpu_ns"])} ns`;
}
