"use strict";

const { readFileSync } = require("node:fs");

/**
 * The most memory this process has had since its program began. Not `resourceUsage().maxRSS`: a process inherits the peak
 * of the one that started it, and the bench itself is large.
 */
function peakMemoryBytes() {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(kib) * 1024;
}

module.exports = { peakMemoryBytes };
