// Faults in the look-up of words and of ends of ids, in reading many entities together, and in answers that are kept.

const answers = "packages/graph/src/query/answer-cache.test.ts";
const search = "packages/graph/src/query/search.test.ts";
const manyVersions = "packages/graph/src/local/many-versions.test.ts";

/** @type {readonly import("./plant.mjs").Mutant[]} */
export const lookupMutants = [
  {
    name: "a page of a search begins again with the best",
    file: "packages/graph/src/query/word-source.ts",
    find: "    if (after !== undefined && rank > after.rank) continue;",
    replace: "",
    tests: [search],
  },
  {
    name: "without an index of words the place in a ranked list is taken for one in the order of ids",
    file: "packages/graph/src/query/plan.ts",
    find: "  const given = orderOf(spec);",
    replace: "  const given = spec.order ?? [];",
    tests: [search],
  },
  {
    name: "what is passed over in looking for words together counts for no bound",
    file: "packages/graph/src/query/word-source.ts",
    find: "    else guard.visit();",
    replace: "",
    tests: [search],
  },
  {
    name: "an entity is read for each of its words that begin as asked",
    file: "packages/graph/src/query/run-query.ts",
    find: "  const met = plan.repeats ? new Set<string>() : undefined;",
    replace: "  const met = undefined as Set<string> | undefined;",
    tests: [search],
  },
  {
    name: "ids that only some of the words have are given in a rank",
    file: "packages/graph/src/query/word-source.ts",
    find: "    if (lowest === id) yield id;\n    else guard.visit();",
    replace: "    yield id;",
    tests: [search],
  },
  {
    name: "a word counts as little as in the last field that has it",
    file: "packages/graph/src/words.ts",
    find: "        if (weights.has(word)) continue;",
    replace: "",
    tests: [search],
  },
  {
    name: "words of other scripts are not looked for in the tail of the log",
    file: "packages/graph/src/local/tail-words.ts",
    find: "  return text.toLowerCase().includes(word) || strange.test(text);",
    replace: "  return text.toLowerCase().includes(word) || (strange.test(text) && word.length === 0);",
    tests: [search],
  },
  {
    name: "a checkpoint forgets the words of what it moves",
    file: "packages/graph/src/local/record-lines.ts",
    find: '    if (op === "delete" || fields.size === 0) return {};',
    replace: '    if (op === "delete" || fields.size >= 0) return {};',
    tests: [search],
  },
  {
    name: "a transaction does not see its own entity by the end of its id",
    file: "packages/graph/src/type-registry.ts",
    find: "    return endings === undefined ? this.indexesOf(type) : [...this.indexesOf(type), endings];",
    replace: "    return endings === undefined ? [] : this.indexesOf(type);",
    tests: ["packages/graph/src/id-endings.test.ts"],
  },
  {
    name: "lines read together are not verified",
    file: "packages/graph/src/local/history-run.ts",
    find: "        const line = at + length <= count ? decodeObjectLine(bytes, at, at + length - 1) : undefined;",
    replace:
      '        const line = at + length <= count ? (JSON.parse(bytes.toString("utf8", at, at + length - 1)) as object) : undefined;',
    tests: [manyVersions],
  },
  {
    name: "entities read together come from the cache though they are newer than the snapshot",
    file: "packages/graph/src/entity-cache.ts",
    find: "    return entry !== undefined && entry.seq <= snapshot.seq ? entry : undefined;",
    replace: "    return entry !== undefined && snapshot.seq >= 0 ? entry : undefined;",
    tests: [manyVersions],
  },
  {
    name: "a snapshot's own look-up is given what came after it from the cache (V3)",
    file: "packages/graph/src/entity-cache.ts",
    find: "      if (entry !== undefined && entry.seq <= snapshot.seq) {\n        this.#hits++;\n        return entry.answer;",
    replace: "      if (entry !== undefined) {\n        this.#hits++;\n        return entry.answer;",
    tests: ["packages/graph/src/entity-cache.test.ts"],
  },
  {
    name: "the answer of a query stays though an entity of its type changed (V3)",
    file: "packages/graph/src/query/answer-cache.ts",
    find: "    for (const { type } of applied.changes) this.#answersByType.delete(type);",
    replace: "",
    tests: [answers],
  },
  {
    name: "the answer of a query is kept though something newer was reported (V3)",
    file: "packages/graph/src/query/answer-cache.ts",
    find: "    if (seq < this.#appliedSeq || rows.length > rowsMax) return;",
    replace: "    if (rows.length > rowsMax) return;",
    tests: [answers],
  },
  {
    name: "two queries whose texts run together have one answer",
    file: "packages/graph/src/query/answer-cache.ts",
    find: '  return `"${text.length}:${text}`;',
    replace: '  return `"${text}`;',
    tests: [answers],
  },
  {
    name: "who checkpointed does the next one, too",
    file: "packages/graph/src/local/checkpoint-runner.ts",
    find: "        this.#restUntilMs = machine.clock.monotonicMs() + REST_MS;",
    replace: "        this.#restUntilMs = 0;",
    tests: ["packages/graph/src/local/checkpoint-runner.test.ts"],
  },
  {
    name: "every process does the checkpoint of a log four times too long",
    file: "packages/graph/src/local/checkpoint-runner.ts",
    find: "const ignoreDirectoryLock = this.#isStalled(nowMs) && this.isOverdue(4);",
    replace: "const ignoreDirectoryLock = this.isOverdue(4);",
    tests: ["packages/graph/src/local/checkpoint-runner.test.ts"],
  },
  {
    name: "a stuck holder of the directory lock is waited for without end",
    file: "packages/graph/src/local/checkpoint-runner.ts",
    find: "    return nowMs >= this.#stall.atMs;",
    replace: "    return false;",
    tests: ["packages/graph/src/local/checkpoint-runner.test.ts"],
  },
  {
    name: "a commit does not wait while another process shortens the log",
    file: "packages/graph/src/local/checkpoint-runner.ts",
    find: "    return this.#areOthersAtIt() ? this.#options.machine.clock.sleepMs(HOLD_BACK_MS) : undefined;",
    replace: "    return undefined;",
    tests: ["packages/graph/src/local/checkpoint-runner.test.ts"],
  },
  {
    name: "who is overtaken builds on",
    file: "packages/graph/src/local/checkpoint-runner.ts",
    find: "(isLost && !ignoreDirectoryLock) || isOvertaken()",
    replace: "isLost && !ignoreDirectoryLock",
    tests: ["packages/graph/src/local/checkpoint-runner.test.ts"],
  },
];
