/**
 * What the store acknowledged to one agent, written down outside the store right after each acknowledgement: the
 * verifier's evidence, and the source of the session's report. One JSON line a commit; a line is one write, so an agent
 * killed at any moment leaves whole lines.
 */
import { join } from "node:path";
import { type Disk, type DiskFile, readWholeFile, writeFully } from "@knotwork/disk";

export interface Acknowledgement {
  readonly agent: string;
  readonly kind: "claim" | "note" | "decision" | "complete" | "handoff" | "accept" | "finish-handoff" | "release";
  /** The idempotency key the commit was made under: found in exactly one record. */
  readonly key: string;
  readonly seq: number;
  readonly task: string;
  readonly fence: number;
  /** From the call to its return. */
  readonly latencyMs: number;
  /** When it returned: milliseconds of the machine's monotonic clock, the same for all agents. */
  readonly atMs: number;
}

export class AcknowledgementLog {
  readonly #file: DiskFile;
  #count = 0;

  /** Appends to the file at `path`, created when missing. */
  constructor(disk: Disk, path: string) {
    if (disk.stat(path) === undefined) disk.open(path, "create-new").close();
    this.#file = disk.open(path, "append");
  }

  get count(): number {
    return this.#count;
  }

  append(acknowledgement: Acknowledgement): void {
    writeFully(this.#file, Buffer.from(`${JSON.stringify(acknowledgement)}\n`));
    this.#count += 1;
  }

  close(): void {
    this.#file.close();
  }
}

export function acknowledgementsPath(sessionDir: string, run: string, agent: string): string {
  return join(sessionDir, `${run}-${agent}.jsonl`);
}

/** Everything acknowledged in one run, agent by agent. */
export function readAcknowledgements(disk: Disk, sessionDir: string, run: string): readonly Acknowledgement[] {
  const names = disk.list(sessionDir).filter((name) => name.startsWith(`${run}-`) && name.endsWith(".jsonl"));
  return names.flatMap((name) => {
    const lines = (readWholeFile(disk, join(sessionDir, name))?.toString("utf8") ?? "").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Acknowledgement);
  });
}
