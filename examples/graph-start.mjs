import { defineType, openGraph } from "@knotwork/graph";
import * as v from "valibot";

// A validator of your choice, as long as it speaks Standard Schema.
const part = defineType("part", {
  fields: v.object({ name: v.string(), grams: v.number() }),
  indexes: [["grams"]],
});

const graph = await openGraph({ dir: "parts", author: "workshop", create: true, types: [part] });
try {
  const { value: frame, seq } = await graph.transact(async (tx) => {
    const created = await tx.create("part", { name: "frame", grams: 1900 });
    const wheel = await tx.create("part", { name: "wheel", grams: 1200 });
    await tx.link(created.id, "CONTAINS", wheel.id, { count: 2 });
    return created;
  });
  await graph.transact((tx) => tx.update(frame.id, { grams: 1750 }, { ifVersion: 1 }));

  const heavy = await graph.query("part").where("grams", ">", 1000).orderBy("grams").limit(10).all();
  console.log(heavy.map(({ props }) => `${props.name}: ${props.grams} g`).join(", "));

  const past = graph.asOf(seq);
  const before = await past.get(frame.id);
  console.log(`At commit ${seq} it was`, before?.props);
  past.release();
} finally {
  await graph.close();
}
