/** Knotwork as a subject of the mix. A write answers by how much it changed the number of links. */
import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { LINK_TYPE } from "../mix-workload.mjs";

export async function open({ dir, level, writer }) {
  const durability = level === "durable" ? "balanced" : "relaxed";
  const graph = await openGraph({ dir: join(dir, "store"), create: true, durability, author: `writer-${writer}` });
  const write = async (change) => (await graph.transact(change, { retries: 1000 })).value;
  return {
    async seed({ nodes, links }) {
      await graph.load(itemsOf(nodes, links));
      await graph.checkpoint();
    },
    getNode: (id) => graph.get(id),
    linkList: (from) => graph.edges({ from, type: LINK_TYPE }),
    countLinks: async (from) => (await graph.neighbours(from, { out: [LINK_TYPE] })).length,
    addLink: ({ from, to, props }) =>
      write(async (tx) => {
        const old = await tx.getEdge(from, LINK_TYPE, to);
        if (old === undefined) await tx.link(from, LINK_TYPE, to, props);
        else await tx.update(old.id, props);
        return old === undefined ? 1 : 0;
      }),
    removeLink: (from) =>
      write(async (tx) => {
        const [first] = await tx.edges({ from, type: LINK_TYPE });
        if (first === undefined) return 0;
        await tx.unlink(from, LINK_TYPE, first.to);
        return -1;
      }),
    addNode: ({ id, props }) => write(async (tx) => void (await tx.create("node", props, { id }))),
    updateNode: ({ id, time }) => write(async (tx) => void (await tx.update(id, { time }))),
    async count() {
      const counts = await graph.countTypes();
      return { nodes: counts.get("node") ?? 0, links: counts.get(LINK_TYPE) ?? 0 };
    },
    close: () => graph.close(),
  };
}

function* itemsOf(nodes, links) {
  for (const { id, props } of nodes) yield { id, type: "node", props };
  for (const { from, to, props } of links) yield { type: LINK_TYPE, from, to, props };
}
