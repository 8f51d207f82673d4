/**
 * The chart of README.md: one bar for each ratio to a rival, from "as fast" (1 ×) on, on a scale by powers, with a mark at its
 * gate. Plain SVG whose colours follow the reader's light or dark theme.
 */
import { format, reached } from "./claims.mjs";
import { median } from "./statistics.mjs";

const WIDTH = 920;
const LABELS = 490;
const RIGHT = 70;
const ROW = 26;
const TOP = 64;
const BOTTOM = 44;

/** @param {{ date: string, machine: object, settings: object, tables: readonly { claims: readonly object[] }[] }} results */
export function renderChart({ date, machine, tables }) {
  const bars = tables.flatMap(({ claims }) => claims.filter(({ isCharted }) => isCharted)).map(barOf);
  const most = Math.max(2, ...bars.flatMap(({ ratio, gate = 1 }) => [ratio, gate]));
  const least = Math.min(0.5, ...bars.map(({ ratio }) => ratio));
  const place = (ratio) =>
    LABELS + ((Math.log(ratio) - Math.log(least)) / (Math.log(most) - Math.log(least))) * (WIDTH - LABELS - RIGHT);
  const height = TOP + bars.length * ROW + BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Knotwork beside its rivals, as multiples of their speed">`,
    STYLE,
    `<text class="title" x="16" y="26">Knotwork ÷ rival: how many times as fast</text>`,
    `<text class="note" x="16" y="46">${escape(`${date}, ${machine.cpu}, ${machine.cores} cores, ${machine.fileSystem}. Bars begin at 1 ×; | marks the gate; grey: none.`)}</text>`,
    ...axis({ least, most, place, height }),
    ...bars.flatMap((bar, index) => renderBar(bar, { y: TOP + index * ROW, place })),
    "</svg>",
    "",
  ].join("\n");
}

/** Where less is better, how many times less. */
function barOf(claim) {
  const { measure, compared, values, direction, gate } = claim;
  const turned = (value) => (direction === "at least" ? value : 1 / value);
  const rival = compared.slice(compared.indexOf("÷") + 1).trim();
  return {
    label: `${measure} ÷ ${rival}`,
    ratio: turned(median(values)),
    ...(gate === undefined ? {} : { gate: turned(gate) }),
    state: gate === undefined ? "unjudged" : reached(claim) === "missed" ? "missed" : "reached",
  };
}

function renderBar({ label, ratio, gate, state }, { y, place }) {
  const one = place(1);
  const end = place(ratio);
  const [left, right] = [Math.min(one, end), Math.max(one, end)];
  const middle = y + ROW / 2;
  return [
    `<text class="label" x="${LABELS - 10}" y="${middle + 4}" text-anchor="end">${escape(shorten(label))}</text>`,
    `<rect class="${state}" x="${left.toFixed(1)}" y="${y + 5}" width="${Math.max(1, right - left).toFixed(1)}" height="${ROW - 10}" rx="2"/>`,
    ...(gate === undefined
      ? []
      : [
          `<line class="gate" x1="${place(gate).toFixed(1)}" x2="${place(gate).toFixed(1)}" y1="${y + 2}" y2="${y + ROW - 2}"/>`,
        ]),
    `<text class="value" x="${(Math.max(right, place(gate ?? 1)) + 6).toFixed(1)}" y="${middle + 4}">${format(ratio)} ×</text>`,
  ];
}

function axis({ least, most, place, height }) {
  const ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100].filter((tick) => tick >= least && tick <= most);
  return ticks.flatMap((tick) => {
    const x = place(tick).toFixed(1);
    return [
      `<line class="${tick === 1 ? "one" : "grid"}" x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${height - BOTTOM + 6}"/>`,
      `<text class="note" x="${x}" y="${height - BOTTOM + 22}" text-anchor="middle">${tick} ×</text>`,
    ];
  });
}

function shorten(label) {
  return label.length > 78 ? `${label.slice(0, 77)}…` : label;
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const STYLE = `<style>
  svg { font: 13px system-ui, sans-serif; color-scheme: light dark; }
  .title { font-size: 16px; font-weight: 600; } .note { font-size: 12px; opacity: .75; } .label { font-size: 12.5px; }
  text { fill: #1f2328; } .value { font-weight: 600; }
  .reached { fill: #2a7f62; } .missed { fill: #b8562f; } .unjudged { fill: #7d8590; }
  .grid { stroke: #1f2328; opacity: .12; } .one { stroke: #1f2328; opacity: .55; } .gate { stroke: #1f2328; stroke-width: 2.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .reached { fill: #4fb38e; } .missed { fill: #e08a5f; }
    .grid, .one, .gate { stroke: #e6edf3; }
  }
</style>`;
