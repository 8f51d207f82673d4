// Faults in the indexer, the local engine and the graph.

const transactions = "test/engine/transactions.test.ts";
const marksCheckpoint = "test/engine/marks-checkpoint.test.ts";
const marksDurability = "test/engine/marks-durability.test.ts";
const crashCheckpoint = "test/crash/checkpoint.test.ts";
const conformance = "packages/graph/src/local/local-engine.test.ts";

/** @type {readonly import("./plant.mjs").Mutant[]} */
export const indexerMutants = [
  {
    name: "the CRC of an index block is not checked",
    file: "packages/indexer/src/index-run-file.ts",
    find: '  if (crc32(bytes) !== crc) throw indexDamaged(file.path, offset, "wrong CRC of a block");',
    replace: '  if (crc32(bytes) !== crc && crc < 0) throw indexDamaged(file.path, offset, "wrong CRC of a block");',
    tests: ["packages/indexer/src/index-run-damage.test.ts", "packages/indexer/src/index-run.test.ts"],
  },
  {
    name: "the CRC of a page of a filter is not checked",
    file: "packages/indexer/src/index-run-file.ts",
    find: '    if (crc32(bytes) !== crcs[index]) throw indexDamaged(this.path, offset, "wrong CRC of a page of the filter");',
    replace: '    if (crcs[index] === -1) throw indexDamaged(this.path, offset, "wrong CRC of a page of the filter");',
    tests: ["packages/indexer/src/index-run-filter.test.ts"],
  },
  {
    name: "entries of one key are sorted oldest first",
    file: "packages/indexer/src/entry-sort.ts",
    find: "  order.sort((a, b) => (seqs[b] ?? 0) - (seqs[a] ?? 0));",
    replace: "  order.sort((a, b) => (seqs[a] ?? 0) - (seqs[b] ?? 0));",
    tests: ["packages/indexer/src/entry-merge.test.ts"],
  },
  {
    name: "bodies of a record are moved into history from a wrong place",
    file: "packages/wal/src/record-format.ts",
    find: "    start += size + 1;",
    replace: "    start += size;",
    tests: ["packages/graph/src/local/late-index.test.ts"],
  },
  {
    name: "a late index is not told what an entity was in an earlier run",
    file: "packages/graph/src/local/index-build.ts",
    find: "(this.#latest.get(version.id) ?? versionBefore(version.id, version.seq - 1))",
    replace: "this.#latest.get(version.id)",
    tests: ["packages/graph/src/local/late-index.test.ts"],
  },
  {
    name: "a snapshot sees entries that came after it",
    file: "packages/indexer/src/merged-view.ts",
    find: "    if (entry.seq > seq || entry.key === done) continue;",
    replace: "    if (entry.seq < 0 || entry.key === done) continue;",
    tests: ["packages/indexer/src/merged-view.test.ts"],
  },
  {
    name: "a removed key is listed",
    file: "packages/indexer/src/merged-view.ts",
    find: "    if (!entry.remove) yield entry;",
    replace: "    yield entry;",
    tests: ["packages/indexer/src/merged-view.test.ts"],
  },
  {
    name: "runs that disagree are merged without a word",
    file: "packages/indexer/src/merged-view.ts",
    find: "      if (last.remove !== entry.remove || last.value !== entry.value) throw indexDisagreement(entry.seq);",
    replace:
      "      if (last.remove !== entry.remove && last.value !== entry.value) throw indexDisagreement(entry.seq);",
    tests: ["packages/indexer/src/merged-view.test.ts", "packages/indexer/src/run-merge.test.ts"],
  },
];

/** @type {readonly import("./plant.mjs").Mutant[]} */
export const localMutants = [
  {
    name: "a version right behind the snapshot does not count as a change",
    file: "packages/graph/src/local/tail-commits.ts",
    find: "      if (this.#seqOf(entry) <= after) return undefined;",
    replace: "      if (this.#seqOf(entry) <= after + 1) return undefined;",
    tests: [transactions, conformance],
  },
  {
    name: "a version is made of the row beside its own",
    file: "packages/wal/src/record-head.ts",
    find: "    for (let before = 0; before < index; before += 1) start",
    replace: "    for (let before = 1; before < index; before += 1) start",
    tests: ["packages/wal/src/record-head.test.ts", conformance],
  },
  {
    name: "what a transaction read is not compared (lost update)",
    file: "packages/graph/src/local/conflicts.ts",
    find: "    if (now !== undefined && (now.version !== stamp.version || now.seq !== stamp.seq)) {",
    replace: "    if (now !== undefined && now.version < stamp.version) {",
    tests: [transactions, conformance],
  },
  {
    name: "the ranges a transaction read are not compared (phantoms)",
    file: "packages/graph/src/local/conflicts.ts",
    find: "  if (request.ranges.length > 0) conflicts.push(...changedRanges(request, overlay, accepted));",
    replace: "  if (request.ranges.length < 0) conflicts.push(...changedRanges(request, overlay, accepted));",
    tests: [transactions, conformance],
  },
  {
    name: "an entity that falls into a range is not noticed, only what was found there",
    file: "packages/graph/src/local/conflicts.ts",
    find: "    ({ index, key }) => index === range.index && key >= range.lower && (range.upper === undefined || key < range.upper),",
    replace: "    ({ index, key }) => index === range.index && key >= range.lower && range.upper === key,",
    tests: [transactions, conformance],
  },
  {
    name: "transactions of one batch are not checked against each other",
    file: "packages/graph/src/local/commit-decisions.ts",
    find: "    if (index + 1 < batch.length) for (const write of request.writes) latest.set(write.id, { write, seq });",
    replace: "",
    tests: [transactions, conformance],
  },
  {
    name: "two requests of one batch under one key both take effect (I3)",
    file: "packages/graph/src/local/commit-decisions.ts",
    find: "    if (key !== undefined) draftByKey.set(key, candidate);",
    replace: "",
    tests: [marksDurability, conformance],
  },
  {
    name: "a key that is known in the tail of the log is used again",
    file: "packages/graph/src/local/commit-decisions.ts",
    find: "    const known = look?.known ?? (look === undefined ? undefined : lookUpTail(request));",
    replace: "    const known = look?.known;",
    tests: [conformance, marksDurability],
  },
  {
    name: "the answer to a found key is given before its commit is durable (D3)",
    file: "packages/graph/src/local/commit-queue.ts",
    find: '          return { waiting, durableSeq: seq, outcome: { status: "duplicate", seq, time, result } };',
    replace: '          return { waiting, durableSeq: 0, outcome: { status: "duplicate", seq, time, result } };',
    tests: ["packages/graph/src/local/commit-queue.test.ts", marksDurability],
  },
  {
    name: "a transaction that only read is answered before what it read is durable (D3)",
    file: "packages/graph/src/local/commit-queue.ts",
    find: '    if (durability !== "relaxed") {\n      const durable',
    replace: '    if (durability === "paranoid") {\n      const durable',
    tests: [marksDurability],
  },
  {
    name: "another content under a known key is no error",
    file: "packages/graph/src/local/commit-decisions.ts",
    find: "  if (request.idempotency !== undefined && known.fingerprint !== request.idempotency.fingerprint)",
    replace: "  if (request.idempotency !== undefined && known.fingerprint === undefined)",
    tests: [conformance],
  },
  {
    name: "files under construction are not locked (K2)",
    file: "packages/graph/src/local/construction.ts",
    find: '      if (file.tryLock("exclusive")) {',
    replace: "      if (file.path !== undefined) {",
    tests: [marksCheckpoint, "packages/graph/src/local/collector.test.ts"],
  },
  {
    name: "nobody looks whether the files of a checkpoint are still there (K2)",
    file: "packages/graph/src/local/checkpoint.ts",
    find: "!isCurrent || !construction.isIntact() || ",
    replace: "!isCurrent || ",
    tests: [marksCheckpoint],
  },
  {
    name: "an overtaken checkpoint is published all the same (K3)",
    file: "packages/graph/src/local/checkpoint.ts",
    find: "      if (!isCurrent || ",
    replace: "      if ((!isCurrent && isTried) || ",
    tests: [marksCheckpoint, crashCheckpoint],
  },
  {
    name: "history and indexes are not durable when their names are published (K3)",
    file: "packages/graph/src/local/checkpoint.ts",
    find: "  for (const directory of [paths.historyDirectory, paths.indexDirectory]) disk.syncDirectory(directory);",
    replace: "",
    tests: [marksCheckpoint, crashCheckpoint],
  },
  {
    name: "the manifest's bytes are not durable when the pointer names it (K3)",
    file: "packages/graph/src/local/manifest.ts",
    find: "  made.file.syncData();",
    replace: "",
    tests: [marksCheckpoint, crashCheckpoint],
  },
  {
    name: "files are collected although somebody holds them (K4)",
    file: "packages/graph/src/local/collector.ts",
    find: '    if (!file.tryLock("exclusive")) return "kept";',
    replace: "",
    tests: [marksCheckpoint, "packages/graph/src/local/collector.test.ts"],
  },
  {
    name: "files are collected without the kernel lock (K2)",
    file: "packages/graph/src/local/collector.ts",
    find: "    const outcome = await log.underLock(() => removeOne(options, path));",
    replace: "    const outcome = await Promise.resolve(removeOne(options, path));",
    tests: ["packages/graph/src/local/collector.test.ts", marksCheckpoint],
  },
];

/** @type {readonly import("./plant.mjs").Mutant[]} */
export const graphMutants = [
  {
    name: "a fill from an older snapshot is kept as current (V3)",
    file: "packages/graph/src/entity-cache.ts",
    find: "isCurrent && fill.changedAtSeq <= snapshotSeq",
    replace: "fill.changedAtSeq >= 0",
    tests: ["packages/graph/src/entity-cache.test.ts"],
  },
  {
    name: "a snapshot is given what came after it from the cache (V3)",
    file: "packages/graph/src/entity-cache.ts",
    find: "    if (entry !== undefined && entry.seq <= snapshot.seq) {\n      this.#hits++;\n      return entry;",
    replace: "    if (entry !== undefined) {\n      this.#hits++;\n      return entry;",
    tests: ["packages/graph/src/entity-cache.test.ts"],
  },
  {
    name: "what a commit changed is kept though something newer was reported (V3)",
    file: "packages/graph/src/entity-cache.ts",
    find: "if (!(changed?.has(id) ?? later.some(({ ids }) => ids.includes(id))))",
    replace: "if (changed === undefined || changed.size >= 0)",
    tests: ["packages/graph/src/entity-cache.test.ts"],
  },
  {
    name: "the cache keeps what another process has changed",
    file: "packages/graph/src/entity-cache.ts",
    find: "      this.#entries?.delete(id);\n      if (this.#fillsById",
    replace: "      if (this.#fillsById",
    tests: ["packages/graph/src/entity-cache.test.ts"],
  },
  {
    name: "reads of a transaction are not recorded",
    file: "packages/graph/src/transaction-reader.ts",
    find: "    this.reads.set(id, { version: entry.stored?.version ?? 0, seq: entry.seq });",
    replace: "    void id;",
    tests: ["packages/graph/src/transact.test.ts", transactions],
  },
  {
    name: "a transaction takes what it has read once for missing",
    file: "packages/graph/src/transaction-reader.ts",
    find: "if (this.reads.get(id)?.seq === 0) return",
    replace: "if (this.reads.has(id)) return",
    tests: ["packages/graph/src/transact.test.ts", "packages/graph/src/entity-cache.test.ts"],
  },
  {
    name: "what a transaction looks for in vain takes a place in the cache",
    file: "packages/graph/src/entity-cache.ts",
    find: "    else if (keepsMissing || stored !== undefined) this",
    replace: "    else this",
    tests: ["packages/graph/src/entity-cache.test.ts"],
  },
  {
    name: "the ranges a transaction visits are not recorded",
    file: "packages/graph/src/transaction-reader.ts",
    find: "    this.#visited.push(range);",
    replace: "",
    tests: [transactions, "packages/graph/src/transaction-model.test.ts"],
  },
  {
    name: "a failed write that nobody awaits is handled by those behind it",
    file: "packages/graph/src/call-order.ts",
    find: "    return this.#track(started);\n  }",
    replace: "    const call = this.#track(started);\n    void call.catch(() => undefined);\n    return call;\n  }",
    tests: ["packages/graph/src/call-order.test.ts"],
  },
];
