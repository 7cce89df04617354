/**
 * Drives echo servers against each other.
 *
 * Noise on a shared machine comes in waves that slow whole rounds. So the servers take turns within
 * every round, in an order that changes, and each is compared to the C server of its own round.
 *
 * @module
 */

import { type Load, type LoadResult, prepareLoad, runLoad } from "./load_generator.ts";
import { choose, type Options, UsageError } from "./options.ts";
import { err } from "./out.ts";
import { BASELINE, findPeer, IMPLS, type Peer, type Transport } from "./peers.ts";
import { allowedProcessors } from "./processors.ts";
import type { Absence, Report } from "./report.ts";
import { Server } from "./server.ts";
import {
  bestRatios,
  type Figure,
  readable,
  type Sample,
  shuffled,
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

/** On which processors server and load run. */
interface Regime {
  readonly name: string;
  readonly server: string;
  readonly load: string;
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
  const impls = choose("implementation", IMPLS, options.impls);
  const regimes = await chooseRegimes(options);
  await prepareLoad();
  const { peers, missing } = await findPeers(impls, plan.transport);
  const run = new EchoRun(plan.transport, peers, options);
  for (let round = 1; round <= options.rounds; round++) {
    for (const regime of regimes) {
      for (const name of cases) await run.measureCase(round, regime, name);
    }
  }
  const names = regimes.flatMap((regime) => cases.map((name) => `${regime.name}/${name}`));
  return {
    bench: plan.bench,
    figures: toFigures(plan.bench, inOrder(run.samples, names, impls)),
    columns: COLUMNS,
    charts: CHARTS,
    versions: Object.fromEntries([...peers].map(([impl, peer]) => [impl, peer.version])),
    missing,
    failed: run.failed,
  };
}

function toFigures(bench: string, samples: readonly Sample[]): Figure[] {
  const figures = summarize(bench, withRatios(samples, BASELINE, RATIOS));
  return [...figures, ...bestRatios(figures, BASELINE, BEST_RATIOS)];
}

/** The samples came in random order; the tables follow that of the lists. */
function inOrder(samples: readonly Sample[], cases: string[], impls: string[]): Sample[] {
  const place = (sample: Sample) =>
    cases.indexOf(sample.case) * impls.length + impls.indexOf(sample.impl);
  return samples.toSorted((a, b) => place(a) - place(b));
}

/** Any case of the right form may be asked for, not only those of the plan. */
function chooseCases(plan: EchoPlan, options: Options): readonly string[] {
  const cases = options.cases ?? plan.cases;
  const wrong = cases.find((name) => !CASE_PATTERN.test(name));
  if (wrong === undefined) return cases;
  throw new UsageError(`Cannot use case "${wrong}": <connections>x<bytes> is needed, as in 50x64`);
}

async function chooseRegimes(options: Options): Promise<Regime[]> {
  const all = (await allowedProcessors()).map(String);
  const [first = "0", second] = all;
  const regimes = [
    { name: "same", server: first, load: first },
    { name: "free", server: all.join(), load: all.join() },
  ];
  if (second !== undefined) regimes.unshift({ name: "split", server: first, load: second });
  else err("There is no split regime: it needs two processors");
  const wanted = options.regimes ?? ["split", "same"].slice(second === undefined ? 1 : 0);
  const names = choose("regime", regimes.map((regime) => regime.name), wanted);
  return regimes.filter((regime) => names.includes(regime.name));
}

async function findPeers(impls: readonly string[], transport: Transport) {
  const peers = new Map<string, Peer>();
  const missing: Absence[] = [];
  for (const impl of impls) {
    const peer = await findPeer(impl, transport);
    if ("missing" in peer) {
      missing.push({ impl, why: peer.missing });
      err(`${impl} is missing: ${peer.missing}`);
    } else {
      peers.set(impl, peer);
    }
  }
  return { peers, missing };
}

/** The samples of one benchmark as they come in. */
class EchoRun {
  readonly samples: Sample[] = [];
  readonly failed: Absence[] = [];
  readonly #transport: Transport;
  readonly #peers: ReadonlyMap<string, Peer>;
  readonly #options: Options;
  #turn = 0;

  constructor(transport: Transport, peers: ReadonlyMap<string, Peer>, options: Options) {
    this.#transport = transport;
    this.#peers = peers;
    this.#options = options;
  }

  /** Drives every server once through one case. A server that failed before is left out. */
  async measureCase(round: number, regime: Regime, name: string): Promise<void> {
    const healthy = [...this.#peers].filter(([impl]) =>
      !this.failed.some((absence) => absence.impl === impl)
    );
    for (const [impl, peer] of shuffled(healthy, this.#options.seed * 1000 + this.#turn++)) {
      const label = `round ${round}/${this.#options.rounds} ${regime.name}/${name} ${impl}`;
      try {
        const values = toValues(await this.#drive(peer, regime, name), this.#transport);
        this.samples.push({ round, case: `${regime.name}/${name}`, impl, values });
        err(`${label}: ${progress(values)}`);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.failed.push({ impl, why: `${regime.name}/${name}: ${why.split("\n")[0]}` });
        err(`${label} FAILED: ${why}`);
      }
    }
  }

  async #drive(peer: Peer, regime: Regime, name: string): Promise<LoadResult> {
    const [, connections, size] = name.match(CASE_PATTERN)!.map(Number);
    await using server = await Server.start(peer, regime.server);
    const load: Load = {
      udp: this.#transport === "udp",
      port: server.port,
      pid: server.pid,
      connections: connections!,
      size: size!,
      seconds: this.#options.seconds,
      warmupSeconds: this.#options.warmupSeconds,
    };
    return await runLoad(load, regime.load);
  }
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
