// The history of claims, replayed: at most one holder at a time, fences that only grow, completions under a valid fence.
//
// A claim is the node `claim.<task>` of type "claim": { task, agent, state: held | released, fence, tokenHash, lease }.
// Somebody else may take it over when it was released, when its lease has run out, or by accepting a handoff of the task
// in the same commit.

/** @typedef {import("./problems.mjs").Problems} Problems */
/** @typedef {import("./commits.mjs").Commit} Commit */
/** @typedef {import("./commits.mjs").StoredVersion} StoredVersion */

/**
 * @typedef {object} Completion
 * @property {string} task
 * @property {number} seq
 * @property {string} author
 * @property {string | undefined} key
 * @property {number | undefined} fence of the claim held at that moment; absent when nobody held one
 */

/**
 * @typedef {object} Claim
 * @property {string} agent
 * @property {"held" | "released"} state
 * @property {number} fence
 * @property {string} tokenHash
 * @property {{ readonly wallDeadlineMs: number }} lease
 */

/** Two clocks of one machine that step apart by more than this would be looked into. */
const CLOCK_TOLERANCE_MS = 50;

/**
 * @param {readonly Commit[]} commits @param {Problems} problems
 * @returns {{ readonly completions: readonly Completion[], readonly claimCount: number }}
 */
export function replayClaims(commits, problems) {
  /** @type {Map<string, Claim>} the newest state of the claim of each task */
  const claims = new Map();
  /** @type {Map<string, string>} */
  const statuses = new Map();
  /** @type {Completion[]} */
  const completions = [];
  let claimCount = 0;
  for (const commit of commits) {
    const heldBefore = new Map(claims);
    for (const version of commit.versions) {
      if (version.type !== "claim" || version.deleted) continue;
      const claim = /** @type {Claim} */ (/** @type {unknown} */ (version.props));
      const task = String(version.props["task"]);
      if (checkClaim({ task, claim, before: claims.get(task), commit, problems })) claimCount += 1;
      claims.set(task, claim);
    }
    for (const version of commit.versions) {
      if (version.type !== "task") continue;
      const before = statuses.get(version.id);
      const status = version.deleted ? "deleted" : String(version.props["status"]);
      statuses.set(version.id, status);
      if (status !== "completed" || before === "completed" || before === undefined) continue;
      completions.push(
        checkCompletion({
          task: version.id,
          commit,
          before: heldBefore.get(version.id),
          after: claims.get(version.id),
          problems,
        }),
      );
    }
  }
  return { completions, claimCount };
}

/**
 * @param {{ task: string, claim: Claim, before: Claim | undefined, commit: Commit, problems: Problems }} options
 * @returns {boolean} whether this is a new claim, not a renewal or an end
 */
function checkClaim({ task, claim, before, commit, problems }) {
  const where = `seq ${commit.seq} (${commit.where})`;
  if (before === undefined) return claim.state === "held";
  if (claim.fence < before.fence) {
    problems.add("FENCE", where, `the fence of ${task} falls from ${before.fence} to ${claim.fence}`);
  }
  const isSame = claim.fence === before.fence;
  if (isSame && (claim.tokenHash !== before.tokenHash || (claim.state === "held" && before.state === "released"))) {
    problems.add("FENCE", where, `${task} is claimed anew under the same fence ${claim.fence}`);
  }
  if (isSame || claim.state !== "held") return false;
  if (before.state === "released") return true;
  const leftMs = before.lease.wallDeadlineMs - Date.parse(commit.time);
  if (leftMs > CLOCK_TOLERANCE_MS && !acceptsHandoff(commit, task)) {
    problems.add(
      "CLAIM_OVERLAP",
      where,
      `${claim.agent} takes ${task} from ${before.agent}, whose lease had ${leftMs} ms left`,
    );
  }
  return true;
}

/** @param {Commit} commit @param {string} task */
function acceptsHandoff({ versions }, task) {
  return versions.some(
    ({ type, props }) => type === "handoff" && props["task"] === task && props["status"] === "accepted",
  );
}

/**
 * @param {{ task: string, commit: Commit, before: Claim | undefined, after: Claim | undefined, problems: Problems }} options
 * @returns {Completion}
 */
function checkCompletion({ task, commit, before, after, problems }) {
  const held = before?.state === "held" ? before : undefined;
  const where = `seq ${commit.seq} (${commit.where})`;
  if (held !== undefined) {
    // A claim whose lease has run out stands in nobody's way.
    const leftMs = held.lease.wallDeadlineMs - Date.parse(commit.time);
    if (held.agent !== commit.author && leftMs > CLOCK_TOLERANCE_MS)
      problems.add("COMPLETION", where, `${commit.author} completes ${task}, which ${held.agent} holds`);
    if (after?.state !== "released" || after.fence !== held.fence)
      problems.add("COMPLETION", where, `${task} is completed, and its claim goes on`);
  }
  return { task, seq: commit.seq, author: commit.author, key: commit.key, fence: held?.fence };
}

/**
 * What agents were told they completed is completed once, under the fence they held; what a session was to do is done.
 *
 * @param {{ completions: readonly Completion[], acknowledgements: readonly import("./acknowledgements.mjs").Acknowledgement[], runs: readonly import("./acknowledgements.mjs").Run[], problems: Problems }} options
 */
export function checkCompletions({ completions, acknowledgements, runs, problems }) {
  const byKey = new Map(completions.map((completion) => [completion.key, completion]));
  for (const { kind, key, task, fence, where } of acknowledgements) {
    if (kind !== "complete") continue;
    const completion = byKey.get(key);
    if (completion === undefined || completion.task !== task)
      problems.add("COMPLETION", where, `the commit of ${key} does not complete ${task}`);
    else if (completion.fence !== fence) {
      problems.add(
        "FENCE",
        where,
        `${task} was completed under fence ${fence}, but fence ${completion.fence} held it then`,
      );
    }
  }
  for (const { run, taskCount } of runs) {
    const own = completions.filter(({ key }) => key !== undefined && key.startsWith(`${run}.`));
    const tasks = new Set(own.map(({ task }) => task));
    if (tasks.size !== own.length)
      problems.add("COMPLETION", run, `${own.length} completions of ${tasks.size} tasks: one was completed twice`);
    if (tasks.size !== taskCount)
      problems.add("COMPLETION", run, `${tasks.size} tasks were completed, not ${taskCount}`);
    for (const { task, fence } of own)
      if (fence === undefined) problems.add("FENCE", run, `${task} was completed without a claim`);
  }
}
