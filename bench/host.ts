/**
 * The host beside edo: how late its timers and how slow its `fetch` are while an echo server in the
 * same isolate works as hard as it can.
 *
 * @module
 */

import { freePort } from "./free_port.ts";
import { prepareLoad, runLoad } from "./load_generator.ts";
import { choose, type Options, UsageError } from "./options.ts";
import { denoVersion, type Peer, script } from "./peers.ts";
import type { Latencies } from "./peers/host/latencies.ts";
import { chooseRegimes, type Regime } from "./regimes.ts";
import type { Report } from "./report.ts";
import { measureRounds } from "./rounds.ts";
import { Server } from "./server.ts";
import { quantile, readable, summarize, type Values } from "./stats.ts";

const PEERS: Readonly<Record<string, readonly string[]>> = {
  "edo-yield": ["host/edo.ts", "--style", "yield"],
  "edo-await": ["host/edo.ts", "--style", "await"],
  "deno": ["host/deno.ts"],
};

const CASES = ["quiet", "loaded"];
const CONNECTIONS = 50;
const MESSAGE_BYTES = 64;

/** The load goes on for this much longer than the measurement within it. */
const MARGIN_SECONDS = 1;
/** A host that is starved for longer than this is starved for good. */
const PATIENCE_MS = 20_000;

const COLUMNS = {
  "timer_p50_ms": "timer late p50 ms",
  "timer_p99_ms": "p99 ms",
  "timer_max_ms": "max ms",
  "fetch_p50_ms": "fetch p50 ms",
  "fetch_p99_ms": "fetch p99 ms",
  "fetch_max_ms": "fetch max ms",
  "fetches": "fetches",
  "msg/s": "msg/s",
  "others": "other CPU",
};

const CHARTS = {
  "timer_p99_ms": "lateness of setTimeout, p99 in ms (lower is better)",
  "fetch_p99_ms": "time of a fetch, p99 in ms (lower is better)",
};

/** Measures the host's timers and fetches, without and with load on the echo server beside them. */
export async function run(options: Options): Promise<Report> {
  const cases = choose("case", CASES, options.cases);
  const regimes = await chooseRegimes(options, ["split"]);
  const impls = choose("implementation", Object.keys(PEERS), options.impls);
  const peers = new Map(impls.map((impl) => [impl, server(PEERS[impl]!)]));
  await prepareLoad();
  const { samples, failed } = await measureRounds({
    cases: regimes.flatMap((regime) => cases.map((name) => `${regime.name}/${name}`)),
    peers,
    rounds: options.rounds,
    seed: options.seed,
    measure(peer, place) {
      const [regime, name] = place.split("/");
      const on = regimes.find((one) => one.name === regime)!;
      return measure(peer, on, name === "loaded", options);
    },
    progress,
  });
  return {
    bench: "host",
    figures: summarize("host", samples),
    columns: COLUMNS,
    charts: CHARTS,
    versions: Object.fromEntries([...peers].map(([impl, peer]) => [impl, peer.version])),
    missing: [],
    failed,
  };
}

function server([path, ...rest]: readonly string[]): Peer {
  const peer = script({ path: Deno.execPath(), version: denoVersion() }, path!);
  if ("missing" in peer) throw new UsageError(peer.missing);
  return { ...peer, args: ["run", "--allow-net", "--allow-ffi", ...peer.args, ...rest] };
}

async function measure(
  peer: Peer,
  regime: Regime,
  loaded: boolean,
  options: Options,
): Promise<Values> {
  const http = freePort();
  const args = [...peer.args, "--http-port", String(http)];
  await using server = await Server.start({ ...peer, args }, regime.server);
  await ask(http, 0.2); // the first fetch of an isolate is slow
  if (!loaded) return toValues(await ask(http, options.seconds));
  const load = runLoad({
    udp: false,
    port: server.port,
    pids: await server.pids(),
    connections: CONNECTIONS,
    size: MESSAGE_BYTES,
    seconds: options.seconds + MARGIN_SECONDS,
    warmupSeconds: options.warmupSeconds,
  }, regime.load);
  load.catch(() => {}); // awaited below, when the measurement is over
  await new Promise((resolve) => setTimeout(resolve, options.warmupSeconds * 1000));
  const latencies = await ask(http, options.seconds);
  const { rate, others_cpu } = await load;
  return { ...toValues(latencies), "msg/s": rate, "others": others_cpu };
}

async function ask(port: number, seconds: number): Promise<Latencies> {
  const signal = AbortSignal.timeout(seconds * 1000 + PATIENCE_MS);
  const response = await fetch(`http://127.0.0.1:${port}/measure?seconds=${seconds}`, { signal });
  return await response.json();
}

function toValues({ timer, fetch }: Latencies): Values {
  return {
    "timer_p50_ms": quantile(timer, 0.5),
    "timer_p99_ms": quantile(timer, 0.99),
    "timer_max_ms": Math.max(...timer),
    "fetch_p50_ms": quantile(fetch, 0.5),
    "fetch_p99_ms": quantile(fetch, 0.99),
    "fetch_max_ms": Math.max(...fetch),
    "fetches": fetch.length,
  };
}

function progress(values: Values): string {
  const show = (unit: string) => readable(values[unit]);
  return `timer p50 ${show("timer_p50_ms")} p99 ${show("timer_p99_ms")} ms, ` +
    `fetch p50 ${show("fetch_p50_ms")} p99 ${show("fetch_p99_ms")} ms, ${show("msg/s")} msg/s`;
}
