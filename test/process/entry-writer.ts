/** Runs `children/commit-entries.mjs` — alone, under strace, or as another user — and compares its store with what it said. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openGraph } from "@knotwork/graph";
import { expect } from "vitest";

export interface EntryJob {
  readonly storeDir: string;
  readonly writer: string;
  readonly count: number;
  readonly durability: "paranoid" | "balanced" | "relaxed";
  readonly checkpointEvery?: number;
  readonly clockOffsetMs?: number;
  readonly blockMs?: number;
  readonly lockTimeoutMs?: number;
  readonly goesOn?: boolean;
  readonly waitMs?: number;
  /** All other descriptors are taken. */
  readonly spareDescriptors?: number;
}

export interface WriterRun {
  readonly process: ChildProcess;
  /** Resolves when it has said this line, or one that begins with it. */
  said(line: string): Promise<void>;
  readonly end: Promise<WriterReport>;
}

export interface WriterReport {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly errorText: string;
  readonly acknowledged: readonly { readonly id: string; readonly seq: number }[];
  readonly failed: readonly { readonly id: string; readonly code: string }[];
}

const program = fileURLToPath(new URL("children/commit-entries.mjs", import.meta.url));

/** No run may hang: it is killed after this time, and the test fails. */
const deadlineMs = 60_000;

/** @param before words put before `node`, such as `strace …` or `setpriv …` */
export function startWriter(job: EntryJob, before: readonly string[] = []): WriterRun {
  const own = [process.execPath, program, JSON.stringify(job)];
  const child = spawn(before[0] ?? process.execPath, [...before, ...own].slice(1), {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: deadlineMs,
    killSignal: "SIGKILL",
  });
  let output = "";
  let errorText = "";
  const listeners = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
    for (const listener of listeners) listener();
  });
  child.stderr.on("data", (chunk: Buffer) => (errorText += chunk.toString("utf8")));
  const startedMs = performance.now();
  const end = new Promise<WriterReport>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => {
      for (const listener of listeners) listener();
      if (performance.now() - startedMs > deadlineMs) reject(new Error(`The writer hangs: ${output}${errorText}`));
      else resolve(reportOf({ exitCode, signal, output, errorText }));
    });
  });
  const said = (line: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (output.split("\n").some((one) => one.startsWith(line))) resolve();
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`It never said ${line}: ${output}${errorText}`));
      };
      listeners.add(look);
      look();
    });
  return { process: child, said, end };
}

export async function runWriter(job: EntryJob, before: readonly string[] = []): Promise<WriterReport> {
  return await startWriter(job, before).end;
}

/** The store holds each acknowledged entry as written, in the commit that was told, and each other one whole or not at all. */
export async function expectAcknowledged(storeDir: string, reports: readonly WriterReport[]): Promise<void> {
  const graph = await openGraph({ dir: storeDir });
  try {
    for (const { acknowledged } of reports) {
      for (const { id, seq } of acknowledged) {
        const entity = await graph.get(id);
        expect(entity, `${id} was acknowledged`).toMatchObject({ version: 1, seq, props: { text: `text of ${id}` } });
      }
    }
    expect((await graph.check()).problems).toEqual([]);
    await graph.transact(async (tx) => void (await tx.create("entry", { text: "afterwards" })));
  } finally {
    await graph.close();
  }
}

/** Whether strace can change what a child's system calls do on this machine; said loudly where it cannot. */
export function canInjectCalls(): boolean {
  const { status } = spawnSync("strace", ["-f", "-qq", "-o", "/dev/null", "-e", "trace=getpid", "true"]);
  if (status !== 0) console.warn("SKIPPED: strace cannot trace here (missing, or ptrace is forbidden)");
  return status === 0;
}

/** How often the busiest thread of a run makes each of these system calls: strace counts for each thread by itself. */
export async function countCalls(
  job: EntryJob,
  calls: readonly string[],
  traceFile: string,
): Promise<ReadonlyMap<string, number>> {
  await runWriter(job, ["strace", "-f", "-qq", "-o", traceFile, "-e", `trace=${calls.join(",")}`]);
  const countOfThread = new Map<string, number>();
  for (const line of readFileSync(traceFile, "utf8").split("\n")) {
    const [, thread, call] = /^(\d+) +(\w+)\(/u.exec(line) ?? [];
    if (call !== undefined) countOfThread.set(`${thread} ${call}`, (countOfThread.get(`${thread} ${call}`) ?? 0) + 1);
  }
  const counts = new Map<string, number>();
  for (const [key, count] of countOfThread) {
    const call = key.split(" ")[1] ?? "";
    counts.set(call, Math.max(count, counts.get(call) ?? 0));
  }
  return counts;
}

export interface Injection {
  readonly call: string;
  /** `error=EIO`, `signal=KILL`. A signal that kills comes before the call, others right after it. */
  readonly what: string;
  readonly when: number;
  /** Only calls on this file count. */
  readonly path?: string;
}

/** Words that make the n-th of a run's calls of one kind do something else. */
export function injecting({ call, what, when, path }: Injection): readonly string[] {
  const onlyPath = path === undefined ? [] : ["-P", path];
  const inject = ["-e", `trace=${call}`, "-e", `inject=${call}:${what}:when=${when}`];
  return ["strace", "-f", "-qq", "-o", "/dev/null", ...onlyPath, ...inject];
}

/** The process that strace runs. */
export function tracedPid({ process: strace }: WriterRun): number {
  const children = readFileSync(`/proc/${strace.pid}/task/${strace.pid}/children`, "utf8").trim();
  return Number(children.split(" ")[0]);
}

export function signalTraced(run: WriterRun, signal: NodeJS.Signals): void {
  process.kill(tracedPid(run), signal);
}

function reportOf(run: {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errorText: string;
}): WriterReport {
  // A line without its end was not said: the process died in the middle of it.
  const lines = run.output.split("\n").slice(0, -1);
  const words = lines.map((line) => line.split(" "));
  return {
    ...run,
    lines,
    acknowledged: words.flatMap(([what, id = "", seq]) => (what === "acknowledged" ? [{ id, seq: Number(seq) }] : [])),
    failed: words.flatMap(([what, id = "", code = ""]) => (what === "failed" ? [{ id, code }] : [])),
  };
}
