export { MemoryEngine, type MemoryEngineOptions } from "./memory-engine.ts";
export { type KnownKey, MemoryStore } from "./memory-store.ts";
