/**
 * ENGINE L2: the lock on the active segment's own descriptor, whose loss no removal of the lock file can cause.
 *
 * Invariants:
 * - While it is held the tail stands at the end of the locked segment, and it is known what file its path names (S2).
 */
import type { DiskStat } from "@knotwork/disk";
import type { LogTail } from "./log-tail.ts";
import type { Segment } from "./segment.ts";

export interface LockedSegment {
  readonly segment: Segment;
  /** The state of the file as its path gives it, under the lock; `undefined` when the path names another one or none. */
  readonly stat: DiskStat | undefined;
}

/**
 * Locks the segment that the tail comes to stand in. `undefined`: somebody else has it, or more than `unreadBytesMax` is left
 * to read, which is better done without a lock. Otherwise give it to `unlockSegment`.
 */
export function lockActiveSegment(tail: LogTail, unreadBytesMax: number): LockedSegment | undefined {
  for (;;) {
    const { segment } = tail;
    if (!segment.tryLock()) return undefined;
    segment.retain();
    let locked: LockedSegment | undefined;
    try {
      const { openCount } = segment;
      let stat = segment.statAtPath();
      const unreadBytes = (stat?.sizeBytes ?? 0) - tail.offset;
      if (unreadBytes > unreadBytesMax) return undefined;
      if (unreadBytes !== 0) {
        tail.advance();
        stat = segment.statAtPath();
      }
      if (tail.segment === segment && segment.openCount === openCount) locked = { segment, stat };
      if (locked !== undefined) return locked;
    } finally {
      if (locked === undefined) unlockSegment(segment);
    }
  }
}

export function unlockSegment(segment: Segment): void {
  segment.unlock();
  segment.release();
}
