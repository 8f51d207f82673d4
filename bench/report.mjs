/** The results as one Markdown document: what was reached, then every table. */
import { countReached, missedGates, renderClaims, roundsOf, sentenceOf } from "./claims.mjs";

/**
 * @typedef {object} Table
 * @property {string} title
 * @property {readonly string[]} notes what a reader must know to read it
 * @property {readonly string[]} columns
 * @property {readonly (readonly string[])[]} rows
 * @property {readonly import("./claims.mjs").Claim[]} claims
 */

/** @param {{ date: string, machine: object, settings: object, tables: readonly Table[], failures: readonly string[] }} results */
export function renderReport({ date, machine, settings, tables, failures }) {
  const claims = tables.flatMap((table) => table.claims);
  const lines = [
    "# Bench results",
    "",
    `Printed by \`npm run bench${settings.quick ? " -- --quick" : ""}\` on ${date}. Losses are included: nothing is left out that the bench measured.`,
    ...(settings.quick ? ["", "**Quick**: small stores, short rounds. For a first impression, not for figures."] : []),
    "",
    `Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.system}; file system type ` +
      `${machine.fileSystem}; Node ${machine.node}; ${machine.rivals}; load average at the start ${machine.loadAverage}.`,
    "",
    `Subjects take turns in ${roundsOf(settings.rounds)} (where a table says otherwise, that many); figures are medians of the rounds, ratios are`,
    "taken inside one round. Compare inside one table only. What a store holds afterwards is counted against what was acknowledged.",
    ...failures.flatMap((failure) => ["", `**Failed**, so not in the tables: ${failure}`]),
    ...renderSummary(claims),
  ];
  for (const table of tables) lines.push("", ...renderTable(table));
  return `${lines.join("\n")}\n`;
}

/** @param {Table} table */
export function renderTable({ title, notes, columns, rows, claims }) {
  return [
    `## ${title}`,
    "",
    ...notes.flatMap((note) => [note, ""]),
    `| ${columns.join(" | ")} |`,
    `|${columns.map((_, index) => (index === 0 ? "---|" : "---:|")).join("")}`,
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
    ...(claims.length > 0 ? ["", ...claims.map((claim) => `- ${sentenceOf(claim)}`)] : []),
  ];
}

function renderSummary(claims) {
  if (claims.length === 0) return [];
  const missed = missedGates(claims).map((line) => `- ${line}`);
  const misses = missed.length === 0 ? [] : ["", "Gates missed, by most first:", "", ...missed];
  return ["", "## What was to be reached", "", countReached(claims), "", ...renderClaims(claims), ...misses];
}
