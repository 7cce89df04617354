/**
 * Starting: from the start of the process until the first connection has its answer.
 *
 * @module
 */

import { freePort } from "./free_port.ts";
import { choose, type Options, UsageError } from "./options.ts";
import { denoVersion, type Peer, script } from "./peers.ts";
import type { Absence, Report } from "./report.ts";
import { measureRounds } from "./rounds.ts";
import { Program } from "./server.ts";
import { type Figure, readable, type Sample, summarize, type Values } from "./stats.ts";

const IMPLS = ["edo", "edo-net", "deno"];
const BASELINE = "deno";
const CASES = ["first-byte"];

/** A start takes a fraction of a second, and one is much like a throw of dice. */
const STARTS_PER_ROUND = 3;
const START_TIMEOUT_MS = 10_000;

/** edo may start this much later than `Deno.listen`. */
const MOST_EXTRA_MS = 40;

const COLUMNS = { "start_ms": "start ms", "extra_ms": "more than Deno.listen, ms" };
const CHARTS = { "start_ms": "from process start to the first byte back, ms (lower is better)" };

/** Measures the start of a server that binds through edo, and of one on `Deno.listen`. */
export async function run(options: Options): Promise<Report> {
  const impls = choose("implementation", IMPLS, options.impls);
  const peers = new Map(impls.map((impl) => [impl, server(impl)]));
  for (const peer of peers.values()) await timeStart(peer); // fills the caches
  const { samples, failed } = await measureRounds({
    cases: choose("case", CASES, options.cases),
    peers,
    rounds: options.rounds * STARTS_PER_ROUND,
    seed: options.seed,
    measure: async (peer): Promise<Values> => ({ "start_ms": await timeStart(peer) }),
    progress: (values) => `${readable(values["start_ms"])} ms`,
  });
  const figures = summarize("startup", withExtra(samples));
  return {
    bench: "startup",
    figures,
    columns: COLUMNS,
    charts: CHARTS,
    versions: Object.fromEntries([...peers].map(([impl, peer]) => [impl, peer.version])),
    missing: [],
    failed: [...failed, ...tooSlow(figures)],
  };
}

function server(impl: string): Peer {
  const peer = script(
    { path: Deno.execPath(), version: denoVersion() },
    `startup/${impl}.ts`,
  );
  if ("missing" in peer) throw new UsageError(peer.missing);
  return { ...peer, args: ["run", "--no-check", "--allow-net", "--allow-ffi", ...peer.args] };
}

/** Milliseconds until the server, asked without a pause, has accepted and sent a byte back. */
async function timeStart(peer: Peer): Promise<number> {
  const port = freePort();
  const began = performance.now();
  await using _program = new Program(peer.command, [...peer.args, "--port", String(port)]);
  using connection = await connectAtFirst(port, began + START_TIMEOUT_MS);
  await connection.write(new Uint8Array(1));
  if (await connection.read(new Uint8Array(1)) !== 1) {
    throw new Error("Cannot measure: the server answered nothing");
  }
  return performance.now() - began;
}

async function connectAtFirst(port: number, deadline: number): Promise<Deno.TcpConn> {
  while (true) {
    try {
      return await Deno.connect({ hostname: "127.0.0.1", port });
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      if (performance.now() > deadline) throw new Error("Cannot start the server: see above");
    }
  }
}

/** Adds the difference to the baseline's start of the same round. */
function withExtra(samples: readonly Sample[]): Sample[] {
  return samples.map((sample) => {
    const base = samples.find(({ round, impl }) => round === sample.round && impl === BASELINE);
    if (base === undefined || sample.impl === BASELINE) return sample;
    const extra = sample.values["start_ms"]! - base.values["start_ms"]!;
    return { ...sample, values: { ...sample.values, "extra_ms": extra } };
  });
}

function tooSlow(figures: readonly Figure[]): Absence[] {
  const extra = figures.find(({ unit }) => unit === "extra_ms");
  if (extra === undefined || extra.median <= MOST_EXTRA_MS) return [];
  const why = `started ${
    readable(extra.median)
  } ms after deno, at most ${MOST_EXTRA_MS} are allowed`;
  return [{ impl: extra.impl, why }];
}
