/**
 * What does not run on Node and Bun, and why. The one table of it.
 *
 * @module
 */

/** Files or tests that are left out. */
export interface Skip {
  /** The file, or a folder, from the root of the repository. */
  readonly path: string;
  /** The tests, by their names; else the file is not even loaded. */
  readonly test?: RegExp;
  /** Where, as `"node20"` or `"bun"`; else everywhere but on Deno. */
  readonly hosts?: readonly string[];
  /** Why. */
  readonly reason: string;
}

const SOURCES = "it is about the sources, which are the same everywhere";
const DENO = "it is about Deno itself";
const TABLES = "the tables are compared with C once for all hosts";
const NODES = ["node20", "node22", "node24", "node26"];

/** What is left out. */
export const SKIPS: readonly Skip[] = [
  { path: "tests/ffi/layout_test.ts", reason: TABLES },
  { path: "tests/ffi/windows/layout_test.ts", reason: TABLES },
  { path: "tests/ffi/libc_test.ts", test: /prototype/, reason: SOURCES },
  { path: "tests/ffi/libc_test.ts", test: /memory that C and JavaScript share/, reason: DENO },
  { path: "tests/ffi/library_test.ts", test: /--allow-ffi|a grant for|without Deno/, reason: DENO },
  {
    path: "tests/ffi/windows/calls_test.ts",
    test: /prototype|passes a 64-bit length/,
    reason: SOURCES,
  },
  { path: "tests/ffi/os_error_test.ts", test: /Deno\.errors|begins with class/, reason: DENO },
  {
    path: "tests/future/then_test.ts",
    test: /unhandled rejection|nobody handles/,
    reason: "the test runners of Node and Bun take an unhandled rejection for a failure",
  },
  {
    path: "tests/host/next_turn_test.ts",
    reason: "it loads a module of the sources a second time, as a browser would",
  },
  { path: "tests/host/permissions_test.ts", reason: "only Deno has permissions for the network" },
  {
    path: "tests/model/",
    reason: "the model checker drives workers of the Web, once for all hosts",
  },
  { path: "tests/net/adopt_test.ts", test: /non-blocking/, reason: "it looks through Deno's FFI" },
  { path: "tests/net/interop_test.ts", test: /Deno\.|fetch/, reason: DENO },
  { path: "tests/net/socket_addr_test.ts", test: /for the inspector/, reason: DENO },
  { path: "tests/net/urgent_test.ts", reason: "it sends through Deno's FFI" },
  {
    path: "tests/reactor/process_test.ts",
    test: /setTimeout and fetch/,
    reason: "Deno serves in it",
  },
  {
    path: "tests/scheduler/multi_thread/faults_test.ts",
    test: /cannot close its worker/,
    reason: "Node and Bun have no close() among their globals",
  },
  {
    path: "tests/scheduler/multi_thread/faults_test.ts",
    test: /^without Worker one|without \$\{name\} one/,
    hosts: NODES,
    reason: "Node has no Worker among its globals",
  },
  {
    path: "tests/scheduler/multi_thread/faults_test.ts",
    test: /may not be started|without FFI/,
    reason: "it takes permissions of Deno away",
  },
  { path: "tests/scheduler/late_threads_test.ts", reason: "Deno tells it what a module imports" },
  { path: "tests/time/types_test.ts", reason: "it is only about types" },
  { path: "tests/time/pause_io_test.ts", reason: "it listens with Deno" },
];

/**
 * Why a test, or with no name a whole file, is left out.
 *
 * @param host As the command line calls it.
 * @param file Where the test is; what is before `tests/` does not matter.
 * @param name What it is called.
 */
export function whySkipped(host: string, file: string, name?: string): string | undefined {
  const path = file.slice(file.lastIndexOf("/tests/") + 1).replace(/\.js$/, ".ts");
  return SKIPS.find((skip) =>
    path.startsWith(skip.path) && (skip.hosts?.includes(host) ?? true) &&
    (name === undefined ? skip.test === undefined : skip.test?.test(name))
  )?.reason;
}
