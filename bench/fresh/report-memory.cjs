// Preloaded: when the process ends, writes its peak memory in bytes to the file that BENCH_MEMORY_FILE names.
const { writeFileSync } = require("node:fs");
const { peakMemoryBytes } = require("../peak-memory.cjs");

process.once("exit", () => writeFileSync(process.env.BENCH_MEMORY_FILE, String(peakMemoryBytes())));
