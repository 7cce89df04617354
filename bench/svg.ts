/**
 * A small writer of bar charts: panels one below the other, groups of bars in each, a line at 1.
 *
 * Colours are of middle brightness and nothing is painted behind them, so that the chart reads on
 * light and on dark pages.
 *
 * @module
 */

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
}

/** Bars that stand together, with a name below them. */
export interface Group {
  readonly label: string;
  readonly bars: readonly Bar[];
}

/** One chart. */
export interface Panel {
  readonly title: string;
  /** Higher bars are cut off here; their number is still told. */
  readonly limit: number;
  readonly groups: readonly Group[];
}

const WIDTH = 960;
const LEFT = 44;
const LEGEND_WIDTH = 98;
const PANEL_HEIGHT = 220;
const PLOT_TOP = 34;
const PLOT_HEIGHT = 150;
const GROUP_GAP = 14;

/** Above the highest bar there is room for its number. */
const HEADROOM = 1.15;

const COLORS = [
  "#8b949e",
  "#1f9e89",
  "#3fb6d3",
  "#2f7fd1",
  "#d9792b",
  "#b85c12",
  "#c9a227",
  "#c65b9b",
  "#8f78d6",
  "#6a9f3b",
];

const STYLE = `text { font: 12px system-ui, sans-serif; fill: #6e7781; }
.title { font-size: 13px; font-weight: 600; } .value { font-size: 9px; }
.grid { stroke: #8b949e; stroke-opacity: 0.3; } .one { stroke: #8b949e; stroke-dasharray: 4 3; }
@media (prefers-color-scheme: dark) { text { fill: #adb5be; } }`;

/** The chart as the text of an SVG file. */
export function groupedBars(title: string, panels: readonly Panel[]): string {
  const labels = [...new Set(panels.flatMap(labelsOf))];
  const legendRows = Math.ceil(labels.length / Math.floor((WIDTH - LEFT) / LEGEND_WIDTH));
  const top = 14 + legendRows * 20;
  const height = top + panels.length * PANEL_HEIGHT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...labels.map(legendEntry),
    ...panels.map((panel, i) => drawPanel(panel, labels, top + i * PANEL_HEIGHT)),
    "</svg>\n",
  ].join("\n");
}

function labelsOf(panel: Panel): string[] {
  return panel.groups.flatMap((group) => group.bars.map((bar) => bar.label));
}

function colorOf(index: number): string {
  return COLORS[index % COLORS.length]!;
}

function legendEntry(label: string, index: number): string {
  const perRow = Math.floor((WIDTH - LEFT) / LEGEND_WIDTH);
  const x = LEFT + (index % perRow) * LEGEND_WIDTH;
  const y = 8 + Math.floor(index / perRow) * 20;
  return `<rect x="${x}" y="${y}" width="12" height="12" fill="${colorOf(index)}"/>` +
    `<text x="${x + 17}" y="${y + 10}">${escaped(label)}</text>`;
}

function drawPanel(panel: Panel, labels: readonly string[], top: number): string {
  const values = panel.groups.flatMap((group) =>
    group.bars.map((bar) => Math.min(bar.value, panel.limit))
  );
  const highest = Math.ceil(Math.max(1, ...values) * HEADROOM * 4) / 4;
  const groupWidth = (WIDTH - LEFT) / Math.max(1, panel.groups.length);
  return [
    `<g transform="translate(0 ${top})">`,
    `<text class="title" x="${LEFT}" y="20">${escaped(panel.title)}</text>`,
    ...gridLines(highest),
    ...panel.groups.map((group, i) =>
      drawGroup(group, labels, highest, LEFT + i * groupWidth, groupWidth)
    ),
    "</g>",
  ].join("\n");
}

function yOf(value: number, highest: number): number {
  return PLOT_TOP + PLOT_HEIGHT * (1 - value / highest);
}

function gridLines(highest: number): string[] {
  const step = highest > 4 ? Math.ceil(highest / 4) : highest > 2 ? 1 : 0.5;
  const count = Math.floor(highest / step) + 1;
  return Array.from({ length: count }, (_, i) => {
    const y = round(yOf(i * step, highest));
    const kind = i * step === 1 ? "one" : "grid";
    return `<line class="${kind}" x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}"/>` +
      `<text x="${LEFT - 8}" y="${round(y + 4)}" text-anchor="end">${i * step}</text>`;
  });
}

function drawGroup(
  group: Group,
  labels: readonly string[],
  highest: number,
  left: number,
  width: number,
): string {
  const barWidth = Math.min(40, (width - GROUP_GAP) / Math.max(1, group.bars.length));
  const start = left + (width - barWidth * group.bars.length) / 2;
  const bars = group.bars.map((bar, i) =>
    drawBar(bar, colorOf(labels.indexOf(bar.label)), start + i * barWidth, barWidth, highest)
  );
  const middle = round(left + width / 2);
  const y = PLOT_TOP + PLOT_HEIGHT + 18;
  bars.push(`<text x="${middle}" y="${y}" text-anchor="middle">${escaped(group.label)}</text>`);
  return bars.join("\n");
}

function drawBar(bar: Bar, color: string, x: number, width: number, highest: number): string {
  const y = round(yOf(Math.min(bar.value, highest / HEADROOM), highest));
  const height = round(PLOT_TOP + PLOT_HEIGHT - y);
  const value = bar.value.toFixed(2);
  const textX = round(x + width / 2 + 3);
  return `<rect x="${round(x)}" y="${y}" width="${round(width - 1)}" height="${height}" ` +
    `fill="${color}"><title>${escaped(bar.label)}: ${value}</title></rect>` +
    `<text class="value" transform="translate(${textX} ${
      round(y - 3)
    }) rotate(-90)">${value}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
