/**
 * Drives echo servers against each other, each compared to the C server of its own round.
 *
 * @module
 */

import { type Load, type LoadResult, prepareLoad, runLoad } from "./load_generator.ts";
import { choose, type Options, UsageError } from "./options.ts";
import {
  BASELINE,
  findPeer,
  findPeers,
  IMPLS,
  type Peer,
  type Transport,
  USUAL_IMPLS,
} from "./peers.ts";
import { chooseRegimes, type Regime } from "./regimes.ts";
import type { Report } from "./report.ts";
import { measureRounds } from "./rounds.ts";
import { Server } from "./server.ts";
import {
  bestRatios,
  type Figure,
  readable,
  type Sample,
  summarize,
  type Values,
  withRatios,
} from "./stats.ts";

/** What an echo benchmark measures. */
export interface EchoPlan {
  readonly bench: string;
  readonly transport: Transport;
  /** `<connections>x<bytes>`. */
  readonly cases: readonly string[];
}

const CASE_PATTERN = /^([1-9]\d*)x([1-9]\d*)$/;

const COLUMNS = {
  "msg/s": "msg/s",
  "rate_vs_c": "× C",
  "best_rate_vs_c": "best × C",
  "p50_us": "p50 µs",
  "p99_us": "p99 µs",
  "p999_us": "p99.9 µs",
  "cpu_us/msg": "CPU µs/msg",
  "cpu_vs_c": "CPU × C",
  "best_cpu_vs_c": "least CPU × C",
  "rss_kib": "RSS KiB",
  "fairness": "least/most",
  "resent": "resent",
  "others": "other CPU",
};

const CHARTS = {
  "rate_vs_c": "messages per second, ratio to C (higher is better)",
  "cpu_vs_c": "server CPU per message, ratio to C (lower is better)",
};

const RATIOS = [
  { unit: "msg/s", name: "rate_vs_c" },
  { unit: "cpu_us/msg", name: "cpu_vs_c" },
];

const BEST_RATIOS = [
  { unit: "msg/s", best: "max", name: "best_rate_vs_c" },
  { unit: "cpu_us/msg", best: "min", name: "best_cpu_vs_c" },
] as const;

/** Measures every case in every regime, round by round. */
export async function measureEcho(plan: EchoPlan, options: Options): Promise<Report> {
  const cases = chooseCases(plan, options);
  const impls = choose("implementation", IMPLS, options.impls ?? USUAL_IMPLS);
  const regimes = await chooseRegimes(options, ["split", "same"]);
  await prepareLoad();
  const { peers, missing } = await findPeers(impls, (impl) => findPeer(impl, plan.transport));
  const { samples, failed } = await measureRounds({
    cases: regimes.flatMap((regime) => cases.map((name) => `${regime.name}/${name}`)),
    peers,
    rounds: options.rounds,
    seed: options.seed,
    async measure(peer, place) {
      const [regime, name] = place.split("/");
      const on = regimes.find((one) => one.name === regime)!;
      return toValues(await drive(peer, plan.transport, on, name!, options), plan.transport);
    },
    progress,
  });
  return {
    bench: plan.bench,
    figures: toFigures(plan.bench, samples),
    columns: COLUMNS,
    charts: CHARTS,
    versions: Object.fromEntries([...peers].map(([impl, peer]) => [impl, peer.version])),
    missing,
    failed,
  };
}

function toFigures(bench: string, samples: readonly Sample[]): Figure[] {
  const figures = summarize(bench, withRatios(samples, BASELINE, RATIOS));
  return [...figures, ...bestRatios(figures, BASELINE, BEST_RATIOS)];
}

/** Any case of the right form may be asked for, not only those of the plan. */
function chooseCases(plan: EchoPlan, options: Options): readonly string[] {
  const cases = options.cases ?? plan.cases;
  const wrong = cases.find((name) => !CASE_PATTERN.test(name));
  if (wrong === undefined) return cases;
  throw new UsageError(`Cannot use case "${wrong}": <connections>x<bytes> is needed, as in 50x64`);
}

/** Starts a server, drives it through one case, and ends it. */
async function drive(
  peer: Peer,
  transport: Transport,
  regime: Regime,
  name: string,
  options: Options,
): Promise<LoadResult> {
  const [, connections, size] = name.match(CASE_PATTERN)!.map(Number);
  await using server = await Server.start(peer, regime.server);
  const load: Load = {
    udp: transport === "udp",
    port: server.port,
    pids: await server.pids(),
    connections: connections!,
    size: size!,
    seconds: options.seconds,
    warmupSeconds: options.warmupSeconds,
  };
  return await runLoad(load, regime.load);
}

function toValues(result: LoadResult, transport: Transport): Values {
  return {
    "msg/s": result.rate,
    "p50_us": result.p50_us,
    "p99_us": result.p99_us,
    "p999_us": result.p999_us,
    "cpu_us/msg": result.server_cpu_us / result.messages,
    "rss_kib": result.server_rss_kib,
    "fairness": result.min_per_connection / result.max_per_connection,
    "others": result.others_cpu,
    ...(transport === "udp" ? { "resent": result.resent } : {}),
  };
}

function progress(values: Values): string {
  const show = (unit: string) => readable(values[unit]);
  return `${show("msg/s")} msg/s, p50 ${show("p50_us")} p99 ${show("p99_us")} µs, ` +
    `CPU ${show("cpu_us/msg")} µs/msg`;
}
