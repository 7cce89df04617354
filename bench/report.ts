/**
 * What a benchmark returns, and how it is told: tables, JSON lines, files.
 *
 * @module
 */

import { err, out } from "./out.ts";
import { type Figure, markdownTable, readable } from "./stats.ts";
import { groupedBars, type Panel } from "./svg.ts";

/** An implementation that could not take part, or could not finish. */
export interface Absence {
  readonly impl: string;
  readonly why: string;
}

/** The result of a benchmark. */
export interface Report {
  readonly bench: string;
  readonly figures: readonly Figure[];
  /** The units that make the columns of the tables, each with its heading. */
  readonly columns: Readonly<Record<string, string>>;
  /** The units that the chart shows, each with what a reader has to know. */
  readonly charts: Readonly<Record<string, string>>;
  /** Where a bar is cut off, if some are too high for the others to be seen. */
  readonly chartLimit?: number;
  /** Which version of what took part. */
  readonly versions: Readonly<Record<string, string>>;
  /** Tools this machine does not have. */
  readonly missing: readonly Absence[];
  /** What should have worked. Any of these makes the benchmark fail. */
  readonly failed: readonly Absence[];
}

/** Prints the report to stdout, as tables or as JSON lines. */
export function print(report: Report, json: boolean): void {
  if (!json) out(markdown(report));
  else for (const figure of report.figures) out(JSON.stringify(figure));
  if (json) { for (const { impl, why } of report.missing) err(`${impl} is missing: ${why}`); }
  for (const { impl, why } of report.failed) err(`${impl} FAILED: ${why}`);
}

/** Writes `<bench>.json`, `.md` and `.svg` into a folder. */
export async function write(report: Report, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const machine = await describeMachine();
  const { bench, figures, versions, missing, failed } = report;
  const lines = figures.map((figure) => "    " + JSON.stringify(figure)).join(",\n");
  const head = JSON.stringify({ bench, machine, versions, missing, failed }, null, 2).slice(0, -2);
  await Deno.writeTextFile(
    `${folder}/${bench}.json`,
    `${head},\n  "figures": [\n${lines}\n  ]\n}\n`,
  );
  const text = `# ${bench}\n\n${machine}\n\n${markdown(report)}\n`;
  await Deno.writeTextFile(`${folder}/${bench}.md`, text);
  await Deno.writeTextFile(`${folder}/${bench}.svg`, groupedBars(bench, panels(report)));
  err(`wrote ${folder}/${bench}.{json,md,svg}`);
}

/** One table per case, then who took part and who did not. */
export function markdown(report: Report): string {
  const parts = unique(report.figures.map((figure) => figure.case)).map((name) =>
    `### ${name}\n\n${caseTable(report, name)}\n`
  );
  const versions = Object.entries(report.versions).map(([impl, version]) =>
    `- ${impl}: ${version}`
  );
  const missing = report.missing.map(({ impl, why }) => `- ${impl}: missing: ${why}`);
  const failed = report.failed.map(({ impl, why }) => `- ${impl}: FAILED: ${why}`);
  return [...parts, ...versions, ...missing, ...failed].join("\n");
}

function caseTable(report: Report, name: string): string {
  const figures = report.figures.filter((figure) => figure.case === name);
  const units = Object.keys(report.columns).filter((unit) =>
    figures.some((figure) => figure.unit === unit)
  );
  const header = ["impl", ...units.map((unit) => report.columns[unit]!)];
  const rows = unique(figures.map((figure) => figure.impl)).map((impl) => {
    const own = figures.filter((figure) => figure.impl === impl);
    const value = (unit: string) => own.find((figure) => figure.unit === unit)?.median;
    return [impl, ...units.map((unit) => readable(value(unit)))];
  });
  return markdownTable(header, rows);
}

/** A panel per charted unit and regime; the regime is what stands before the `/` of a case. */
function panels(report: Report): Panel[] {
  return Object.entries(report.charts).flatMap(([unit, title]) => {
    const figures = report.figures.filter((figure) => figure.unit === unit);
    return unique(figures.map((figure) => regimeOf(figure.case))).map((regime) => {
      const own = figures.filter((figure) => regimeOf(figure.case) === regime);
      const groups = unique(own.map((figure) => figure.case)).map((name) => ({
        label: name.slice(name.indexOf("/") + 1),
        bars: own.filter((figure) => figure.case === name)
          .map((figure) => ({ label: figure.impl, value: figure.median })),
      }));
      const limit = report.chartLimit ?? Infinity;
      return { title: regime === "" ? title : `${regime}: ${title}`, groups, limit };
    });
  });
}

function regimeOf(name: string): string {
  return name.includes("/") ? name.slice(0, name.indexOf("/")) : "";
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}

async function describeMachine(): Promise<string> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const model = info.match(/^model name\s*:\s*(.*)$/m)?.[1] ?? Deno.build.arch;
  return `${navigator.hardwareConcurrency} × ${model}, ${Deno.build.os} ${Deno.osRelease()}`;
}
