/** The command lines that `bench/commands.mjs` measures, in order: later ones work on what earlier ones made. */
import { taskId } from "./command-workload.mjs";

/**
 * @typedef {object} Round
 * @property {string} id a task that others depend on
 * @property {number} number of the round, from 1
 * @property {(command: string, field: string) => string} told what the command of this name answered in this round
 *
 * @typedef {readonly [name: string, argvOf: (round: Round) => readonly string[]]} Line
 */

const own = ({ number }) => `TB-bench-${number}`;
const sprint = ({ number }) => String(900 + number);
const epic = ({ number }) => `EPIC-bench-${number}`;
const layer = ({ number }) => `LB-bench-${number}`;
const name = ({ number }) => `bench-${number}`;

const proof = ({ told }) => ["--token", told("task claim", "token"), "--fence", told("task claim", "fence")];

/** @type {readonly Line[]} */
const reads = [
  ["--version", () => ["--version"]],
  ["help", () => ["help"]],
  ["help --all", () => ["help", "--all"]],
  ["schema task list", () => ["schema", "task", "list"]],
  ["prime", () => ["prime"]],
  ["stats", () => ["stats"]],
  ["log -n 10", () => ["log", "-n", "10"]],
  ["config list", () => ["config", "list"]],
  ["task list -n 10", () => ["task", "list", "-n", "10"]],
  ["task list --status pending -n 50", () => ["task", "list", "--status", "pending", "-n", "50"]],
  ["task list --text (rare)", () => ["task", "list", "--text", "part 150 of", "-n", "5"]],
  ["task list --text (in every task)", () => ["task", "list", "--text", "machine", "-n", "5"]],
  ["task show ID", ({ id }) => ["task", "show", id]],
  ["task show (end of an id)", ({ id }) => ["task", "show", id.slice(-8)]],
  ["task ready", () => ["task", "ready"]],
  ["task next", () => ["task", "next"]],
  ["task history", ({ id }) => ["task", "history", id]],
  ["ready", () => ["ready"]],
  ["blocked", () => ["blocked"]],
  ["unblocks", ({ id }) => ["unblocks", id]],
  ["critical-path --to ID", ({ id }) => ["critical-path", "--to", id]],
  ["critical-path (of all)", () => ["critical-path"]],
  ["locks", () => ["locks"]],
  ["search (rare)", () => ["search", '"part 150 of"']],
  ["search (in every task)", () => ["search", "machine"]],
  ["search --whole (in every task)", () => ["search", "machine", "--whole"]],
  ["show ID", ({ id }) => ["show", id]],
  ["history ID", ({ id }) => ["history", id]],
  ["diff", () => ["diff", "1..2", "-n", "20"]],
  ["drift", () => ["drift"]],
  ["notes", ({ id }) => ["notes", id]],
  ["decision list -n 10", () => ["decision", "list", "-n", "10"]],
  ["decision show", () => ["decision", "show", "D-0000000003"]],
  ["decision why", ({ id }) => ["decision", "why", id]],
  ["handoff list -n 10", () => ["handoff", "list", "-n", "10"]],
  ["handoff show", () => ["handoff", "show", "H-0000000003"]],
  ["edge list ID", ({ id }) => ["edge", "list", id]],
  ["edge types", () => ["edge", "types"]],
  ["orphan report", () => ["orphan", "report"]],
  ["orphan suggest", ({ id }) => ["orphan", "suggest", id]],
  ["query task -n 10", () => ["query", "task", "-n", "10"]],
  ["query --where … --count", () => ["query", "task", "--where", "status = pending", "--count"]],
  ["query walk --depth 3", ({ id }) => ["query", "walk", id, "--out", "DEPENDS_ON", "--depth", "3"]],
  ["query neighbours", ({ id }) => ["query", "neighbours", id, "--in", "any"]],
];

/** @type {readonly Line[]} */
const writes = [
  ["task create", (round) => ["task", "create", "Measure it", "--id", own(round)]],
  ["task update", (round) => ["task", "update", own(round), "--priority", "high"]],
  ["task next --claim", () => ["task", "next", "--claim"]],
  ["task claim", (round) => ["task", "claim", own(round)]],
  ["task heartbeat", (round) => ["task", "heartbeat", own(round), ...proof(round)]],
  ["locks (with claims)", () => ["locks"]],
  ["task release", (round) => ["task", "release", own(round), ...proof(round)]],
  ["task start", (round) => ["task", "start", own(round)]],
  ["task block", (round) => ["task", "block", own(round), "--reason", "no host"]],
  ["task unblock", (round) => ["task", "unblock", own(round)]],
  ["task complete", (round) => ["task", "complete", own(round)]],
  ["task reopen", (round) => ["task", "reopen", own(round)]],
  ["task defer", (round) => ["task", "defer", own(round)]],
  ["task depends", (round) => ["task", "depends", own(round), "--on", taskId(1)]],
  ["edge add", (round) => ["edge", "add", own(round), "RELATES_TO", taskId(2)]],
  ["edge remove", (round) => ["edge", "remove", own(round), "RELATES_TO", taskId(2)]],
  ["note", (round) => ["note", own(round), "Half is done"]],
  ["comment", (round) => ["comment", own(round), "See the log"]],
  ["handoff initiate", (round) => ["handoff", "initiate", own(round), "--to", "bench"]],
  ["handoff reject", (round) => ["handoff", "reject", round.told("handoff initiate", "id"), "--reason", "no time"]],
  ["decision log", (round) => ["decision", "log", "A decision", "--affects", own(round)]],
  ["decision retire", (round) => ["decision", "retire", round.told("decision log", "id"), "--reason", "it is over"]],
  ["epic create", (round) => ["epic", "create", "Storage", "--phase", "Format", "--id", epic(round)]],
  ["sprint create", (round) => ["sprint", "create", "Recovery", "--number", sprint(round), "--goal", "Fast"]],
  ["sprint link", (round) => ["sprint", "link", sprint(round), own(round)]],
  ["epic link", (round) => ["epic", "link", epic(round), sprint(round)]],
  ["epic list", () => ["epic", "list"]],
  ["epic show", (round) => ["epic", "show", epic(round)]],
  ["sprint claim", (round) => ["sprint", "claim", sprint(round)]],
  ["sprint start", (round) => ["sprint", "start", sprint(round)]],
  ["sprint list", () => ["sprint", "list"]],
  ["sprint status", (round) => ["sprint", "status", sprint(round)]],
  ["sprint tasks", (round) => ["sprint", "tasks", sprint(round)]],
  ["sprint suggest", (round) => ["sprint", "suggest", sprint(round), "-n", "5"]],
  ["sprint burndown", (round) => ["sprint", "burndown", sprint(round)]],
  ["sprint goal list", (round) => ["sprint", "goal", "list", sprint(round)]],
  ["sprint note", (round) => ["sprint", "note", sprint(round), "The format is settled"]],
  [
    "layer create",
    (round) => ["layer", "create", name(round), "--kind", "core", "-c", "Two spaces", "--id", layer(round)],
  ],
  ["layer list", () => ["layer", "list"]],
  ["layer update", (round) => ["layer", "update", layer(round), "-c", "No tabs", "-r", "So be it"]],
  ["layer diff", (round) => ["layer", "diff", layer(round), "--from", "1", "--to", "2"]],
  ["layer resolve", () => ["layer", "resolve", "--branch", "main"]],
  ["team create", (round) => ["team", "create", name(round), "--members", "bench"]],
  ["team list", () => ["team", "list"]],
  ["persona create", (round) => ["persona", "create", name(round)]],
  ["persona list", () => ["persona", "list"]],
  ["doc list", () => ["doc", "list"]],
  ["config set", () => ["config", "set", "prime.tokens", "2000"]],
  ["work list", () => ["work", "list"]],
  ["reclaim", () => ["reclaim", "--dry-run"]],
  ["revert --dry-run", (round) => ["revert", own(round), "--to", "1", "--dry-run"]],
  ["task delete", (round) => ["task", "delete", own(round)]],
];

/** Those that give or look at the whole store, whatever its size. */
/** @type {readonly Line[]} */
const whole = [["export", () => ["export"]]];

/** @type {readonly Line[]} */
export const COMMAND_LINES = [...reads, ...writes, ...whole];
