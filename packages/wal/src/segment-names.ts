/** Names of the files under `wal/`. Nothing else builds or parses them. */
import { join } from "node:path";

const SEGMENT_NAME = /^(\d{16})\.jsonl$/u;

export interface WalPaths {
  readonly directory: string;
  readonly lock: string;
  readonly waiters: string;
  readonly durable: string;
  segment(name: string): string;
}

export function walPaths(directory: string): WalPaths {
  return {
    directory,
    lock: join(directory, "lock"),
    waiters: join(directory, "waiters"),
    durable: join(directory, "durable"),
    segment: (name) => join(directory, name),
  };
}

/** The name of the segment whose first record has this seq. */
export function segmentName(firstSeq: number): string {
  return `${String(firstSeq).padStart(16, "0")}.jsonl`;
}

/** The first seq of a segment by its name, or `undefined` when it is not a segment's name. */
export function segmentFirstSeq(name: string): number | undefined {
  const match = SEGMENT_NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}
