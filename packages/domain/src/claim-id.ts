/** The id of the claim of a task: one node per task, found without a look-up. */

/** No other entity has an id that begins so. */
export const claimIdPrefix = "claim.";

export function claimId(taskId: string): string {
  return claimIdPrefix + taskId;
}
