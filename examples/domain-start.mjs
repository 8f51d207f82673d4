import { openKnot } from "@knotwork/domain";

const knot = await openKnot({ dir: ".knot", as: "agent-7", create: true });
try {
  const reader = await knot.tasks.create({ title: "Read the old format", priority: "high" });
  await knot.tasks.create({ title: "Convert every file", dependsOn: [reader.id] });

  const claimed = await knot.tasks.claimNext({ ttlMs: 60_000 });
  if (claimed !== undefined) {
    const { task, fence } = claimed;
    await knot.decisions.log({ title: "Convert in one pass", rationale: "It fits into memory", affects: [task.id] });
    await knot.tasks.complete(task.id, { fence });
  }

  const next = await knot.tasks.next();
  console.log(`Next: ${next?.title}`);
} finally {
  await knot.close();
}
