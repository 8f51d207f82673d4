/** `knot doc list`, `doc show`. */
import { documentKinds } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { heading, span } from "../output/document.ts";
import { choiceOption, flag, textArgument, textOption } from "../parsing/option-spec.ts";
import { projectFiles } from "../project-files.ts";
import { documentFields, documentTable } from "../views/document-view.ts";
import { listDocument } from "../views/list-view.ts";
import { briefTask, taskTable } from "../views/task-view.ts";
import { rootOption } from "./doc-scan.ts";
import { envelopePage, given, listOptions } from "./shared-options.ts";

export const docList: Command = defineCommand({
  path: "doc list",
  summary: "List the registered documents",
  details: "In the order of their paths; each is compared with its file: current, changed, or missing.",
  args: {},
  options: {
    kind: choiceOption("-t, --kind <kind>", "Only these", documentKinds, { misspellings: ["--type", "--doc-type"] }),
    tag: textOption("--tag <word>", "Only documents with this tag", { misspellings: ["--tags", "--label"] }),
    stale: flag("--stale", "Only those whose file was changed or removed", {
      misspellings: ["--outdated", "--changed"],
    }),
    root: rootOption,
    ...listOptions,
  },
  examples: [{ line: "knot doc list --stale", why: "what has to be looked at again" }],
  run: async (context, { root, ...filter }) => {
    const knot = await context.read();
    const documents = await knot.documents.list({ ...given(filter), files: projectFiles(context, root) });
    const page = envelopePage(documents);
    const { items } = documents;
    return {
      data: { items },
      page,
      document: () => listDocument({ count: items.length, noun: "document", page, rows: () => [documentTable(items)] }),
    };
  },
});

export const docShow: Command = defineCommand({
  path: "doc show",
  summary: "Show one document with its tasks",
  args: { document: textArgument("document", "Its path, its id or the end of it") },
  options: { root: rootOption },
  examples: [{ line: "knot doc show docs/FORMAT.md", why: "state, hash, counts, linked tasks" }],
  run: async (context, { document: typed, root }) => {
    const knot = await context.read();
    const id = await knot.documents.resolve(typed);
    const document = await knot.documents.check(id, projectFiles(context, root));
    const linked = await knot.documents.tasks(id);
    return {
      data: { ...document, tasks: linked.map(({ task, link }) => ({ link, ...briefTask(task) })) },
      document: (look) => [
        ...documentFields(document),
        ...(linked.length === 0
          ? []
          : [
              heading(span("Tasks", "bold")),
              taskTable(
                linked.map(({ task }) => task),
                look,
              ),
            ]),
      ],
    };
  },
});
