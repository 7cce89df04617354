/**
 * Runs the C load generator (`bench/load/load.c`) and reads its result.
 *
 * @module
 */

import { build, WORK } from "./build.ts";
import { pinned } from "./processors.ts";
import { lastLine, runProgram } from "./tools.ts";

/** What to drive, and how. */
export interface Load {
  readonly udp: boolean;
  readonly port: number;
  /** The server's processes, whose CPU time and memory are read. */
  readonly pids: readonly number[];
  readonly connections: number;
  readonly size: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
}

/** What came of it. The names are those of the line of JSON it prints. */
export type LoadResult = Readonly<
  Record<
    | "messages"
    | "seconds"
    | "rate"
    | "p50_us"
    | "p90_us"
    | "p99_us"
    | "p999_us"
    | "max_us"
    | "resent"
    | "stale"
    | "min_per_connection"
    | "max_per_connection"
    | "server_cpu_us"
    | "load_cpu_us"
    | "others_cpu"
    | "server_rss_kib",
    number
  >
>;

/** Builds the load generator; without it there is no benchmark. */
export async function prepareLoad(): Promise<void> {
  const problem = await build("load");
  if (problem) throw new Error(`Cannot build the load generator: ${problem.missing}`);
}

/** Drives a server for `warmupSeconds + seconds` from these processors. */
export async function runLoad(load: Load, processors: string): Promise<LoadResult> {
  const args = [
    ...(load.udp ? ["--udp"] : []),
    ...["--port", load.port, "--connections", load.connections, "--size", load.size],
    ...["--seconds", load.seconds, "--warmup", load.warmupSeconds],
    ...load.pids.flatMap((pid) => ["--pid", pid]),
  ];
  const [command, ...rest] = pinned(processors, `${WORK}/load`, args.map(String));
  const { success, stdout, stderr } = await runProgram(command!, rest);
  if (!success) throw new Error(`Cannot drive port ${load.port}: ${lastLine(stderr)}`);
  return JSON.parse(stdout) as LoadResult;
}

/**
 * Connections that are open and say nothing. Disposing it closes them, and throws if one of them
 * was closed by the server, or said something, meanwhile.
 */
export class IdleConnections implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
  }

  /** Connects to a server so many times. It has not accepted them all when this returns. */
  static async open(port: number, count: number, processors: string): Promise<IdleConnections> {
    const args = ["--idle", "--port", String(port), "--connections", String(count)];
    const [command, ...rest] = pinned(processors, `${WORK}/load`, args);
    const child = new Deno.Command(command!, {
      args: rest,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const idle = new IdleConnections(child);
    for await (const _chunk of child.stdout) return idle; // its one line: "open"
    await idle[Symbol.asyncDispose]();
    throw new Error(`Cannot open ${count} connections to port ${port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close();
    const { success } = await this.#child.status;
    if (!success) throw new Error("Cannot keep idle connections: see above");
  }
}
