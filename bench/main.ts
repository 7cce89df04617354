/**
 * `deno task bench NAME [flags]`: runs one benchmark and tells its figures.
 *
 * A benchmark is a file with a `run(options)` that returns a report, and a line in the table below.
 *
 * @module
 */

import * as echo from "./echo.ts";
import { type Defaults, FLAGS, type Options, parseOptions, UsageError } from "./options.ts";
import { err } from "./out.ts";
import { PARTS } from "./primitive_rows.ts";
import * as primitives from "./primitives.ts";
import { print, type Report, write } from "./report.ts";
import { endAllServers } from "./server.ts";
import * as host from "./host.ts";
import * as idle from "./idle.ts";
import * as multi from "./multi.ts";
import * as startup from "./startup.ts";
import * as timers from "./timers.ts";
import * as udp from "./udp.ts";

/** One benchmark. */
interface Benchmark {
  /** Where they differ from those of most. */
  readonly defaults?: Defaults;
  run(options: Options): Promise<Report>;
}

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  echo,
  host,
  idle,
  multi,
  primitives,
  startup,
  timers,
  udp,
  ...Object.fromEntries(Object.keys(PARTS).map((name) => [name, primitives.part(name)])),
};

function usage(problem: string): never {
  err(`${problem}\n\nusage: deno task bench NAME [flags]\n`);
  err(`  NAME               one of ${Object.keys(BENCHMARKS).join(", ")}\n${FLAGS}`);
  Deno.exit(2);
}

function chosen(args: readonly string[]): { benchmark: Benchmark; options: Options } {
  try {
    const { name, options } = parseOptions(args, (name) => benchmarkOf(name).defaults);
    return { benchmark: benchmarkOf(name), options };
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

function benchmarkOf(name: string): Benchmark {
  if (Object.hasOwn(BENCHMARKS, name)) return BENCHMARKS[name]!;
  throw new UsageError(`Cannot run benchmark "${name}": there is none of that name`);
}

async function measure(benchmark: Benchmark, options: Options): Promise<Report> {
  try {
    return await benchmark.run(options);
  } catch (error) {
    if (error instanceof UsageError) return usage(error.message);
    throw error;
  }
}

function endServersOnInterrupt(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      endAllServers();
      Deno.exit(130);
    });
  }
}

async function main(): Promise<void> {
  const { benchmark, options } = chosen(Deno.args);
  endServersOnInterrupt();
  const report = await measure(benchmark, options);
  print(report, options.json);
  if (options.out !== undefined) await write(report, options.out.replace(/\/$/, ""));
  Deno.exit(report.failed.length > 0 ? 1 : 0);
}

if (import.meta.main) await main();
