// Faults in the thread that builds checkpoints, and in what is done when it does not.

const tests = [
  "packages/graph/src/local/checkpoint-thread.test.ts",
  "packages/graph/src/local/checkpoint-thread-races.test.ts",
];

/** @type {readonly import("./plant.mjs").Mutant[]} */
export const threadMutants = [
  {
    name: "what the thread had begun stays when the process builds instead",
    file: "packages/graph/src/local/checkpoint.ts",
    find: "  // What the thread had begun.\n  construction.abandon();\n",
    replace: "",
    tests,
  },
  {
    name: "a thread that has ended is waited for",
    file: "packages/graph/src/local/checkpoint-thread.ts",
    find: '      thread.on("exit", (exitCode) => this.#exited(exitCode));',
    replace: "",
    tests,
  },
  {
    name: "a thread that ends just as it is asked is never begun again",
    file: "packages/graph/src/local/checkpoint-thread.ts",
    find: "    if (exitCode !== 0) {",
    replace: "    if (exitCode !== 0 || this.isBuilding) {",
    tests,
  },
  {
    name: "the thread is not told that its work is lost",
    file: "packages/graph/src/local/checkpoint-thread.ts",
    find: "        Atomics.store(lost, 0, 1);",
    replace: "",
    tests,
  },
  {
    name: "a thread keeps the process alive when it has nothing to build",
    file: "packages/graph/src/local/checkpoint-thread.ts",
    find: "      this.#thread?.unref();",
    replace: "",
    tests,
  },
  {
    name: "closing leaves the thread",
    file: "packages/graph/src/local/checkpoint-runner.ts",
    find: "    if (this.#isClosing) await this.#options.thread?.close();",
    replace: "",
    tests,
  },
  {
    name: "every process begins a thread of its own as soon as the log is too long",
    file: "packages/graph/src/local/checkpoint-runner.ts",
    find: "const COLD_THREAD_WAITS = 1.25;",
    replace: "const COLD_THREAD_WAITS = 1;",
    tests,
  },
  {
    name: "commits owe the thread of their own process nothing",
    file: "packages/graph/src/local/checkpoint-runner.ts",
    find: "    return this.#areOthersAtIt() || this.#options.thread?.isBuilding === true;",
    replace: "    return this.#areOthersAtIt();",
    tests,
  },
  {
    name: "what others have published meanwhile is built once more",
    file: "packages/graph/src/local/exclusive-work.ts",
    find: "      if (!isWanted()) return undefined;",
    replace: "",
    tests: ["packages/graph/src/local/exclusive-work.test.ts"],
  },
  {
    name: "a process works on two generations at once",
    file: "packages/graph/src/local/exclusive-work.ts",
    find: "this.#last.then(async () => this.#do(claim, work))",
    replace: "this.#do(claim, work)",
    tests: ["packages/graph/src/local/exclusive-work.test.ts"],
  },
  {
    name: "a process whose thread has died leaves no checkpoint to others",
    file: "packages/graph/src/local/checkpoint-runner.ts",
    find: "    if (thread?.canBuild !== true) return",
    replace: "    if (thread === undefined) return",
    tests,
  },
  {
    name: "a thread that does not answer is waited for",
    file: "packages/graph/src/local/checkpoint-thread.ts",
    find: "const STUCK_MS = 5000;",
    replace: "const STUCK_MS = Infinity;",
    tests,
  },
  {
    name: "what failed in the thread is tried there again at once",
    file: "packages/graph/src/local/checkpoint-thread.ts",
    find: '      this.#leavesOneOut = end.kind === "failed";',
    replace: "",
    tests,
  },
];
