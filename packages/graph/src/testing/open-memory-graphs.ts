/** Graphs over one store in memory, for tests. */
import type { CommitRequest, Engine } from "../engine.ts";
import type { Graph } from "../graph.ts";
import { openGraph } from "../open-graph.ts";
import { MemoryEngine } from "./memory-engine.ts";
import { MemoryStore } from "./memory-store.ts";

/** Two graphs over one store, as two processes have them, and every request the first one commits. */
export async function openTwo(): Promise<{ one: Graph; two: Graph; requests: CommitRequest[] }> {
  const store = new MemoryStore();
  const requests: CommitRequest[] = [];
  const engine = new MemoryEngine({ store });
  const recording: Engine = Object.assign(Object.create(engine) as Engine, {
    commit: (request: CommitRequest) => {
      requests.push(request);
      return engine.commit(request);
    },
    head: () => engine.head(),
    pin: () => engine.pin(),
    findKey: (key: string) => engine.findKey(key),
    read: (read: never) => engine.read(read),
    log: (request: never) => engine.log(request),
    onHint: (listener: () => void) => engine.onHint(listener),
    onApplied: (listener: never) => engine.onApplied(listener),
    readOnly: false,
  });
  return {
    one: await openGraph({ engine: recording, author: "one" }),
    two: await openGraph({ engine: new MemoryEngine({ store }), author: "two" }),
    requests,
  };
}

export async function openOne(): Promise<Graph> {
  return await openGraph({ engine: new MemoryEngine() });
}
