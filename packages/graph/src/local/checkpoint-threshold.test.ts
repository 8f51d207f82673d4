import { expect, test } from "vitest";
import { checkpointThresholdBytes } from "./checkpoint-threshold.ts";

const MIB = 1024 * 1024;

test("a log grows to what is replayed in 100 ms at the speed of the last open, from 4 to 64 MiB", () => {
  expect(checkpointThresholdBytes({ bytes: 8 * MIB, ms: 50 })).toBe(16 * MIB);
  expect(checkpointThresholdBytes({ bytes: 8 * MIB, ms: 100 })).toBe(8 * MIB);
  expect(checkpointThresholdBytes({ bytes: 8 * MIB, ms: 10_000 })).toBe(4 * MIB);
  expect(checkpointThresholdBytes({ bytes: 80 * MIB, ms: 20 })).toBe(64 * MIB);
  expect(checkpointThresholdBytes({ bytes: 80 * MIB, ms: 0 })).toBe(64 * MIB);
});

test("without a log to measure by it is 16 MiB", () => {
  expect(checkpointThresholdBytes({ bytes: 0, ms: 0 })).toBe(16 * MIB);
  expect(checkpointThresholdBytes({ bytes: MIB, ms: 1_000 })).toBe(16 * MIB);
});
