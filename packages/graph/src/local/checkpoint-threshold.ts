/**
 * How long the log may grow before it is moved into history (ENGINE section 4): as long as replaying it keeps opening the store
 * quick. Longer logs make fewer and larger runs, of which fewer are merged.
 */

/** What opening this store took, as far as it was replaying the log. */
export interface Replay {
  readonly bytes: number;
  readonly ms: number;
}

const MIB = 1024 * 1024;
/** What replaying a log of the threshold may take. */
const REPLAY_MS_MAX = 100;
/** Replaying less than this says nothing of speed. */
const MEASURED_BYTES_MIN = 4 * MIB;
/** What machines of today do, heads of some hundred bytes given: 160 MiB a second. */
const THRESHOLD_BYTES = 16 * MIB;
const THRESHOLD_BYTES_MIN = 4 * MIB;
const THRESHOLD_BYTES_MAX = 64 * MIB;

export function checkpointThresholdBytes({ bytes, ms }: Replay): number {
  if (bytes < MEASURED_BYTES_MIN) return THRESHOLD_BYTES;
  const inTime = ms <= 0 ? THRESHOLD_BYTES_MAX : (bytes / ms) * REPLAY_MS_MAX;
  return Math.max(THRESHOLD_BYTES_MIN, Math.min(THRESHOLD_BYTES_MAX, Math.round(inTime)));
}
