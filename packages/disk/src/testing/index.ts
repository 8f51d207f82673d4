export type { CrashModel, CrashPoint } from "./crash.ts";
export { type CrashState, enumerateCrashes, type EnumerateOptions } from "./crash-states.ts";
export { type Fault, FaultyDisk, type FaultyDiskOptions } from "./faulty-disk.ts";
export { type CrashOptions, MemoryDisk, type MemoryDiskOptions } from "./memory-disk.ts";
export { ProcessKilledError } from "./memory-machine.ts";
export { type DiskCall, type DiskOperation, MUTATING_CALLS, type MutatingCall, OperationCounts } from "./operations.ts";
export { seededRandom } from "./seeded-random.ts";
export { TestClock, type TestClockOptions } from "./test-clock.ts";
