/** LMDB as a subject of the mix: links by both ends, old versions kept; every read begins a new read transaction. */
import { join } from "node:path";
import { open as openLmdb } from "lmdb";

const NOTHING = Buffer.alloc(0);

export async function open({ dir, level }) {
  const root = openLmdb({
    path: join(dir, "store"),
    maxDbs: 8,
    mapSize: 2 ** 32,
    noSync: level === "relaxed",
    overlappingSync: false,
  });
  const nodes = root.openDB({ name: "node", encoding: "msgpack" });
  const out = root.openDB({ name: "out", encoding: "msgpack" });
  const into = root.openDB({ name: "in", encoding: "binary" });
  const history = root.openDB({ name: "history", encoding: "msgpack" });
  const listOf = (from) => out.getRange({ start: [from], end: [from, "\uffff"] });
  const read = (answer) => (argument) => {
    root.resetReadTxn();
    return answer(argument);
  };
  const write = (change) => (argument) => root.transactionSync(() => change(argument));
  const addLink = ({ from, to, props }) => {
    const old = out.get([from, to]);
    if (old !== undefined) void history.put([from, to, old.version], old);
    void out.put([from, to], { version: (old?.version ?? 0) + 1, props: { ...old?.props, ...props } });
    void into.put([to, from], NOTHING);
    return old === undefined ? 1 : 0;
  };
  return {
    async seed(items) {
      root.transactionSync(() => {
        for (const { id, props } of items.nodes) void nodes.put(id, { version: 1, props });
        for (const link of items.links) addLink(link);
      });
      await root.flushed;
    },
    getNode: read((id) => nodes.get(id)),
    linkList: read((from) => [...listOf(from)]),
    countLinks: read((from) => out.getKeysCount({ start: [from], end: [from, "\uffff"] })),
    addLink: write(addLink),
    removeLink: write((from) => {
      const [first] = out.getRange({ start: [from], end: [from, "\uffff"], limit: 1 });
      if (first === undefined) return 0;
      const [, to] = first.key;
      void history.put([from, to, first.value.version], first.value);
      void out.remove([from, to]);
      void into.remove([to, from]);
      return -1;
    }),
    addNode: write(({ id, props }) => void nodes.put(id, { version: 1, props })),
    updateNode: write(({ id, time }) => {
      const old = nodes.get(id);
      void history.put([id, old.version], old);
      void nodes.put(id, { version: old.version + 1, props: { ...old.props, time } });
    }),
    async count() {
      return { nodes: nodes.getKeysCount(), links: out.getKeysCount() };
    },
    close: () => root.close(),
  };
}
