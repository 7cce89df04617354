/**
 * Writes the table of `docs/model-checking.md`: what was explored, and how far.
 *
 * ```sh
 * deno run -A tests/model/report.ts          # as the tests do
 * EDO_MODEL=long deno run -A tests/model/report.ts
 * ```
 *
 * @module
 */

import { type Declared, explore } from "./explorer.ts";
import { all, preemptionsOf } from "./model.ts";

const PAGE = new URL("../../docs/model-checking.md", import.meta.url);
const MARKS = /(<!-- model -->\n)[^]*(<!-- \/model -->)/;

/** The title of each column. */
const HEAD = [
  "protocol",
  "scenario",
  "rules",
  "threads",
  "bound",
  "schedules",
  "steps",
  "mistakes, and the schedules until each is found",
];

function row({ module, scenario }: Declared): string[] {
  const preemptions = preemptionsOf(scenario);
  const { schedules, steps, failure, ms } = explore({ module, scenario }, { preemptions });
  if (failure !== undefined) {
    say(`${scenario.title}: ${failure.message}\n${failure.steps}`);
    Deno.exitCode = 1;
  }
  const mistakes = (scenario.bugs ?? []).map(({ name }, bug) => {
    const found = explore({ module, scenario }, { preemptions, bug });
    if (found.failure !== undefined) return `${name}: ${found.schedules}`;
    Deno.exitCode = 1;
    return `${name}: **not found**`;
  });
  const protocol = module.match(/(\w+)_test\.ts$/)![1]!;
  say(`${protocol}: ${scenario.title}: ${schedules} in ${Math.round(ms)} ms`);
  return [
    protocol,
    scenario.title,
    scenario.rules,
    String(scenario.threads.length),
    preemptions === undefined ? "all" : `≤ ${preemptions}`,
    failure === undefined ? schedules.toLocaleString("en-US") : "**fails**",
    String(steps),
    mistakes.join("; "),
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const rule = HEAD.map((_, i) => i >= 3 && i <= 6 ? "---:" : "---");
  return [HEAD, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function say(text: string): void {
  // deno-lint-ignore no-console -- this is a command
  console.error(text);
}

if (import.meta.main) {
  const here = new URL(".", import.meta.url);
  const files = [...Deno.readDirSync(here)].map(({ name }) => name).toSorted();
  for (const name of files) {
    if (name.endsWith("_test.ts") && name !== "explorer_test.ts") {
      await import(new URL(name, here).href);
    }
  }
  const only = Deno.args[0];
  const chosen = all().filter(({ module }) => only === undefined || module.includes(only));
  const rows = chosen.map(row);
  if (only === undefined) {
    const page = await Deno.readTextFile(PAGE);
    await Deno.writeTextFile(PAGE, page.replace(MARKS, `$1\n${table(rows)}\n\n$2`));
  } else {
    say(table(rows));
  }
  // The workers that wait for the next scenario would keep the process from ending.
  Deno.exit();
}
