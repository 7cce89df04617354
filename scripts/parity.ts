/**
 * Writes `docs/tokio-parity.md` from the tables in `tests/parity/`, after it has checked them: every
 * symbol that stands for an item of Tokio is exported, and every test that stands for a test of
 * Tokio exists.
 *
 * ```sh
 * deno task parity           # writes the page
 * deno task parity --check   # fails if the page is not what the tables say
 * ```
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { symbolPaths } from "./symbols.ts";
import { testNames } from "./test_names.ts";

/** What stands for an item of Tokio, by its path in Rust: one of our symbols, or why none does. */
export type Item =
  | string
  | { readonly different: string; readonly symbol?: string }
  | { readonly impossible: string }
  | { readonly later: string };

/** What stands for a test of Tokio: tests of ours as `path: name`, or why none does. */
export type Counterpart =
  | string
  | readonly string[]
  | { readonly different: string; readonly test?: string | readonly string[] }
  | { readonly impossible: string }
  | { readonly later: string };

/** One of Tokio's test files. */
export interface TestFile {
  /** Its path in Tokio's repository. */
  readonly source: string;
  /** Its tests by name. */
  readonly tests: Readonly<Record<string, Counterpart>>;
}

/** How far an item or a test goes with Tokio's. */
export type Kind = "done" | "different" | "impossible" | "later";

const KINDS: readonly Kind[] = ["done", "different", "impossible", "later"];
const REASONED: readonly string[] = ["different", "impossible", "later"];
const ROOT = new URL("../", import.meta.url);
const PAGE = "docs/tokio-parity.md";

/** Which kind an entry of a table is. */
export function kindOf(entry: Item | Counterpart): Kind {
  if (typeof entry === "string" || Array.isArray(entry)) return "done";
  return KINDS.find((kind) => kind in (entry as object)) ?? "done";
}

/** The symbols and the tests that entries name. */
export function namesIn(entry: Item | Counterpart): readonly string[] {
  if (typeof entry === "string") return [entry];
  if (Array.isArray(entry)) return entry;
  const { symbol, test } = entry as { symbol?: string; test?: string | readonly string[] };
  return [symbol ?? [], test ?? []].flat();
}

/** The reason that an entry gives. */
function reasonOf(entry: Item | Counterpart): string {
  if (typeof entry === "string" || Array.isArray(entry)) return "";
  const kind = kindOf(entry);
  return (entry as unknown as Record<Kind, string>)[kind];
}

/** What counts as what. */
const INTRODUCTION = `<!-- deno-fmt-ignore-file -->

# Parity with Tokio

Written by \`deno task parity\` from the tables in \`tests/parity/\`. \`deno task parity --check\` loads
every test file and verifies that each symbol and each test named there exists.

**Items** are the public types, functions, methods and macros of \`tokio\` (tasks, runtime, sync, time,
macros), \`tokio-stream\`, \`tokio-test\` and the parts of \`tokio-util\` that build on these. An item is

- *done* if a symbol here does the same, with JavaScript's names and types: \`snake_case\` becomes
  \`camelCase\`, a \`Result\` becomes a value or something thrown, an \`Option\` becomes a value or
  \`undefined\`, \`Drop\` becomes \`using\`, a duration is a number of milliseconds or an object of units, and
  an owned form is the same as a borrowed one;
- *different* if something here serves the purpose in another way, which is told;
- *impossible* if the language or the platform has no place for it, or it has no purpose there: memory
  is collected, objects are not moved, and in one isolate there is one thread, which must not block;
- *later* if it waits for a part that is not there yet.

\`#[tokio::main]\` is the function \`run\`, \`#[tokio::test]\` and its options are \`test\` of \`testing/\`, and
\`tokio::task::Builder\` is an argument of \`spawn\`.

**Tests** are those of Tokio's files for these parts, under \`tests/\` and within \`src/\`. A file whose
macros run a test on several runtimes counts it once for each. A test is *done* if one or more of ours,
named in the table, show the behaviour that it shows, be it in other words; *different* if what it
shows is another behaviour here, which a test of ours shows; *impossible* and *later* are as above.
Tests by a model of threads (loom) are *different* where random orders take the place of all orders, as on one thread.`;

/** The page. */
export function render(
  items: ReadonlyMap<string, Readonly<Record<string, Item>>>,
  files: readonly TestFile[],
): string {
  const parts = [
    INTRODUCTION,
    "## Items\n\n" + table(
      ["Tokio", "items", ...KINDS],
      [...items].map(([area, entries]) => [area, ...counts(Object.values(entries))]),
    ),
    "## Tests\n\nFor each file of Tokio's tests: how many tests it has, and how many of them have a " +
    "counterpart here that shows the same behaviour, show a different one, cannot exist, or wait.\n\n" +
    table(
      ["Tokio's file", "tests", ...KINDS],
      files.map(({ source, tests }) => [`\`${source}\``, ...counts(Object.values(tests))]),
    ),
  ];
  for (const [area, entries] of items) {
    const rows = Object.entries(entries).map(([path, entry]) => [
      `\`${path}\``,
      kindOf(entry),
      namesIn(entry).map((name) => `\`${name}\``).join(", "),
      reasonOf(entry),
    ]);
    parts.push(`## Items of ${area}\n\n${table(["Tokio", "", "edo", "why"], rows)}`);
  }
  parts.push("## Tests without the same counterpart");
  for (const { source, tests } of files) {
    const rows = Object.entries(tests)
      .filter(([, entry]) => kindOf(entry) !== "done")
      .map(([name, entry]) => [
        `\`${name}\``,
        kindOf(entry),
        namesIn(entry).map((name) => splitName(name)[1]).join("; "),
        reasonOf(entry),
      ]);
    if (rows.length > 0) parts.push(`### ${source}\n\n${table(["test", "", "edo", "why"], rows)}`);
  }
  return parts.join("\n\n") + "\n";
}

function counts(entries: readonly (Item | Counterpart)[]): string[] {
  const kinds = entries.map(kindOf);
  const numbers = KINDS.map((kind) => kinds.filter((other) => other === kind).length);
  return [entries.length, ...numbers].map(String);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const total = head.length > 4 && rows.length > 1 ? [sumOf(rows)] : [];
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, column) => column > 0 && head.length > 4 ? "---:" : "---");
  return [head, rule, ...rows, ...total].map(line).join("\n");
}

function sumOf(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0]!.slice(1).map((_, column) =>
    rows.reduce((sum, row) => sum + Number(row[column + 1]), 0)
  );
  return ["**all**", ...columns.map((sum) => `**${sum}**`)];
}

/** What is wrong with the tables: `tests` has the names of the tests in each file of ours. */
export function mistakes(
  items: ReadonlyMap<string, Readonly<Record<string, Item>>>,
  files: readonly TestFile[],
  symbols: ReadonlySet<string>,
  tests: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const found: string[] = [];
  for (const [area, entries] of items) {
    for (const [path, entry] of Object.entries(entries)) {
      const bad = badReason(entry, "symbol");
      if (bad !== undefined) found.push(`${area}: ${path}: ${bad}`);
      for (const name of namesIn(entry)) {
        if (!symbols.has(name)) found.push(`${area}: ${path}: there is no ${name}`);
      }
    }
  }
  for (const { source, tests: theirs } of files) {
    for (const [test, entry] of Object.entries(theirs)) {
      const bad = badReason(entry, "test");
      if (bad !== undefined) found.push(`${source}: ${test}: ${bad}`);
      for (const name of namesIn(entry)) {
        const [path, title] = splitName(name);
        if (tests.get(path)?.has(title)) continue;
        found.push(`${source}: ${test}: there is no test "${name}"`);
      }
    }
  }
  return found;
}

/** What is wrong with an entry by itself: it says nothing, or two things at once. */
function badReason(entry: Item | Counterpart, names: "symbol" | "test"): string | undefined {
  if (typeof entry === "string") return undefined;
  if (Array.isArray(entry)) return entry.length === 0 ? "it names no test" : undefined;
  const keys = Object.keys(entry).filter((key) => key !== names);
  if (keys.length !== 1 || !REASONED.includes(keys[0]!)) {
    return `expected one of ${REASONED.join(", ")}, found ${keys.join(", ") || "nothing"}`;
  }
  return reasonOf(entry).trim() === "" ? `it does not say why it is ${keys[0]}` : undefined;
}

/** Splits `path: name`. */
function splitName(name: string): readonly [path: string, title: string] {
  const [, path = "", title = ""] = name.match(/^(\S+): (.+)$/s) ?? [];
  return [path, title];
}

/** The paths of the files of ours whose tests the tables name, each once. */
export function filesNamed(files: readonly TestFile[]): ReadonlySet<string> {
  const names = files.flatMap(({ tests }) => Object.values(tests).flatMap(namesIn));
  return new Set(names.map((name) => splitName(name)[0]).filter((path) => path !== ""));
}

async function readTables<T>(folder: string): Promise<Map<string, T>> {
  const tables = new Map<string, T>();
  const names = [...Deno.readDirSync(new URL(folder, ROOT))].map(({ name }) => name).sort();
  for (const name of names) {
    const text = await Deno.readTextFile(new URL(`${folder}/${name}`, ROOT));
    tables.set(name.replace(/\.json$/, ""), JSON.parse(text));
  }
  return tables;
}

async function main(args: readonly string[]): Promise<number> {
  const items = await readTables<Record<string, Item>>("tests/parity/items");
  const files: TestFile[] = [];
  for (const crate of ["tokio", "tokio-stream", "tokio-test", "tokio-util"]) {
    files.push(...(await readTables<TestFile>(`tests/parity/${crate}`)).values());
  }
  files.sort((a, b) => a.source < b.source ? -1 : 1);
  const symbols = await symbolPaths(Object.values(config.exports), ROOT);
  const tests = await testNames(filesNamed(files), ROOT);
  const found = mistakes(items, files, symbols, tests);
  if (found.length > 0) {
    say(found.join("\n"));
    return 1;
  }
  const page = new URL(PAGE, ROOT);
  const text = render(items, files);
  if (!args.includes("--check")) {
    await Deno.writeTextFile(page, text);
    return 0;
  }
  if (await Deno.readTextFile(page) === text) return 0;
  say(`${PAGE} is not what the tables say: run deno task parity`);
  return 1;
}

function say(text: string): void {
  // deno-lint-ignore no-console -- this is a command
  console.error(text);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
