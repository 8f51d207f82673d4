/** Makes the imported tasks ready for the agents, as `planWork` says: through the domain, in the scratch store only. */
import type { ExportedEntity, Knot } from "@knotwork/domain";
import { planWork, type WorkNode, type WorkPlan } from "./work-list.ts";

export async function prepareWork(knot: Knot, taskCountMax: number): Promise<WorkPlan> {
  const plan = planWork(await readNodes(knot), taskCountMax);
  // Relaxed: what is prepared here is covered by the first durable commit behind it.
  const options = { durability: "relaxed" } as const;
  for (const id of plan.leftInProgress) await knot.tasks.reopen(id, options);
  for (const id of plan.reopened) await knot.tasks.reopen(id, options);
  for (const { parent, children } of plan.parentsToWait) await knot.tasks.depends(parent, children, options);
  return plan;
}

async function readNodes(knot: Knot): Promise<readonly WorkNode[]> {
  const nodes: ExportedEntity[] = [];
  const blockers = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for await (const entity of knot.export()) {
    if (entity.kind === "node") nodes.push(entity);
    else if (entity.type === "DEPENDS_ON") add(blockers, entity);
    else if (entity.type === "PARENT_OF") add(children, entity);
  }
  return nodes.map(({ id, type, props }) => ({
    id,
    isTask: type === "task",
    status: typeof props["status"] === "string" ? props["status"] : undefined,
    blockers: blockers.get(id) ?? [],
    children: children.get(id) ?? [],
  }));
}

function add(targetsById: Map<string, string[]>, { from = "", to = "" }: ExportedEntity): void {
  targetsById.set(from, [...(targetsById.get(from) ?? []), to]);
}
