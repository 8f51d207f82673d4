/**
 * The workload of the mixed transactions: so many processes change pairs of entities, again and again one of them is killed
 * and replaced, some while they still open the store or in the middle of a checkpoint; afterwards the store is compared with what was acknowledged. Short in the suite, long in test/long.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openGraph } from "@knotwork/graph";
import { readStore } from "../../scripts/verify/store.mjs";
import { Problems } from "../../scripts/verify/problems.mjs";
import { type Child, startChild } from "./child-processes.ts";
import { seededRandom } from "./children/child.mjs";

export interface MixedTransactionsOptions {
  readonly durationMs: number;
  readonly processCount: number;
  readonly pairCount: number;
  readonly killEveryMs: number;
  readonly seed: number;
  readonly checkpointEveryMs: number;
}

export interface MixedTransactionsOutcome {
  readonly dir: string;
  readonly killCount: number;
  readonly acknowledgedCount: number;
  readonly verifierExitCode: number | null;
  readonly verifierOutput: string;
  readonly checkProblems: readonly unknown[];
  /** Commits that changed one half of a pair only. */
  readonly halfCommits: readonly number[];
  /** Pairs whose halves do not agree at the end. */
  readonly brokenPairs: readonly number[];
  readonly seeds: string;
}

interface Counts {
  readonly commits: number;
}

const verifier = fileURLToPath(new URL("../../scripts/verify-store.mjs", import.meta.url));

export async function runMixedTransactions(options: MixedTransactionsOptions): Promise<MixedTransactionsOutcome> {
  const dir = mkdtempSync(join(tmpdir(), "knotwork-mixed-"));
  const storeDir = join(dir, "store");
  const acknowledgementsDir = join(dir, "acknowledgements");
  mkdirSync(acknowledgementsDir);
  await (await openGraph({ dir: storeDir, create: true })).close();

  const killCount = await runAndKill(options, { storeDir, acknowledgementsDir });

  const lines = readdirSync(acknowledgementsDir).flatMap((name) =>
    readFileSync(join(acknowledgementsDir, name), "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  );
  const verified = spawnSync(process.execPath, [verifier, storeDir, "--acknowledgements", acknowledgementsDir], {
    encoding: "utf8",
  });
  const graph = await openGraph({ dir: storeDir, readOnly: true });
  try {
    const { problems } = await graph.check();
    return {
      dir,
      killCount,
      acknowledgedCount: lines.length,
      verifierExitCode: verified.status,
      verifierOutput: verified.stdout + verified.stderr,
      checkProblems: problems,
      halfCommits: findHalfCommits(storeDir),
      brokenPairs: await findBrokenPairs(graph, options.pairCount),
      seeds: `seed ${options.seed}`,
    };
  } finally {
    await graph.close();
  }
}

/** Gives how many were killed. */
async function runAndKill(
  options: MixedTransactionsOptions,
  dirs: { readonly storeDir: string; readonly acknowledgementsDir: string },
): Promise<number> {
  let started = 0;
  const start = (): Child<Counts> => {
    const writer = `writer-${started}`;
    const durability = ["balanced", "balanced", "relaxed", "paranoid"][started % 4];
    const seed = options.seed + started;
    started += 1;
    const acknowledgementsFile = join(dirs.acknowledgementsDir, `${writer}.jsonl`);
    return startChild("mix-transactions.mjs", {
      storeDir: dirs.storeDir,
      acknowledgementsFile,
      writer,
      seed,
      pairCount: options.pairCount,
      durability,
    });
  };
  const children = Array.from({ length: options.processCount }, start);
  await Promise.all(children.map((child) => child.ready));

  const random = seededRandom(options.seed);
  const startedMs = performance.now();
  let killCount = 0;
  let checkpointing = Promise.resolve();
  const checkpoints = setInterval(() => {
    checkpointing = checkpointing.then(() => checkpoint(dirs.storeDir));
  }, options.checkpointEveryMs);
  try {
    for (let killMs = options.killEveryMs; killMs < options.durationMs; killMs += options.killEveryMs) {
      await waitUntil(startedMs + killMs, children);
      const slot = Math.floor(random() * children.length);
      children[slot]?.process.kill("SIGKILL");
      children[slot] = start();
      killCount += 1;
    }
    await waitUntil(startedMs + options.durationMs, children);
  } finally {
    clearInterval(checkpoints);
  }
  await checkpointing;
  // A child that was started a moment ago may not listen yet.
  await Promise.all(children.map((child) => child.ready));
  for (const child of children) child.start();
  await Promise.all(children.map((child) => child.answer));
  return killCount;
}

/** @throws what a child failed with meanwhile */
async function waitUntil(deadlineMs: number, children: readonly Child<Counts>[]): Promise<void> {
  const early = children.map(async (child) => {
    await child.answer;
    throw new Error("A child ended before it was told to");
  });
  await Promise.race([sleep(Math.max(0, deadlineMs - performance.now())), ...early]);
  // Those that are killed later on end, too: nobody listens to these promises any more.
  for (const ending of early) ending.catch(() => {});
}

async function checkpoint(storeDir: string): Promise<void> {
  const graph = await openGraph({ dir: storeDir });
  try {
    await graph.checkpoint();
  } finally {
    await graph.close();
  }
}

function findHalfCommits(storeDir: string): readonly number[] {
  const { commits } = readStore({ dir: storeDir, problems: new Problems() });
  return commits
    .filter(({ versions }) => {
      const halves = versions.map(({ id }) => /^P-\d+-(?:left|right)$/u.exec(id)?.[0]).filter((id) => id !== undefined);
      return halves.some(
        (id) => !halves.includes(id.endsWith("left") ? id.replace("left", "right") : id.replace("right", "left")),
      );
    })
    .map(({ seq }) => seq);
}

async function findBrokenPairs(
  graph: Awaited<ReturnType<typeof openGraph>>,
  pairCount: number,
): Promise<readonly number[]> {
  const broken: number[] = [];
  for (let pair = 0; pair < pairCount; pair += 1) {
    const [left, right] = await graph.getMany([`P-${pair}-left`, `P-${pair}-right`]);
    if (left === undefined && right === undefined) continue;
    const sum = Number(left?.props["balance"]) + Number(right?.props["balance"]);
    if (sum !== 0 || left?.props["moves"] !== right?.props["moves"]) broken.push(pair);
  }
  return broken;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
