/** Ids: those that are given out, to processes at once, and those that are refused. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { openKnot } from "@knotwork/domain";
import { KnotworkError, openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { runChildren } from "./child-processes.ts";
import { knotJson } from "./knot-process.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

interface Created {
  /** Those of each batch. */
  readonly ids: readonly (readonly string[])[];
}

test("[T7] ids given to 10 processes at once, and then 1,000 to them, are all different, and sort as they were made", async () => {
  const storeDir = join(scratch.path, "store");
  const knot = await openKnot({ dir: storeDir, create: true });
  const rounds: (readonly Created[])[] = [];
  for (const batches of [[1], [25, 25, 25, 25]]) {
    rounds.push(
      await runChildren<Created>("create-tasks.mjs", 10, (n) => ({ storeDir, agent: `agent-${n}`, batches })),
    );
    // Within one millisecond only the ids of one process are in order.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const [first = [], second = []] = rounds.map((round) => round.flatMap(({ ids }) => ids.flat()));
  expect([first.length, second.length]).toEqual([10, 1000]);
  const all = [...first, ...second];
  expect(new Set(all).size).toBe(1010);
  for (const id of all) expect(id).toMatch(/^T-[0-9A-HJKMNP-TV-Z]{26}$/);
  // What was made after something else sorts after it, as text: each batch of a process, and each round of all.
  for (const { ids } of rounds.flat()) expectInOrder(ids);
  expectInOrder([first, second]);
  expect((await knot.graph.query("task").ids()).toSorted()).toEqual(all.toSorted());
  expect((await knot.graph.check()).problems).toEqual([]);
  await knot.close();
});

function expectInOrder(batches: readonly (readonly string[])[]): void {
  for (const [index, batch] of batches.slice(1).entries()) {
    const before = batches[index]?.toSorted().at(-1) ?? "";
    expect(batch.filter((id) => id <= before)).toEqual([]);
  }
}

const paths = ["../x", "../../x", "..", "a/../x", "/tmp/x", "a/b", "..\\x"];

test("[T16] an id that is a path is refused by library, domain and command line, and no file is touched", async () => {
  const cwd = scratch.make("project");
  const dir = join(cwd, ".knot");
  await knotJson(["init"], { cwd });
  const knot = await openKnot({ dir, as: "ada" });
  const { id: task } = await knot.tasks.create({ title: "a" });
  const graph = await openGraph({ dir });
  const before = contents(scratch.path);
  const refuse = async (name: string, call: () => Promise<unknown>): Promise<void> => {
    const error = await call().then(
      () => new Error(`${name} was not refused`),
      (cause: unknown) => cause,
    );
    if (!(error instanceof KnotworkError)) throw error;
    expect([name, error.code]).toEqual([name, "INVALID_ID"]);
  };

  for (const path of paths) {
    const library = {
      get: () => graph.get(path),
      getMany: () => graph.getMany([task, path]),
      history: () => graph.history(path),
      path: () => graph.path(task, path),
      create: () => graph.transact((tx) => tx.create("thing", {}, { id: path })),
      update: () => graph.transact((tx) => tx.update(path, {})),
      delete: () => graph.transact((tx) => tx.delete(path)),
      link: () => graph.transact((tx) => tx.link(task, "RELATES_TO", path)),
      purge: () => graph.purge(path),
    };
    const domain = {
      create: () => knot.tasks.create({ title: "x", id: path }),
      "create below": () => knot.tasks.create({ title: "x", parent: path }),
      get: () => knot.tasks.get(path),
      update: () => knot.tasks.update(path, { title: "x" }),
      complete: () => knot.tasks.complete(path),
      claim: () => knot.tasks.claim(path),
      delete: () => knot.tasks.delete(path),
      depends: () => knot.tasks.depends(task, path),
      note: () => knot.tasks.note(path, "x"),
      decision: () => knot.decisions.log({ title: "x", id: path }),
      handoff: () => knot.handoffs.initiate(path, { to: "bo" }),
      session: () => knot.workSessions.attach(path),
      edge: () => knot.edges.add(task, "RELATES_TO", path),
      show: () => knot.show(path),
    };
    for (const [name, call] of Object.entries(library)) await refuse(`graph, ${name} of ${path}`, call);
    for (const [name, call] of Object.entries(domain)) await refuse(`domain, ${name} of ${path}`, call);
    // What looks for something that has this end, or this id, finds nothing.
    await expect(knot.resolveId(path)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await graph.edges({ from: path })).toEqual([]);
  }

  for (const words of [
    ["task", "show", "../x"],
    ["task", "create", "x", "--id", "../x"],
    ["task", "update", "../x", "-p", "high"],
    ["task", "complete", "../x"],
    ["task", "claim", "../x", "--as", "ada"],
    ["task", "delete", "../x"],
    ["task", "depends", task, "--on", "../x"],
    ["edge", "add", task, "RELATES_TO", "../x"],
    ["show", "../x"],
  ]) {
    const answer = await knotJson(words, { cwd });
    expect({ words, ...answer }).toMatchObject({ words, ok: false, exitCode: 2, error: { code: "INVALID_ID" } });
  }
  expect(contents(scratch.path)).toEqual(before);
  expect((await graph.check()).problems).toEqual([]);
  await graph.close();
  await knot.close();
});

/** Every file below, but those that say who holds or waits for a lock. */
function contents(directory: string): ReadonlyMap<string, string> {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(directory, path)).isFile() && !/wal\/(?:lock|waiters|holder|durable)$/u.test(path))
    .toSorted();
  return new Map(files.map((path) => [path, readFileSync(join(directory, path), "latin1")]));
}
