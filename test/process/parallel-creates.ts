/** Many processes create tasks in one store at once; what they said is compared with what is there. */
import { knot, knotJson } from "./knot-process.ts";

export interface ParallelCreates {
  readonly processCount: number;
  /** Each of so many workers runs so many commands, one after the other. */
  readonly createCount: number;
  readonly cwd: string;
}

export interface CreatesOutcome {
  /** What a command that did not end with 0 said. */
  readonly failures: readonly string[];
  /** Ids the commands gave back. */
  readonly acknowledged: readonly string[];
  /** Ids and titles in the store afterwards. */
  readonly stored: readonly { readonly id: string; readonly title: string }[];
  /** Wall time of each command, process start included, ascending. */
  readonly waitsMs: readonly number[];
}

export async function createInParallel({ processCount, createCount, cwd }: ParallelCreates): Promise<CreatesOutcome> {
  const failures: string[] = [];
  const acknowledged: string[] = [];
  const waitsMs: number[] = [];
  const worker = async (name: number): Promise<void> => {
    for (let index = 0; index < createCount; index += 1) {
      const run = await knot(["task", "create", `task ${name}.${index}`, "--as", `agent-${name}`, "--json"], { cwd });
      waitsMs.push(run.elapsedMs);
      if (run.exitCode === 0) acknowledged.push((JSON.parse(run.stdout) as { data: { id: string } }).data.id);
      else failures.push(`${run.exitCode}: ${run.stdout}${run.stderr}`);
    }
  };
  await Promise.all(Array.from({ length: processCount }, (_, name) => worker(name)));
  const { data } = await knotJson(["task", "list", "-n", "10000"], { cwd });
  return {
    failures,
    acknowledged,
    stored: data["items"] as CreatesOutcome["stored"],
    waitsMs: waitsMs.toSorted((a, b) => a - b),
  };
}

export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;
}
