/** The part of README.md that the bench writes: between two markers, replaced whole, so that no figure there is by hand. */
import { countReached, renderClaims } from "./claims.mjs";

const BEGIN = "<!-- bench: begin, written by npm run bench -->";
const END = "<!-- bench: end -->";

/** @throws Error when the document has no such section */
export function replaceSection(document, results) {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`Cannot write the figures of the bench: no "${BEGIN}" before "${END}"`);
  return `${document.slice(0, from + BEGIN.length)}\n${renderSection(results)}\n${document.slice(to)}`;
}

/** Ratios to rivals only; the rest stands in bench/RESULTS.md. */
function renderSection({ date, machine, tables }) {
  const claims = tables.flatMap((table) => table.claims);
  return [
    `Measured on ${date}: ${machine.cpu}, ${machine.cores} cores, ${machine.fileSystem}, Node ${machine.node}; ${machine.rivals}.`,
    `${countReached(claims)} All of them, with losses and percentiles: [bench/RESULTS.md](bench/RESULTS.md).`,
    "",
    "![How many times as fast as its rivals](bench/chart.svg)",
    "",
    ...renderClaims(claims.filter(({ isCharted }) => isCharted)),
  ].join("\n");
}
