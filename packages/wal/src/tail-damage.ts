/** Looks, without the lock, whether something durable cannot be read any more: what a check reports. */
import type { Disk } from "@knotwork/disk";
import { LogGapError, WalError } from "./errors.ts";
import type { LogTail } from "./log-tail.ts";
import { assertTailIsUnsynced, readTail } from "./recovery.ts";
import type { WalPaths } from "./segment-names.ts";

export interface TailDamageOptions {
  readonly disk: Disk;
  readonly paths: WalPaths;
  readonly tail: LogTail;
  /** The highest seq known durable now. */
  readonly durableSeq: () => number;
}

/** The error that a writer would meet behind the last record, or `undefined`; an append in progress is none. */
export function findTailDamage({ disk, paths, tail, durableSeq }: TailDamageOptions): WalError | undefined {
  for (;;) {
    const { segment, offset, seq: lastSeq } = tail;
    try {
      const bytes = readTail(segment, offset);
      const judgement = { disk, paths, segment: segment.name, tail: bytes, offset, lastSeq, durableSeq: durableSeq() };
      assertTailIsUnsynced(judgement);
      return undefined;
    } catch (error) {
      if (error instanceof LogGapError) return undefined;
      if (!(error instanceof WalError)) throw error;
      // What others appended after this process had read to the end looks the same, but can be read.
      tail.advance();
      if (tail.segment === segment && tail.offset === offset) return error;
    }
  }
}
