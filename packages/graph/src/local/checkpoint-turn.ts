/** How a checkpoint shares its process with commits, by how many times longer the log is than its threshold. */
import { SHORT_TURN } from "@knotwork/indexer";
import type { Turn } from "@knotwork/indexer";

/**
 * The longer the log has become, the less do commits of this process keep it from being shortened. Behind long turns it rests:
 * commits often find the lock taken, and would have to wait for the end of the next turn.
 */
const TURNS = [
  { overdue: 12, workMs: 16, restMs: 0 },
  { overdue: 6, workMs: 16, restMs: 8 },
  { overdue: 3, workMs: 4, restMs: 0 },
];

/** `isCommitting`: whether this process is about to commit again; a rest would be for nobody otherwise. */
export function checkpointTurn(isOverdue: (times: number) => boolean, isCommitting: boolean): Turn {
  const { workMs, restMs } = TURNS.find(({ overdue }) => isOverdue(overdue)) ?? SHORT_TURN;
  return { workMs, restMs: isCommitting ? restMs : 0 };
}
