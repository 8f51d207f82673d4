/** `knot task show`. */
import type { ClaimView, Note, SeenEdge, Task } from "@knotwork/domain";
import { found } from "../command-context.ts";
import { type Command, defineCommand, type Look } from "../command.ts";
import { type Block, type Document, fields, heading, line, span, text, tree } from "../output/document.ts";
import { idArgument } from "../parsing/option-spec.ts";
import { type DependencyTree, dependencyTreeNodes, readDependencyTree } from "../views/dependency-tree.ts";
import { prioritySpan, statusSpan } from "../views/task-view.ts";
import { shortTime } from "../views/times.ts";

export const taskShow: Command = defineCommand({
  path: "task show",
  summary: "Show one task with what it waits for",
  details:
    "With its claim, its notes, and the tasks it waits for as a tree. In JSON: data.task, data.claim, data.edges, data.notes, data.waitsFor.",
  args: { id: idArgument("id", "The task, or the end of its id") },
  options: {},
  examples: [{ line: "knot task show 7QK4ZB1M", why: "everything about it" }],
  run: async (context, { id: typed }) => {
    const knot = await context.read();
    const id = await knot.resolveId(typed, "task");
    const shown: Shown = {
      task: found(await knot.tasks.get(id), "task", id),
      claim: await knot.tasks.claimOf(id),
      notes: await knot.tasks.notes(id),
      edges: await knot.edges.seenFrom(id),
      waitsFor: await knot.tasks.blockers(id),
    };
    const waiting = await readDependencyTree(knot, id);
    return {
      data: { ...shown, claim: shown.claim ?? null, edges: shown.edges.map(briefEdge) },
      document: (look) => taskDocument(shown, waiting, look),
    };
  },
});

interface Shown {
  readonly task: Task;
  readonly claim: ClaimView | undefined;
  readonly notes: readonly Note[];
  readonly edges: readonly SeenEdge[];
  /** Ids of what is not finished yet. */
  readonly waitsFor: readonly string[];
}

function taskDocument({ task, claim, notes, edges, waitsFor }: Shown, waiting: DependencyTree, look: Look): Document {
  const others = edges.filter(({ reads }) => reads !== "DEPENDS_ON" && reads !== "ANNOTATES");
  return [
    line([span(task.id, "bold"), "  ", statusSpan(task.status, look), "  ", prioritySpan(task.priority)]),
    line(span(task.title, "bold")),
    fields([
      ["category", task.category],
      ["tags", task.tags?.join(", ")],
      ["assignee", task.assignee],
      ["estimate", task.estimateHours === undefined ? undefined : `${task.estimateHours} h`],
      ["due", task.due],
      ["blocked", task.blockedReason],
      ["claim", claim === undefined ? undefined : claimText(claim)],
      ["created", stamp(task.createdAt, task.createdBy)],
      ["started", task.startedAt === undefined ? undefined : stamp(task.startedAt, task.startedBy)],
      ["finished", task.completedAt === undefined ? undefined : stamp(task.completedAt, task.completedBy)],
      ["source", task.source === undefined ? undefined : `${task.source.system} ${task.source.id}`],
      ["version", `${task.version}, seq ${task.seq}, ${stamp(task.updatedAt, task.updatedBy)}`],
    ]),
    ...section("Description", task.description),
    ...section("Retrospective", task.retrospective),
    ...section("Extra", task.extra === undefined ? undefined : JSON.stringify(task.extra, undefined, 2)),
    ...(waiting.roots.length === 0
      ? []
      : [
          heading(span(waitsFor.length === 0 ? "Waited for" : "Waits for", "bold")),
          tree(dependencyTreeNodes(waiting, look)),
        ]),
    ...(waiting.cut ? [line(span("  … and more", "dim"))] : []),
    ...(others.length === 0 ? [] : [heading(span("Edges", "bold")), ...others.map(edgeLine)]),
    ...(notes.length === 0 ? [] : [heading(span("Notes", "bold")), ...notes.flatMap(noteBlocks)]),
  ];
}

function section(title: string, body: string | undefined): readonly Block[] {
  return body === undefined || body === "" ? [] : [heading(span(title, "bold")), text(body)];
}

function claimText({ agent, fence, expiresAt, expired }: ClaimView): string {
  return `${agent}, fence ${fence}, ${expired ? "ran out" : "until"} ${shortTime(expiresAt)}`;
}

function stamp(at: string, by: string | undefined): string {
  return by === undefined ? shortTime(at) : `${shortTime(at)} by ${by}`;
}

function edgeLine({ direction, reads, other }: SeenEdge): Block {
  return line([direction === "out" ? "  " : "  ← ", span(reads, "dim"), ` ${other}`]);
}

function noteBlocks(note: Note): readonly Block[] {
  return [
    line([span(`  ${stamp(note.createdAt, note.createdBy)}`, "dim"), span(`  ${note.kind}`, "cyan")]),
    text(note.text),
  ];
}

function briefEdge({ direction, reads, other, edge }: SeenEdge): object {
  return { direction, type: reads, other, id: edge.id };
}
