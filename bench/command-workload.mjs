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

const decision = "D-0000000003";

/**
 * Name, and the words of the command for a task.
 *
 * @type {readonly (readonly [name: string, argvOf: (id: string) => readonly string[]])[]}
 */
export const COMMANDS = [
  ["--version", () => ["--version"]],
  ["help", () => ["help"]],
  ["prime", () => ["prime"]],
  ["stats", () => ["stats"]],
  ["log", () => ["log", "-n", "10"]],
  ["config list", () => ["config", "list"]],
  ["task list -n 10", () => ["task", "list", "-n", "10"]],
  ["task list --status pending -n 50", () => ["task", "list", "--status", "pending", "-n", "50"]],
  ["task list --text (rare)", () => ["task", "list", "--text", "part 150 of", "-n", "5"]],
  ["task show ID", (id) => ["task", "show", id]],
  ["task show (end of an id)", (id) => ["task", "show", id.slice(-8)]],
  ["task ready", () => ["task", "ready"]],
  ["task next", () => ["task", "next"]],
  ["task history", (id) => ["task", "history", id]],
  ["task create", () => ["task", "create", "Measure it"]],
  ["task update", (id) => ["task", "update", id, "--priority", "high"]],
  ["task next --claim", () => ["task", "next", "--claim"]],
  ["task depends", (id) => ["task", "depends", id, "--on", taskId(1)]],
  ["decision log", (id) => ["decision", "log", "A decision", "--affects", id]],
  ["decision list -n 10", () => ["decision", "list", "-n", "10"]],
  ["decision show", () => ["decision", "show", decision]],
  ["decision why", (id) => ["decision", "why", id]],
  ["handoff list -n 10", () => ["handoff", "list", "-n", "10"]],
  ["handoff show", () => ["handoff", "show", "H-0000000003"]],
  ["edge list ID", (id) => ["edge", "list", id]],
  ["edge add", (id) => ["edge", "add", id, "RELATES_TO", taskId(2)]],
];
