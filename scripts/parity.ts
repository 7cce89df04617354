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

/** The page. */
export function render(
  items: ReadonlyMap<string, Readonly<Record<string, Item>>>,
  files: readonly TestFile[],
): string {
  const parts = [
    "# Parity with Tokio\n\nWritten by `deno task parity` from the tables in `tests/parity/`; " +
    "`deno task parity --check` verifies that every symbol and every test named there exists. " +
    "*Done* is the same with JavaScript's names and types, *different* and *impossible* say why, " +
    "*later* waits for a module that is not there yet.",
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
      .map(([name, entry]) => [`\`${name}\``, kindOf(entry), reasonOf(entry)]);
    if (rows.length > 0) parts.push(`### ${source}\n\n${table(["test", "", "why"], rows)}`);
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

/** What is wrong with the tables. */
export async function mistakes(
  items: ReadonlyMap<string, Readonly<Record<string, Item>>>,
  files: readonly TestFile[],
  symbols: ReadonlySet<string>,
  readSource: (path: string) => Promise<string | undefined>,
): Promise<string[]> {
  const found: string[] = [];
  for (const [area, entries] of items) {
    for (const [path, entry] of Object.entries(entries)) {
      for (const name of namesIn(entry)) {
        if (!symbols.has(name)) found.push(`${area}: ${path}: there is no ${name}`);
      }
    }
  }
  for (const { source, tests } of files) {
    for (const [test, entry] of Object.entries(tests)) {
      for (const name of namesIn(entry)) {
        const [, path, title] = name.match(/^(\S+): (.+)$/) ?? [];
        const text = path === undefined ? undefined : await readSource(path);
        if (text?.includes(title!)) continue;
        found.push(`${source}: ${test}: there is no test "${name}"`);
      }
    }
  }
  return found;
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
  const sources = new Map<string, Promise<string | undefined>>();
  const readSource = (path: string) => {
    const known = sources.get(path);
    if (known !== undefined) return known;
    // Quotes in a name are escaped in the source that writes it.
    const text = Deno.readTextFile(new URL(path, ROOT)).then(
      (source) => source.replaceAll('\\"', '"'),
      () => undefined,
    );
    sources.set(path, text);
    return text;
  };
  const symbols = await symbolPaths(Object.values(config.exports), ROOT);
  const found = await mistakes(items, files, symbols, readSource);
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
