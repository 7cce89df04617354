/**
 * A demonstration: echo servers on edo and on `Deno.listen` under the same load, side by side.
 *
 * ```sh
 * deno task demo
 * deno run -A examples/demo.ts --seconds 60 --connections 500 --size 1024
 * ```
 *
 * Each server, and the load, is a process of its own. The servers take turns in several rounds, so
 * that whatever else the machine does meets all of them.
 *
 * @module
 */

import { numberOption, say, warn } from "./cli.ts";
import { histograms, type Result, table } from "./demo/chart.ts";
import { Child, killAll, listening, type Server } from "./demo/child.ts";
import { Histogram } from "./demo/histogram.ts";
import type { LoadAnswer, LoadRequest } from "./demo/load.ts";
import { type Split, splitProcessors } from "./demo/processors.ts";
import { Progress } from "./demo/progress.ts";

const DENO = "Deno.listen";
const EDO = "edo, yield*";

/** Who takes part: a script, as seen from `demo/`, and its arguments. */
const SERVERS: Readonly<Record<string, readonly [script: string, ...args: string[]]>> = {
  [DENO]: ["./deno_server.ts"],
  "edo, await": ["../echo_server.ts", "--style", "await"],
  [EDO]: ["../echo_server.ts", "--style", "yield"],
};

const ROUNDS = 6;

/** What starting and connecting take of the time, roughly. */
const OVERHEAD_MS = 1_000;

/** Which part of a turn passes before anything is counted. */
const WARMUP = 0.2;

async function start(split: Split | undefined, children: AsyncDisposableStack) {
  const tallies: Tally[] = [];
  for (const [name, [script, ...args]] of Object.entries(SERVERS)) {
    const child = children.use(new Child(script, args, split?.server));
    tallies.push(new Tally(name, await listening(child)));
  }
  return { tallies, load: children.use(new Child("./load.ts", [], split?.load)) };
}

/** What is known of a server so far. */
class Tally {
  readonly rates: number[] = [];
  readonly latencies = new Histogram();
  #messages = 0;
  #processorMs: number | undefined = 0;

  constructor(readonly name: string, readonly server: Server) {}

  get processorNs(): number | undefined {
    return this.#processorMs === undefined ? undefined : this.#processorMs * 1e6 / this.#messages;
  }

  /** Drives the server once. */
  async drive(load: Child, work: Omit<LoadRequest, "port">): Promise<number> {
    const { child, port } = this.server;
    const before = await child.processorMs();
    await load.tell(JSON.stringify({ port, ...work } satisfies LoadRequest));
    const answer: LoadAnswer = JSON.parse(await load.line());
    const after = await child.processorMs();
    const latencies = Histogram.fromJSON(answer.latencies);
    const rate = latencies.total / work.measureMs * 1000;
    this.rates.push(rate);
    this.latencies.add(latencies);
    this.#messages += answer.messages;
    if (before === undefined || after === undefined) this.#processorMs = undefined;
    else if (this.#processorMs !== undefined) this.#processorMs += after - before;
    return rate;
  }
}

/** The servers' results, after all rounds. */
async function measure(
  split: Split | undefined,
  work: { readonly connections: number; readonly size: number; readonly totalMs: number },
): Promise<Result[]> {
  await using children = new AsyncDisposableStack();
  using progress = new Progress(work.totalMs);
  progress.status("starting the servers");
  const { tallies, load } = await start(split, children);
  const turnMs = Math.max(work.totalMs - OVERHEAD_MS, 500) / (ROUNDS * tallies.length);
  const { connections, size } = work;
  const turn = { connections, size, warmupMs: turnMs * WARMUP, measureMs: turnMs * (1 - WARMUP) };
  for (let round = 1; round <= ROUNDS; round++) {
    // Every other round goes backwards: nobody always comes after the same one.
    for (const tally of round % 2 === 0 ? tallies.toReversed() : tallies) {
      const what = `round ${round} of ${ROUNDS}: ${tally.name}`;
      progress.status(what);
      const rate = await tally.drive(load, turn);
      progress.event(`${what}: ${Math.round(rate)} msg/s`);
    }
  }
  return tallies;
}

function endOnInterrupt(): void {
  const signals = Deno.build.os === "windows"
    ? ["SIGINT"] as const
    : ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => {
      killAll();
      Deno.exit(130);
    });
  }
}

async function main(): Promise<void> {
  const totalMs = numberOption("seconds", 15) * 1000;
  const connections = Math.max(1, Math.floor(numberOption("connections", 50)));
  const size = Math.max(4, Math.floor(numberOption("size", 64)));
  const split = await splitProcessors();
  say(`TCP echo, ${connections} connections, ${size} bytes, one message on its way on each`);
  say(
    split === undefined
      ? "servers and load run where the system puts them: taskset cannot choose two processors"
      : `servers on processor ${split.server}, load on processor ${split.load} (taskset)`,
  );
  say("");
  const results = await measure(split, { connections, size, totalMs });
  const named = (name: string) => results.find((result) => result.name === name)!;
  say(table(results, named(DENO)));
  say("A server in C is missing: it needs a compiler, see deno task bench echo\n");
  say(`Latency of a message\n\n${histograms(named(EDO), named(DENO))}`);
}

if (import.meta.main) {
  endOnInterrupt();
  try {
    await main();
    Deno.exit(0);
  } catch (error) {
    killAll();
    warn(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
