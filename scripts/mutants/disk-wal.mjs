// Faults in the disk and the log.

const marksLock = "test/engine/marks-lock.test.ts";
const marksDurability = "test/engine/marks-durability.test.ts";
const marksRecovery = "test/engine/marks-recovery.test.ts";
const crashCommits = "test/crash/commits.test.ts";

/** @type {readonly import("./plant.mjs").Mutant[]} */
export const diskMutants = [
  {
    name: "errors have no stack trace once a lock was busy",
    file: "packages/disk/src/flock.ts",
    find: '    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);',
    replace: "    void stackTraceLimit;",
    tests: ["packages/disk/src/node-disk.test.ts"],
  },
  {
    name: "a slot that changed keeps its old meaning",
    file: "packages/wal/src/durable-marks.ts",
    find: "start, end) === 0 ? content",
    replace: "start, end) === 0 || content.mark !== undefined ? content",
    tests: ["packages/wal/src/durable-marks.test.ts"],
  },
  {
    name: "the process lock is not compared with the file its path names (L1)",
    file: "packages/disk/src/process-lock.ts",
    find: "    return named !== undefined && isSameFile(named, this.#identity);",
    replace: "    return named !== undefined;",
    tests: ["packages/disk/src/process-lock.test.ts", marksLock],
  },
  {
    name: "a lock file without a name counts as locked (L1)",
    file: "packages/disk/src/process-lock.ts",
    find: "    if (!this.isStillOurs()) {\n      this.#closeFiles();\n      return false;\n    }\n    this.#held = true;",
    replace: "    this.#held = true;",
    tests: ["packages/disk/src/process-lock.test.ts", marksLock],
  },
  {
    name: "waiting for the lock has no end",
    file: "packages/disk/src/run-locked.ts",
    find: "    if (this.remainingMs() === 0) throw this.#timeoutError();",
    replace: "    if (this.remainingMs() < 0) throw this.#timeoutError();",
    tests: ["packages/disk/src/run-locked.test.ts"],
  },
  {
    name: "nobody who waits for the lock is ever let go first",
    file: "packages/disk/src/run-locked.ts",
    find: "  if (lock.takenInARow < IN_A_ROW_MAX) return;",
    replace: "  if (lock.takenInARow < Infinity) return;",
    tests: ["packages/disk/src/run-locked.test.ts"],
  },
  {
    name: "a file is renamed into place before it is synced",
    file: "packages/disk/src/atomic-file.ts",
    find: "    writeFully(file, bytes, 0);\n    file.syncData();",
    replace: "    writeFully(file, bytes, 0);",
    tests: ["packages/disk/src/atomic-file.test.ts"],
  },
  {
    name: "a renamed file's directory is not synced",
    file: "packages/disk/src/atomic-file.ts",
    find: "  disk.syncDirectory(dirname(path));",
    replace: "  dirname(path);",
    tests: ["packages/disk/src/atomic-file.test.ts"],
  },
];

/** @type {readonly import("./plant.mjs").Mutant[]} */
export const walMutants = [
  {
    name: "a line's CRC is not checked",
    file: "packages/wal/src/line-format.ts",
    find: "  return hexAt(bytes, start + CRC_START, start + CRC_END) === crc32(rest) ? rest : undefined;",
    replace: "  return hexAt(bytes, start + CRC_START, start + CRC_END) === crc32(rest) ? rest : rest;",
    tests: ["packages/wal/src/line-format.test.ts", marksRecovery],
  },
  {
    name: "the lock is not looked at again right before the append (L1)",
    file: "packages/wal/src/log-append.ts",
    find: "  if (!lock.isStillOurs()) return RETRY_LOCK;",
    replace: "  if (!lock.held) return RETRY_LOCK;",
    tests: [marksLock, "packages/wal/src/log-append.test.ts"],
  },
  {
    name: "the lock on the segment itself is skipped (L2)",
    file: "packages/wal/src/segment-lock.ts",
    find: "    if (!segment.tryLock()) return undefined;",
    replace: "",
    tests: [marksLock, "packages/wal/src/log-lock.test.ts"],
  },
  {
    name: "a paranoid commit is synced outside the lock",
    file: "packages/wal/src/log-append.ts",
    find: "  if (options.syncInside && records.length > 0) sync.syncBlocking();",
    replace: "  if (options.syncInside && records.length < 0) sync.syncBlocking();",
    tests: [marksRecovery, "test/crash/sync-counts.test.ts"],
  },
  {
    name: "what was appended is not shown to the own readers before the lock is free (V1)",
    file: "packages/wal/src/log-append.ts",
    find: "  for (const record of records) tail.accept(record.head, record.location);",
    replace: "",
    tests: [marksDurability, "packages/wal/src/log-append.test.ts"],
    hangs: true,
  },
  {
    name: "an unfinished record stays in the log of a full disk (F1)",
    file: "packages/wal/src/log-append.ts",
    find: "  if (wholeBytes < written) sync.cut(tail.segment, start + wholeBytes);",
    replace: "  if (wholeBytes > written) sync.cut(tail.segment, start + wholeBytes);",
    tests: [marksDurability, "packages/wal/src/log-append.test.ts"],
  },
  {
    name: "whole records are cut with the unfinished one (F1)",
    file: "packages/wal/src/log-append.ts",
    find: "    return end <= writtenBytes;",
    replace: "    return end < 0;",
    tests: [marksDurability, "packages/wal/src/log-append.test.ts"],
  },
  {
    name: "the times of commits follow a wall clock that goes back",
    file: "packages/wal/src/log-append.ts",
    find: "  return now > last ? now : last;",
    replace: "  return now > last ? now : now;",
    tests: ["packages/wal/src/log-append.test.ts"],
  },
  {
    name: "a segment is sealed before its records are durable (S3)",
    file: "packages/wal/src/log-seal.ts",
    find: "  sync.prepareSegment(tail.segment);\n  sync.syncBlocking();",
    replace: "  sync.prepareSegment(tail.segment);",
    tests: [marksLock, "packages/wal/src/log-seal.test.ts", "test/crash/checkpoint.test.ts"],
  },
  {
    name: "the successor's name is not durable when the seal points to it (S3)",
    file: "packages/wal/src/log-seal.ts",
    find: "    disk.syncDirectory(paths.directory);\n    appendSeal(context, name);",
    replace: "    appendSeal(context, name);",
    tests: [marksLock, "packages/wal/src/log-seal.test.ts", "test/crash/checkpoint.test.ts"],
  },
  {
    name: "an append behind a seal does not wait for the segment before (S3)",
    file: "packages/wal/src/log-sync.ts",
    find: "    if (this.durableSeq < segment.firstSeq && segment.firstSeq > 1) {",
    replace: "    if (this.durableSeq < segment.firstSeq && segment.firstSeq < 1) {",
    tests: [marksLock, "packages/wal/src/log-sync.test.ts"],
  },
  {
    name: "a sync acknowledges what was appended while it ran (D2)",
    file: "packages/wal/src/log-sync.ts",
    find: "    this.learn(attempt.seq);",
    replace: "    this.learn(this.#options.tail().seq);",
    tests: [marksDurability, "packages/wal/src/log-sync.test.ts"],
  },
  {
    name: "commits are acknowledged before any sync",
    file: "packages/wal/src/log-sync.ts",
    find: "    while (!this.#isDurable(seq)) {",
    replace: "    while (!this.#isDurable(Math.min(seq, 0))) {",
    tests: [crashCommits, marksDurability],
  },
  {
    name: "a sync made beside one in flight counts as proof (D1)",
    file: "packages/wal/src/log-sync.ts",
    find: "      if (!this.isInFlight) this.#finish(attempt);",
    replace: "      this.#finish(attempt);",
    tests: ["packages/wal/src/log-sync.test.ts"],
  },
  {
    name: "a sync of a file that was replaced meanwhile counts as proof (D1)",
    file: "packages/wal/src/log-sync.ts",
    find: "    const named = disk.stat(segment.path);",
    replace: "    const named = disk.stat(`${segment.path}.none`);",
    tests: ["packages/wal/src/slow-sync.test.ts"],
  },
  {
    name: "a paranoid handle syncs in the pool, and shows meanwhile what nothing proved (D3)",
    file: "packages/wal/src/log-sync.ts",
    find: "      if (this.#options.onlyInPlace || ",
    replace: "      if (",
    tests: ["packages/wal/src/slow-sync.test.ts", "packages/graph/src/local/current-state.test.ts"],
  },
  {
    name: "a failed sync poisons nothing: the next one acknowledges (D1)",
    file: "packages/wal/src/log-sync.ts",
    find: "    this.#poison ??= error;",
    replace: "    void error;",
    tests: [marksDurability, "packages/wal/src/log-sync.test.ts"],
  },
  {
    name: "a failed sync marks no segment as suspect (D1)",
    file: "packages/wal/src/log-sync.ts",
    find: "    this.#options.marks.addSuspect({",
    replace: "    Object.freeze({",
    tests: [marksDurability, "packages/wal/src/log-sync.test.ts"],
  },
  {
    name: "the slots are not read again after a successful sync (D1)",
    file: "packages/wal/src/log-sync.ts",
    find: "    if (suspects.some((suspect) => suspect.ino === String(identity.ino) && suspect.dev === String(identity.dev)))",
    replace: "    if (suspects.some((suspect) => suspect.ino === String(identity.ino) && suspect.dev === String(-1)))",
    tests: ["packages/wal/src/log-sync.test.ts", marksDurability],
  },
  {
    name: "a record that does not follow the last one is taken (F2)",
    file: "packages/wal/src/log-tail.ts",
    find: "      if (record.head.seq !== this.#seq + 1 || record.head.prev !== this.#crc) return undefined;",
    replace: "      if (record.head.seq !== this.#seq + 1) return undefined;",
    tests: [marksDurability, "packages/wal/src/log-tail.test.ts"],
  },
  {
    name: "a reader stays in a segment that was replaced (D1)",
    file: "packages/wal/src/log-tail.ts",
    find: "      if (stat.linkCount > 0) return clean;",
    replace: "      if (stat.linkCount >= 0) return clean;",
    tests: [marksDurability, "packages/wal/src/log-tail.test.ts"],
  },
];
