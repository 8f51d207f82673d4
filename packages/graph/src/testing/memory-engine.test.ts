import { describeEngine } from "./engine-conformance.ts";
import { MemoryEngine } from "./memory-engine.ts";
import { MemoryStore } from "./memory-store.ts";

describeEngine("the engine in memory", async () => {
  const store = new MemoryStore();
  return {
    engine: new MemoryEngine({ store }),
    second: async () => new MemoryEngine({ store }),
    reopen: async () => new MemoryEngine({ store }),
    close: async () => {},
  };
});
