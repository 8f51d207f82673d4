// Preloaded: when the process ends, writes its peak memory in KiB to the file that BENCH_MEMORY_FILE names.
process.once("exit", () => {
  require("node:fs").writeFileSync(process.env.BENCH_MEMORY_FILE, String(process.resourceUsage().maxRSS));
});
