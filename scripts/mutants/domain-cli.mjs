// Faults in the rules of the domain and in the command line.

/** @type {readonly import("./plant.mjs").Mutant[]} */
export const domainMutants = [
  {
    name: "a stale fence is accepted",
    file: "packages/domain/src/claim-node.ts",
    find: "  if (proof.fence !== undefined && proof.fence !== claim.props.fence) throw staleFence(taskId, claim, proof);\n  if (!proved) {",
    replace: "  if (!proved) {",
    tests: ["packages/domain/src/claims.test.ts"],
  },
  {
    name: "two claims of a task have one fence",
    file: "packages/domain/src/claim-node.ts",
    find: "    const fence = existing.props.fence + 1;",
    replace: "    const fence = existing.props.fence + 0;",
    tests: ["packages/domain/src/claims.test.ts"],
  },
  {
    name: "a claim is renewed without its token",
    file: "packages/domain/src/claim-node.ts",
    find: "  if (proof.token === undefined || hashToken(proof.token) !== claim.props.tokenHash) {",
    replace: "  if (proof.token !== undefined && hashToken(proof.token) !== claim.props.tokenHash) {",
    tests: ["packages/domain/src/claims.test.ts"],
  },
  {
    name: "a lease follows the wall clock within one boot",
    file: "packages/domain/src/lease.ts",
    find: "  if (lease.bootId === clock.bootId()) return lease.monotonicDeadlineMs - clock.monotonicMs();",
    replace: "",
    tests: ["packages/domain/src/lease.test.ts"],
  },
  {
    name: "a task starts before its blockers are finished",
    file: "packages/domain/src/lifecycle.ts",
    find: '  if (to === "in_progress") await assertUnblocked(tx, task.id, "start");',
    replace: "",
    tests: ["packages/domain/src/tasks.test.ts"],
  },
  {
    name: "a parent is finished before its children",
    file: "packages/domain/src/lifecycle.ts",
    find: "  if (isFinished(to)) await assertChildrenFinished(tx, task.id, to);",
    replace: "",
    tests: ["packages/domain/src/tasks.test.ts"],
  },
];

/** @type {readonly import("./plant.mjs").Mutant[]} */
export const cliMutants = [
  {
    name: "stored text reaches the terminal with its control characters",
    file: "packages/cli/src/output/sanitize.ts",
    find: '  return text.replaceAll("\\r\\n", "\\n").replace(UNSAFE, escapeUnits);',
    replace: '  return text.replaceAll("\\r\\n", "\\n");',
    tests: ["packages/cli/src/output/sanitize.test.ts"],
  },
  {
    name: "JSON is printed with characters that a terminal acts on",
    file: "packages/cli/src/output/sanitize.ts",
    find: "  return json.replace(UNSAFE_IN_JSON, escapeUnits);",
    replace: "  return json.replace(/^$/u, escapeUnits);",
    tests: ["packages/cli/src/output/sanitize.test.ts"],
  },
  {
    name: "claims are taken by nobody in particular",
    file: "packages/cli/src/run-cli.ts",
    find: "  if (command.needsIdentity === true) requireIdentity(agent, command.path);",
    replace: "",
    tests: ["packages/cli/src/commands/task-commands.test.ts", "packages/cli/src/run-cli.test.ts"],
  },
];
