/**
 * Idle connections: what memory each of them costs, and what processor time the server takes while
 * nothing happens.
 *
 * @module
 */

import { IdleConnections, prepareLoad } from "./load_generator.ts";
import { choose, type Options, UsageError } from "./options.ts";
import { findPeer, findPeers, IMPLS, type Peer } from "./peers.ts";
import { allowedProcessors } from "./processors.ts";
import { cpuMs, openFiles, residentKib, total } from "./process_figures.ts";
import type { Report } from "./report.ts";
import { measureRounds } from "./rounds.ts";
import { Server } from "./server.ts";
import { readable, summarize, type Values, withRatios } from "./stats.ts";

const CASES = ["10000"];
const BY_DEFAULT = ["c-epoll", "edo-yield", "edo-await", "deno"];

/** Before memory is read and before idleness begins: start-up, compilers and collectors finish. */
const SETTLE_MS = 1000;
const IDLE_MS = 3000;
const ACCEPT_TIMEOUT_MS = 20_000;

const COLUMNS = {
  "kib/conn": "KiB/connection",
  "memory_vs_deno": "× Deno",
  "idle_cpu_ms": `CPU ms in ${IDLE_MS / 1000} s`,
  "rss_before_kib": "RSS before KiB",
  "rss_kib": "RSS with KiB",
  "accept_cpu_us": "CPU µs/accept",
};

const CHARTS = {
  "kib/conn": "resident memory of an idle connection, KiB (lower is better)",
  "idle_cpu_ms": `processor time in ${IDLE_MS / 1000} s of idleness, ms (lower is better)`,
};

/** Measures the TCP echo servers with idle connections. */
export async function run(options: Options): Promise<Report> {
  const cases = chooseCases(options);
  const impls = choose("implementation", IMPLS, options.impls ?? BY_DEFAULT);
  const processors = (await allowedProcessors()).join();
  await prepareLoad();
  const { peers, missing } = await findPeers(impls, (impl) => findPeer(impl, "tcp"));
  const { samples, failed } = await measureRounds({
    cases,
    peers,
    rounds: options.rounds,
    seed: options.seed,
    measure: (peer, name) => measure(peer, Number(name), processors),
    progress,
  });
  const ratios = [{ unit: "kib/conn", name: "memory_vs_deno" }];
  return {
    bench: "idle",
    figures: summarize("idle", withRatios(samples, "deno", ratios)),
    columns: COLUMNS,
    charts: CHARTS,
    versions: Object.fromEntries([...peers].map(([impl, peer]) => [impl, peer.version])),
    missing,
    failed,
  };
}

/** A case is a number of connections. */
function chooseCases(options: Options): readonly string[] {
  const cases = options.cases ?? CASES;
  const wrong = cases.find((name) => !/^[1-9]\d*$/.test(name));
  if (wrong === undefined) return cases;
  throw new UsageError(`Cannot use case "${wrong}": a number of connections is needed`);
}

async function measure(peer: Peer, count: number, processors: string): Promise<Values> {
  await using server = await Server.start(peer, processors);
  await pause(SETTLE_MS);
  const pids = await server.pids();
  const before = await total(residentKib, pids);
  const filesBefore = await total(openFiles, pids);
  const cpuAtFirst = await total(cpuMs, pids);
  await using _idle = await IdleConnections.open(server.port, count, processors);
  await untilOpen(pids, filesBefore + count);
  const accepting = await total(cpuMs, pids) - cpuAtFirst;
  await pause(SETTLE_MS);
  const cpuBefore = await total(cpuMs, pids);
  await pause(IDLE_MS);
  const cpu = await total(cpuMs, pids) - cpuBefore;
  const after = await total(residentKib, pids);
  return {
    "kib/conn": (after - before) / count,
    "idle_cpu_ms": cpu,
    "rss_before_kib": before,
    "rss_kib": after,
    "accept_cpu_us": accepting * 1000 / count,
  };
}

/** A connection is accepted when the server has a descriptor for it. */
async function untilOpen(pids: readonly number[], files: number): Promise<void> {
  const deadline = performance.now() + ACCEPT_TIMEOUT_MS;
  for (let open = 0; open < files; open = await total(openFiles, pids)) {
    if (performance.now() > deadline) {
      throw new Error(`Cannot measure: the server has ${open} of ${files} files open`);
    }
    await pause(20);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function progress(values: Values): string {
  return `${readable(values["kib/conn"])} KiB/connection, ` +
    `CPU ${readable(values["idle_cpu_ms"])} ms in ${IDLE_MS / 1000} s`;
}
