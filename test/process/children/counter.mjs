// What processes and worker threads do alike: add 1 to one counter, a transaction each.

/** @param {import("@knotwork/graph").Graph} graph @param {number} count */
export async function countUp(graph, count) {
  for (let done = 0; done < count; done += 1) {
    await graph.transact(
      async (tx) => {
        const counter = await tx.get("counter");
        await tx.update("counter", { value: Number(counter?.props["value"]) + 1 });
      },
      { retries: 1000 },
    );
  }
}
