/**
 * Runs compiled test files on a host, each in a process of its own, and counts.
 *
 * @module
 */

import { whySkipped } from "../../tests/npm/adapter/skips.ts";
import type { Host } from "./hosts.ts";
import { inParallel, run } from "./run.ts";

/** What came of the tests. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What came of the tests of a host. */
export interface HostOutcome extends Counts {
  /** Why tests were skipped, and how many each. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** What came of the tests of one file. */
interface FileOutcome extends Counts {
  /** Why tests were skipped, one for each. */
  readonly reasons: readonly string[];
  /** What is shown of a failure. */
  readonly report: string;
}

/** The adapter ends a test after a minute; a file of many may take longer on a busy machine. */
const TIMEOUT_MS = 300_000;

/** As many as Deno's own runner would take here. */
const AT_ONCE = Math.max(2, navigator.hardwareConcurrency);

/** Runs the files and tells of those that fail. */
export async function runTests(
  host: Host,
  app: string,
  files: readonly string[],
  tell: (line: string) => void,
): Promise<HostOutcome> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const reasons = new Map<string, number>();
  const skip = (reason: string) => void reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const wanted = files.filter((file) => {
    const reason = whySkipped(host.name, file);
    if (reason !== undefined) skip(`${reason} (a file)`);
    return reason === undefined;
  });
  counts.skipped += files.length - wanted.length;
  await inParallel(wanted, AT_ONCE, async (file) => {
    const outcome = await runFile(host, app, file);
    counts.passed += outcome.passed;
    counts.failed += outcome.failed;
    counts.skipped += outcome.skipped;
    outcome.reasons.forEach(skip);
    if (outcome.failed > 0) tell(`\n${host.name}: ${file}\n${outcome.report}`);
  });
  return { ...counts, reasons };
}

async function runFile(host: Host, app: string, file: string): Promise<FileOutcome> {
  const args = host.name === "bun"
    ? ["test", "--timeout", "60000", `./${file}`]
    : ["--test-reporter=tap", file];
  const { code, output, errors } = await run(host.program, args, {
    cwd: app,
    // Of the processes that a test starts, too: Node warns of each use of its FFI.
    env: { NODE_NO_WARNINGS: "1" },
    timeoutMs: TIMEOUT_MS,
  });
  const all = output + errors;
  const counts = {
    ...host.name === "bun" ? countBun(all) : countTap(output),
    reasons: reasonsIn(all),
  };
  if (code === -1) {
    const last = output.split("\n").filter((line) => /^# Subtest|^\(pass\)/.test(line)).at(-1);
    const report = `not done after ${TIMEOUT_MS} ms, the last that was told of: ${last}`;
    return { ...counts, failed: counts.failed + 1, report };
  }
  // A file that breaks off before its end has no count, nor has one whose tests nobody has seen.
  const broken = code !== 0 && counts.failed === 0 ||
    counts.passed + counts.failed + counts.skipped === 0;
  return { ...counts, failed: counts.failed + (broken ? 1 : 0), report: failuresIn(all) };
}

/** Counts the tests in what `node:test` prints in its form TAP. */
export function countTap(output: string): Counts {
  const number = (what: string) => sum(output, new RegExp(`^# ${what} (\\d+)$`, "gm"));
  return {
    passed: number("pass"),
    failed: number("fail") + number("cancelled"),
    skipped: number("skipped") + number("todo"),
  };
}

/** Counts the tests in what `bun test` prints. */
export function countBun(output: string): Counts {
  const number = (what: string) => sum(output, new RegExp(`^ *(\\d+) ${what}$`, "gm"));
  return { passed: number("pass"), failed: number("fail"), skipped: number("skip") };
}

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
}

/** A test that was skipped, as the runners print it: `ok 1 - name # SKIP`, `(skip) name`. */
const SKIPPED = /^(?:\s*ok \d+ - (.*) # SKIP.*|\(skip\) (.*))$/gm;

/** Why tests were skipped, one reason for each, which their names have. */
export function reasonsIn(output: string): string[] {
  const names = [...output.matchAll(SKIPPED)].map(([, tap, bun]) => tap ?? bun ?? "");
  // What needs() has printed stands for the tests that say nothing themselves.
  const needed = [...output.matchAll(/SKIPS what needs (.*), in /g)].map(([, need]) => need);
  const otherwise = needed.length === 0 ? "it says no reason" : `it needs ${needed.join(", or ")}`;
  return names.map((name) =>
    /\((?:skipped|ignored): (.*?)\)(?:$| \()/.exec(name)?.[1] ?? otherwise
  );
}

/** What a reader needs of the output of a file that failed. */
export function failuresIn(output: string): string {
  const lines = output.split("\n");
  const kept: string[] = [];
  let within = false;
  for (const line of lines) {
    if (/^\s*ok |^\(pass\)|^\(skip\)|^# |^\s*---$|^\s*\.\.\.$|^\s*# Subtest/.test(line)) {
      within = false;
      continue;
    }
    if (/^\s*not ok |\(fail\)|error:|Error/.test(line)) within = true;
    if (within && !/^\s*(duration_ms|type|location|failureType):/.test(line)) kept.push(line);
  }
  const report = kept.length > 0 ? kept : lines;
  return report.slice(0, 60).join("\n");
}
