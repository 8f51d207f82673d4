/**
 * A world in which the examples of the help can be run as they stand: everything they name is there. All text in it is
 * hostile: it holds what a terminal would act on.
 */
import { join } from "node:path";
import { type Disk, readWholeFile, writeFileAtomic } from "@knotwork/disk";
import { type Knot, openKnot } from "@knotwork/domain";
import type { CliOptions, CliRun } from "./cli-world.ts";
import { CliWorld } from "./cli-world.ts";

/** Moves the cursor, sets the window's title, turns the reading direction round, hides words. */
export const hostile = "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202etxet\u2066\u200b\u0085";

const project = "/project";
const holder = "agent-7";
const token = "a-secret-of-agent-7";

/** Words as they stand in examples, and what they mean here; those that come first count first. */
export type Names = Readonly<Record<string, string>>;

export class ExampleWorld {
  /** By path; `undefined` is a directory. */
  readonly #files: ReadonlyMap<string, Uint8Array | undefined>;
  readonly #names: Names;

  private constructor(files: ReadonlyMap<string, Uint8Array | undefined>, names: Names) {
    this.#files = files;
    this.#names = names;
  }

  static async create(): Promise<ExampleWorld> {
    const world = new CliWorld();
    const disk = world.disk.process("seed");
    const knot = await openKnot({ dir: `${project}/.knot`, create: true, as: "agent-1", disk, clock: world.clock });
    const names = await seed(knot);
    await knot.close();
    for (const [path, text] of Object.entries(inputFiles())) writeFile(disk, path, Buffer.from(text));
    return new ExampleWorld(filesBelow(disk, "/"), names);
  }

  /** Runs an example on a copy of its own, after the commands that must come before it. */
  async run(example: string, before: readonly string[] = [], extra: readonly string[] = []): Promise<CliRun> {
    const session = await this.session(example, before);
    return session(example, extra);
  }

  /** Runs examples one after the other on one copy, after the commands that must come before the first of them. */
  async session(
    example: string,
    before: readonly string[] = [],
  ): Promise<(line: string, extra?: readonly string[]) => Promise<CliRun>> {
    const world = this.#copy(example.startsWith("knot init") ? "without a store" : "whole");
    for (const line of before) {
      const done = await this.#runLine(world, line, []);
      if (done.exitCode !== 0) throw new Error(`Cannot prepare "${example}" by "${line}": ${done.stderr}`);
    }
    return (line, extra = []) => this.#runLine(world, line, extra);
  }

  #copy(kind: "whole" | "without a store"): CliWorld {
    const world = new CliWorld();
    const disk = world.disk.process("copy");
    for (const [path, bytes] of this.#files) {
      if (kind === "without a store" && path.startsWith(`${project}/.knot`)) continue;
      if (bytes === undefined) disk.makeDirectory(path);
      else writeFile(disk, path, bytes);
    }
    return world;
  }

  async #runLine(world: CliWorld, line: string, extra: readonly string[]): Promise<CliRun> {
    const named = Object.entries(this.#names).reduce((text, [name, id]) => text.replaceAll(name, id), line);
    const { argv, options } = parseExample(named);
    return world.run([...argv, ...extra], options);
  }
}

/** The words of the `knot` in a line for a shell, with its environment and what is piped into it. */
function parseExample(line: string): { readonly argv: readonly string[]; readonly options: CliOptions } {
  const parts = line.split(" | ");
  const own = parts.findIndex((part) => /(^|\s)knot\s/.test(part));
  const [command = "", redirected] = (parts[own] ?? "").split(/ < (?=\S+$)/);
  const words = wordsOf(command);
  const piped = own > 0 ? wordsOf(parts[0] ?? "").at(-1) : undefined;
  const input = redirected === undefined ? piped : `What ${redirected} says`;
  const start = words.indexOf("knot");
  const argv = words.slice(start + 1).map((word) => (word === "…" ? token : word));
  const as = argv.includes("--as") ? {} : { KNOT_AGENT: holder };
  const tokens = words.slice(0, start).some((word) => word.startsWith("KNOT_TOKEN=")) ? { KNOT_TOKEN: token } : {};
  return { argv, options: { env: { ...as, ...tokens }, ...(input === undefined ? {} : { input }) } };
}

function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const [, single, double, bare] of line.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
    words.push(single ?? double?.replace(/\\(.)/g, "$1") ?? bare ?? "");
  }
  return words;
}

function text(word: string): string {
  return `${word} ${hostile}`;
}

async function seed(knot: Knot): Promise<Names> {
  const [first, second] = ["T-01K00000007QK4ZB1M", "T-01K00000009XW2T0RD"];
  await knot.tasks.create({
    id: first,
    title: "torn record of recovery",
    description: text("It tears"),
    category: "bug",
    tags: ["wal"],
    due: "2027-03-01",
    estimateHours: 3,
  });
  await knot.tasks.create({ id: second, title: "Second", tags: ["wal"] });
  await knot.tasks.create({ id: "T-parent", title: "Parent" });
  await knot.tasks.create({ id: "T-child", title: "Child", parent: "T-parent", assignee: holder });
  const decision = await knot.decisions.log({
    title: "Segments of 16 MiB",
    context: text("Files"),
    rationale: text("Fewer"),
    alternatives: [text("One file")],
    consequences: [text("More names")],
    affects: ["T-parent"],
  });
  const proposed = await knot.decisions.log({ title: "Perhaps", status: "proposed" });
  const handoff = await knot.handoffs.initiate("T-child", {
    to: "agent-2",
    instructions: text("Go on"),
    done: [text("parser")],
    remaining: [text("tests")],
    questions: [text("why?")],
    files: [text("a.ts")],
    context: { note: text("x") },
  });
  await knot.notes.add(first, { text: text("Half of it"), kind: "progress" });
  await knot.edges.add(first, "RELATES_TO", "T-parent", { weight: 2, confidence: 0.5 });
  await knot.settings.set("user.motto", text("on"));
  // The domain refuses such titles; a program that writes past it, or an older store, may hold them.
  await knot.graph.transact(async (tx) => {
    for (const id of [first, second, "T-parent", "T-child", decision.id]) {
      await tx.update(id, { title: text(`torn record of ${id}`) });
    }
  });
  // Only its own agent begins a session; the examples speak for several agents.
  const { value: session } = await knot.graph.transact((tx) =>
    tx.create("work_session", {
      task: first,
      agent: "agent-7",
      status: "review",
      message: text("Look"),
      filedAt: "2026-01-01T00:00:00Z",
    }),
  );
  const ids = { proposed: proposed.id, decision: decision.id, handoff: handoff.id, session: session.id };
  const layer = await seedPlans(knot);
  await knot.graph.checkpoint();
  return namesOf({ ...ids, layer });
}

type SeededIds = Readonly<Record<"proposed" | "decision" | "handoff" | "session" | "layer", string>>;

/** What examples call them. */
function namesOf({ proposed, decision, handoff, session, layer }: SeededIds): Names {
  return {
    "team create storage": "team create storage-2",
    "persona create tester": "persona create tester-2",
    ...Object.fromEntries(
      ["show", "update", "delete", "versions", "diff", "revert"].map((verb) => [
        `layer ${verb} 7QK4ZB1M`,
        `layer ${verb} ${layer}`,
      ]),
    ),
    "decision accept 3FJ8Q0ZC": `decision accept ${proposed}`,
    "epic update 7QK4ZB1M": "epic update EPIC-nlu",
    "--epic 7QK4ZB1M": "--epic EPIC-nlu",
    "T-01K5EXAMPLE0000000000000000": "T-parent",
    "3FJ8Q0ZC": decision,
    "5WZ0K3PN": handoff,
    "2RT6M8WD": session,
  };
}

/** Gives the id of a layer with three versions. */
async function seedPlans(knot: Knot): Promise<string> {
  const layer = await knot.layers.create({ kind: "contextual", section: "wal", content: text("one") });
  await knot.layers.update(layer.id, { content: text("two"), rationale: text("better") });
  await knot.layers.update(layer.id, { content: text("three") });
  for (const section of ["style", "tips"]) await knot.layers.create({ kind: "core", section, content: text(section) });
  for (const name of ["storage", "company"]) await knot.teams.create({ name, description: text(name) });
  for (const name of ["developer", "tester"]) await knot.personas.create({ name, description: text(name) });
  await knot.epics.create({ id: "EPIC-nlu", title: "Engine", phases: [{ name: "Design" }] });
  for (const number of [12, 13, 18]) {
    await knot.sprints.create({ number, title: `Sprint ${number}`, goals: [{ text: "Close in 30 ms" }] });
  }
  // Versions and commits that examples speak of.
  for (let count = 0; count < 120; count += 1) {
    await knot.settings.set("user.count", String(count), { durability: "relaxed" });
  }
  return layer.id;
}

/** What examples read, by path. */
function inputFiles(): Readonly<Record<string, string>> {
  return {
    [join(project, "plan.jsonl")]: `{"op":"task create","title":"Plan"}\n`,
    [join(project, "docs/guide.md")]: "# Guide\n",
    [join(project, "docs/FORMAT.md")]: `# Format\n${hostile}\n`,
    [join(project, "notes.txt")]: "plain\n",
    "/backups/readme.txt": "Backups go here.\n",
    "/old-project/.beads/issues.jsonl": `{"id":"bd-1","title":"Old ${JSON.stringify(hostile).slice(1, -1)}","status":"open","priority":2,"issue_type":"bug","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}\n`,
    "/old-project/.got/entities/TASK-1.json": `{"id":"TASK-1","type":"task","title":"Old","status":"pending"}\n`,
  };
}

function filesBelow(disk: Disk, directory: string): ReadonlyMap<string, Uint8Array | undefined> {
  const files = new Map<string, Uint8Array | undefined>();
  for (const name of disk.list(directory)) {
    const path = join(directory, name);
    const kind = disk.stat(path)?.kind;
    if (kind === "file") files.set(path, readWholeFile(disk, path));
    if (kind !== "directory") continue;
    // Where every new world has its project already.
    if (path !== project) files.set(path, undefined);
    for (const [inner, bytes] of filesBelow(disk, path)) files.set(inner, bytes);
  }
  return files;
}

function writeFile(disk: Disk, path: string, bytes: Uint8Array): void {
  const parts = path.split("/").slice(1, -1);
  for (const [index] of parts.entries()) {
    const directory = `/${parts.slice(0, index + 1).join("/")}`;
    if (disk.stat(directory) === undefined) disk.makeDirectory(directory);
  }
  writeFileAtomic(disk, path, bytes, { random: Math.random });
}
