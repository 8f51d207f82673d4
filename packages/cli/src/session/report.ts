/** What a session did, computed from what the store acknowledged to its agents. */
import type { Acknowledgement } from "./acknowledgements.ts";
import { summarizeLatencies } from "./latency.ts";
import type { AgentsOutcome } from "./run-agents.ts";

export function reportLines(outcome: AgentsOutcome, acknowledgements: readonly Acknowledgement[]): readonly string[] {
  const count = (kind: Acknowledgement["kind"]): number => acknowledgements.filter((one) => one.kind === kind).length;
  const { p50Ms, p99Ms, maxMs } = summarizeLatencies(acknowledgements.map((one) => one.latencyMs));
  return [
    `tasks       ${outcome.completedCount} completed in ${(outcome.elapsedMs / 1000).toFixed(1)} s by ${outcome.agents.length} agents`,
    `thinking    ${count("note")} notes, ${count("decision")} decisions`,
    `handoffs    ${count("handoff")} initiated, ${count("accept")} accepted`,
    `commits     ${acknowledgements.length} acknowledged, ${rateText(acknowledgements)}`,
    `conflicts   ${outcome.conflictCount ?? "not counted by this engine"}${outcome.conflictCount === undefined ? "" : " retried"}`,
    `latency     p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, max ${ms(maxMs)}`,
    `fairness    ${fairnessText(outcome, acknowledgements)}`,
    `kill        ${killText(outcome)}`,
  ];
}

/** The average counts the time agents think, and wait for a lease to run out; the busiest second shows the store at work. */
function rateText(acknowledgements: readonly Acknowledgement[]): string {
  const times = acknowledgements.map((one) => one.atMs).toSorted((a, b) => a - b);
  const [first = 0] = times;
  const seconds = Math.max(1, (times.at(-1) ?? 0) - first) / 1000;
  let busiest = 0;
  let start = 0;
  for (const [index, atMs] of times.entries()) {
    while ((times[start] ?? atMs) <= atMs - 1000) start += 1;
    busiest = Math.max(busiest, index - start + 1);
  }
  return `${(times.length / seconds).toFixed(0)} per second on average, ${busiest} in the busiest second`;
}

/** Commits of the slowest over those of the fastest agent; the killed one is left out, it had less time. */
function fairnessText({ agents, kill }: AgentsOutcome, acknowledgements: readonly Acknowledgement[]): string {
  const counts = agents
    .filter((agent) => agent !== kill?.agent)
    .map((agent) => acknowledgements.filter((one) => one.agent === agent).length);
  const slowest = Math.min(...counts);
  const fastest = Math.max(...counts);
  return `${slowest} to ${fastest} commits an agent (${(fastest === 0 ? 1 : slowest / fastest).toFixed(2)})`;
}

function killText({ kill }: AgentsOutcome): string {
  if (kill === undefined) return "nobody was killed: that takes a second agent and a task to hold";
  const { agent, task, fence, takenBy, takenAfterMs } = kill;
  const came =
    takenBy === undefined || takenAfterMs === undefined
      ? "nobody took it up"
      : `${takenBy} took it over ${(takenAfterMs / 1000).toFixed(1)} s later`;
  return `${agent} died holding ${task} under fence ${fence}; ${came}`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
