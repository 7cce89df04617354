/**
 * Checks the documentation of every entry point: what `deno doc --lint` asks for, and an example
 * for each function and class.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** Kinds of symbols that are understood from the examples of what uses them. */
const NO_EXAMPLE_NEEDED = ["enum", "interface", "typeAlias", "variable"];

/** The part of `deno doc --json` that is read here. */
export interface Documentation {
  /** The symbols of each entry point, by its URL. */
  nodes: Record<string, { symbols: Entry[] }>;
}

/** One exported name; a type and a value may share it. */
export interface Entry {
  /** The name. */
  name: string;
  /** What it stands for; a function has one declaration for each overload. */
  declarations: Declaration[];
}

/** One declaration. */
export interface Declaration extends Documented {
  /** Such as `function` or `class`. */
  kind: string;
  /** Where it is written, also when it is exported again from somewhere else. */
  location: { filename: string; line: number };
  /** The methods of a class, or the symbols of a namespace. */
  def?: { methods?: Method[]; elements?: Entry[] };
}

interface Method extends Documented {
  name: string;
  accessibility?: "private" | "protected" | "public";
}

interface Documented {
  jsDoc?: { tags?: { kind: string }[] };
}

/**
 * The names, with their places, of functions and classes without an example. An example on a class
 * speaks for its methods; without one, each public method has to have its own.
 */
export function missingExamples({ nodes }: Documentation): string[] {
  const missing = new Set<string>();
  const visit = (entries: Entry[]) => {
    for (const { name, declarations } of entries) {
      for (const { kind, def } of declarations) {
        if (kind === "namespace") visit(def?.elements ?? []);
      }
      const needy = declarations.filter(needsExample);
      if (needy.length === 0 || needy.some(hasExample)) continue;
      const { filename, line } = needy[0]!.location;
      for (const member of silentMembers(needy)) {
        missing.add(`${name}${member} (${filename}:${line})`);
      }
    }
  };
  for (const { symbols } of Object.values(nodes)) visit(symbols);
  return [...missing];
}

function needsExample({ kind }: Declaration): boolean {
  return kind !== "namespace" && !NO_EXAMPLE_NEEDED.includes(kind);
}

function hasExample({ jsDoc }: Documented): boolean {
  return jsDoc?.tags?.some(({ kind }) => kind === "example") ?? false;
}

/** The public methods without an example, or the empty name for a symbol that has no methods. */
function silentMembers(declarations: Declaration[]): string[] {
  const methods = declarations.flatMap(({ def }) => def?.methods ?? [])
    .filter(({ accessibility }) => accessibility === undefined || accessibility === "public");
  if (methods.length === 0) return [""];
  const names = new Set(methods.map(({ name }) => name));
  for (const method of methods.filter(hasExample)) names.delete(method.name);
  return [...names].map((name) => name.startsWith("[") ? name : `.${name}`);
}

/** Runs `deno doc` on entry points, and returns what it prints. */
async function denoDoc(flag: string, entries: string[]): Promise<string> {
  const own = Deno.execPath();
  const { state } = await Deno.permissions.query({ name: "run", command: own });
  const command = new Deno.Command(state === "granted" ? own : "deno", {
    args: ["doc", flag, ...entries],
    stderr: "inherit",
  });
  const output = await command.output();
  if (!output.success) Deno.exit(1);
  return new TextDecoder().decode(output.stdout);
}

if (import.meta.main) {
  const entries = Object.values(config.exports);
  await denoDoc("--lint", entries);
  // One by one: given together, an entry that exports another's symbol has a reference to it only.
  const missing = new Set<string>();
  for (const entry of entries) {
    const documentation = JSON.parse(await denoDoc("--json", [entry]));
    for (const symbol of missingExamples(documentation)) missing.add(symbol);
  }
  for (const symbol of missing) {
    // deno-lint-ignore no-console -- this is a command
    console.error(`No @example: ${symbol}`);
  }
  if (missing.size > 0) Deno.exit(1);
}
