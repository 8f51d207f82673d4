/** `knot doc verify`, `doc update`, `doc link`, `doc unlink`, `doc tasks`, `doc docs`. */
import { type DocumentEdit, documentKinds, documentLinks } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { line, span, table } from "../output/document.ts";
import { choiceOption, idArgument, textArgument, textOption, wordsOption } from "../parsing/option-spec.ts";
import { projectFiles } from "../project-files.ts";
import { documentLine } from "../views/document-view.ts";
import { listDocument } from "../views/list-view.ts";
import { briefTask, taskTable } from "../views/task-view.ts";
import { rootOption } from "./doc-scan.ts";
import { editOptions, mergeEdits } from "./field-edits.ts";
import { pageOfItems } from "./page-of-items.ts";
import { changeOptions, given, listOptions, writeOptionsOf } from "./shared-options.ts";

const documentArgument = textArgument("document", "Its path, its id or the end of it");
const linkOption = choiceOption("-t, --type <link>", "How they are linked", documentLinks, {
  misspellings: ["--link", "--edge", "--as-type"],
});

export const docVerify: Command = defineCommand({
  path: "doc verify",
  summary: "Say that a document holds as its file is now",
  details: "It is not stale any more: what is linked to it holds for what the file says now.",
  args: { document: documentArgument },
  options: { root: rootOption, ...changeOptions },
  examples: [{ line: "knot doc verify docs/FORMAT.md", why: "looked at, and still right" }],
  run: async (context, { document: typed, root, ...write }) => {
    const knot = await context.write();
    const id = await knot.documents.resolve(typed);
    const options = writeOptionsOf(context, write);
    const document = await knot.documents.verify(id, projectFiles(context, root), options);
    return { data: document, document: () => [documentLine("Verified", document)] };
  },
});

export const docUpdate: Command = defineCommand({
  path: "doc update",
  summary: "Change what is recorded of a document",
  details: "Fields: title, kind, category, tags. What the file says is recorded by scan and verify.",
  args: { document: documentArgument },
  options: {
    title: textOption("--title <text>", "Its title", { misspellings: ["--name"] }),
    kind: choiceOption("--kind <kind>", "What it is", documentKinds, { misspellings: ["--type", "--doc-type"] }),
    category: textOption("-c, --category <word>", "A category of your own"),
    tags: wordsOption("--tags <words>", "Tags, comma-separated", { misspellings: ["--tag", "--labels"] }),
    set: editOptions([]).set,
    ...changeOptions,
  },
  examples: [{ line: "knot doc update docs/FORMAT.md --kind architecture --tags wal,format", why: "found by them" }],
  run: async (context, { document: typed, set, ifVersion, idempotencyKey, ...named }) => {
    const fields = { title: "text", kind: "text", category: "text", tags: "words" } as const;
    const edit = mergeEdits<DocumentEdit>({ noun: "document", fields }, { named, set, unset: undefined });
    const knot = await context.write();
    const id = await knot.documents.resolve(typed);
    const document = await knot.documents.update(id, edit, writeOptionsOf(context, { ifVersion, idempotencyKey }));
    return { data: document, document: () => [documentLine("Updated", document, `version ${document.version}`)] };
  },
});

export const docLink: Command = defineCommand({
  path: "doc link",
  summary: "Link a task to a document",
  details: "The task is DOCUMENTED_BY it (default), PRODUCES it, or REFERENCES it.",
  args: { document: documentArgument, task: idArgument("task", "The task, or the end of its id") },
  options: { link: linkOption, ...changeOptions },
  examples: [{ line: "knot doc link docs/FORMAT.md 7QK4ZB1M --type PRODUCES", why: "the task writes it" }],
  run: async (context, { document: typed, task: taskTyped, link = "DOCUMENTED_BY", ...write }) => {
    const knot = await context.write();
    const task = await knot.resolveId(taskTyped, "task");
    const id = await knot.documents.resolve(typed);
    const document = await knot.documents.link(id, task, link, writeOptionsOf(context, write));
    return {
      data: { document: id, task, link },
      document: () => [documentLine("Linked", document, `${task} ${link}`)],
    };
  },
});

export const docUnlink: Command = defineCommand({
  path: "doc unlink",
  summary: "Take the link between a task and a document out",
  details: "Without --type every link between the two.",
  args: { document: documentArgument, task: idArgument("task", "The task, or the end of its id") },
  options: { link: linkOption, ...changeOptions },
  examples: [{ line: "knot doc unlink docs/FORMAT.md 7QK4ZB1M", why: "they have nothing to do with each other" }],
  run: async (context, { document: typed, task: taskTyped, link, ...write }) => {
    const knot = await context.write();
    const task = await knot.resolveId(taskTyped, "task");
    const id = await knot.documents.resolve(typed);
    const document = await knot.documents.unlink(id, task, link, writeOptionsOf(context, write));
    return {
      data: { document: id, task, link: link ?? null },
      document: () => [documentLine("Unlinked", document, task)],
    };
  },
});

export const docTasks: Command = defineCommand({
  path: "doc tasks",
  summary: "List the tasks of a document",
  args: { document: documentArgument },
  options: listOptions,
  examples: [{ line: "knot doc tasks docs/FORMAT.md", why: "who works with it" }],
  run: async (context, { document: typed, ...paging }) => {
    const knot = await context.read();
    const linked = await knot.documents.tasks(await knot.documents.resolve(typed));
    const { items, page } = pageOfItems(linked, paging, ({ task, link }) => `${link}:${task.id}`);
    return {
      data: { items: items.map(({ task, link }) => ({ link, ...briefTask(task) })) },
      page,
      document: (look) => {
        const tasks = items.map(({ task }) => task);
        return listDocument({ count: items.length, noun: "task", page, rows: () => [taskTable(tasks, look)] });
      },
    };
  },
});

export const docDocs: Command = defineCommand({
  path: "doc docs",
  summary: "List the documents of a task",
  args: { task: idArgument("task", "The task, or the end of its id") },
  options: listOptions,
  examples: [{ line: "knot doc docs 7QK4ZB1M", why: "what to read before work" }],
  run: async (context, { task, ...paging }) => {
    const knot = await context.read();
    const linked = await knot.documents.ofTask(await knot.resolveId(task, "task"));
    const { items, page } = pageOfItems(linked, paging, ({ document, link }) => `${link}:${document.id}`);
    const rows = () => [
      table(
        [{ title: "link" }, { title: "path", flexible: true }, { title: "title", flexible: true }],
        items.map(({ document, link }) => [link, document.path, span(document.title, "dim")]),
      ),
    ];
    return {
      data: { items: items.map(({ document, link }) => ({ link, ...given({ ...document }) })) },
      page,
      document: () =>
        items.length === 0
          ? [line(span("No document.", "dim"))]
          : listDocument({ count: items.length, noun: "document", page, rows }),
    };
  },
});
