/** Medians and percentiles. */

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The smallest value that at least `share` of the values do not exceed. `sorted` must be ascending. */
export function percentile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** One round of one subject, out of what its processes answered. */
export function summarize(answers) {
  const latenciesMs = answers.flatMap((answer) => answer.latenciesMs).sort((a, b) => a - b);
  const commits = latenciesMs.length;
  const counts = answers.map((answer) => answer.latenciesMs.length);
  return {
    commits,
    commitsPerSecond: answers.reduce((sum, answer) => sum + (answer.latenciesMs.length * 1000) / answer.elapsedMs, 0),
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    maxMs: latenciesMs.at(-1),
    cpuUsPerCommit: answers.reduce((sum, answer) => sum + answer.cpuUs, 0) / commits,
    fairness: Math.min(...counts) / Math.max(...counts),
  };
}

/** The items, another one first in each round: what goes first meets a machine that just rested. */
export function turned(items, by) {
  return items.map((_, index) => items[(index + by) % items.length]);
}
