/**
 * What the bench has to say about one line of DESIGN section 9: a figure of every round, the gate that must be reached and the
 * goal to aim for.
 *
 * @typedef {object} Claim
 * @property {string} measure what is measured: the same words on every claim of one line
 * @property {string} compared the figure, e.g. "commits/s ÷ SQLite WAL FULL"
 * @property {readonly number[]} values by round; the median is judged
 * @property {"at least" | "at most"} direction
 * @property {number} [gate]
 * @property {number} [goal]
 * @property {string} [unit] of the values; "×" for ratios
 * @property {boolean} [isCharted] a ratio to a rival that the chart shows
 */
import { median } from "./statistics.mjs";

/** @returns {"goal" | "gate" | "missed"} the best that was reached; a claim without a gate reaches it always */
export function reached({ values, direction, gate, goal }) {
  const value = median(values);
  const holds = (limit) => (direction === "at least" ? value >= limit : value <= limit);
  if (gate !== undefined && !holds(gate)) return "missed";
  return goal === undefined || holds(goal) ? "goal" : "gate";
}

/** What a reader wants to see at once. */
export function verdictOf(claim) {
  if (claim.gate === undefined && claim.goal === undefined) return "";
  const best = reached(claim);
  if (best === "missed") return "**gate missed**";
  if (claim.gate === undefined) return best === "goal" ? "goal reached" : "goal missed";
  if (claim.goal === undefined) return "gate reached";
  return best === "goal" ? "goal reached" : "gate reached, goal missed";
}

/** One line a claim: what was measured, between what, and what was asked for. */
export function renderClaims(claims) {
  return [
    "| measure | figure | measured | [min..max] of the rounds | gate | goal | |",
    "|---|---|---:|---|---:|---:|---|",
    ...claims.map((claim) => {
      const { measure, compared, values, unit = "" } = claim;
      const spread = values.length > 1 ? `[${format(Math.min(...values))}..${format(Math.max(...values))}]` : "";
      const cells = [measure, compared, `${format(median(values))}${space(unit)}`, spread];
      return `| ${[...cells, limit(claim, claim.gate), limit(claim, claim.goal), verdictOf(claim)].join(" | ")} |`;
    }),
  ];
}

/** The same of one claim, in words. */
export function sentenceOf(claim) {
  const { compared, values, unit = "" } = claim;
  const limits = ["gate", "goal"].filter((kind) => claim[kind] !== undefined);
  const asked = limits.map((kind) => `${kind} ${limit(claim, claim[kind])}`).join(", ");
  return `${compared}: ${format(median(values))}${space(unit)}${asked === "" ? "" : ` (${asked}): ${verdictOf(claim)}`}`;
}

/** The gates that were missed, those missed by most first. */
export function missedGates(claims) {
  const missed = claims.filter((claim) => reached(claim) === "missed");
  return missed
    .toSorted((a, b) => shortfall(b) - shortfall(a))
    .map((claim) => {
      const times = shortfall(claim);
      return `${claim.measure}: ${sentenceOf(claim)}, by a factor of ${format(times)}`;
    });
}

/** How many times the figure is from its gate. */
function shortfall({ values, direction, gate }) {
  return direction === "at least" ? gate / median(values) : median(values) / gate;
}

/** How many gates and goals were reached, in words. */
export function countReached(claims) {
  const gates = claims.filter(({ gate }) => gate !== undefined);
  const goals = claims.filter(({ goal }) => goal !== undefined);
  const gatesReached = gates.filter((claim) => reached(claim) !== "missed").length;
  const goalsReached = goals.filter((claim) => reached(claim) === "goal").length;
  return `${gatesReached} of ${gates.length} gates and ${goalsReached} of ${goals.length} goals are reached.`;
}

/** Numbers as people read them: three digits that say something. */
export function format(value) {
  if (value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en-US");
  if (size >= 10) return value.toFixed(1);
  return size >= 0.1 || size === 0 ? value.toFixed(2) : value.toFixed(3);
}

/** "1 round", "3 rounds". */
export function roundsOf(count) {
  return `${count} round${count === 1 ? "" : "s"}`;
}

function limit({ direction, unit = "" }, value) {
  return value === undefined ? "" : `${direction === "at least" ? "≥" : "≤"} ${value}${space(unit)}`;
}

function space(unit) {
  return unit === "" ? "" : ` ${unit}`;
}
