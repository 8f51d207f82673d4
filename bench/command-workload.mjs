/** What `bench/commands.mjs` runs, and the stores it runs on: shaped like the trackers of real projects. */

const STATUSES = [
  "completed",
  "pending",
  "completed",
  "pending",
  "completed",
  "pending",
  "completed",
  "blocked",
  "completed",
  "deferred",
];
const PRIORITIES = ["critical", "high", "medium", "low"];

export function taskId(number) {
  return `T-${String(number).padStart(10, "0")}`;
}

/** 45 % tasks, as many edges, the rest decisions and handoffs; half of the tasks are finished. */
export function* seedItems(entities) {
  const tasks = Math.floor(entities * 0.45);
  const decisions = Math.floor(entities * 0.06);
  const edges = Math.floor(entities * 0.45);
  const filedAt = (number) => new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString();
  for (let number = 0; number < tasks; number += 1) {
    yield {
      id: taskId(number),
      type: "task",
      props: {
        title: `Make part ${number} of the machine work under load`,
        description: `What is to be done for part ${number}. `.repeat(12),
        status: STATUSES[number % STATUSES.length],
        priority: PRIORITIES[(number * 7) % 4],
        filedAt: filedAt(number),
        filedBy: "seed",
      },
    };
  }
  for (let number = 0; number < decisions; number += 1) {
    const props = { title: `Decision ${number}`, status: "accepted", rationale: "It is simpler. ".repeat(10) };
    yield {
      id: `D-${String(number).padStart(10, "0")}`,
      type: "decision",
      props: { ...props, filedAt: filedAt(number) },
    };
  }
  for (let number = 0; number < entities - tasks - decisions - edges; number += 1) {
    const status = number % 3 === 0 ? "initiated" : "completed";
    const props = { fromAgent: "a", toAgent: "bench", task: taskId(number % tasks), status };
    yield {
      id: `H-${String(number).padStart(10, "0")}`,
      type: "handoff",
      props: { ...props, filedAt: filedAt(number) },
    };
  }
  for (let number = 1; number <= edges; number += 1) {
    const from = number % tasks;
    const to = (number * 31) % Math.max(1, from);
    if (number % 8 === 0 && number < decisions) {
      yield { type: "AFFECTS", from: `D-${String(number).padStart(10, "0")}`, to: taskId(from) };
    } else if (from > to) {
      yield { type: number % 5 === 0 ? "RELATES_TO" : "DEPENDS_ON", from: taskId(from), to: taskId(to) };
    }
  }
}
