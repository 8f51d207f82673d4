/** `knot work attach`, `report`, `list`, `history`: who is at work on what, and how it stands. */
import { workStatuses, type WorkSession } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Block, line, span, table } from "../output/document.ts";
import { choiceOption, idArgument, idOption, longTextOption, required, textOption } from "../parsing/option-spec.ts";
import { listDocument } from "../views/list-view.ts";
import { shortIds } from "../views/short-ids.ts";
import { shortTime } from "../views/times.ts";
import { pageOfItems } from "./page-of-items.ts";
import { changeOptions, envelopePage, given, listOptions, retryOptions, writeOptionsOf } from "./shared-options.ts";

const sessionId = idArgument("id", "The work session, or the end of its id");

export const workAttach: Command = defineCommand({
  path: "work attach",
  summary: "Say that you are at work on a task",
  details: "Begins a work session, or gives back the one that goes on. It is no claim: others may be at work, too.",
  needsIdentity: true,
  args: { task: idArgument("task", "The task, or the end of its id") },
  options: retryOptions,
  examples: [{ line: "knot work attach 7QK4ZB1M --as agent-7", why: "a session with a status of its own" }],
  run: async (context, { task, idempotencyKey }) => {
    const knot = await context.write();
    const options = writeOptionsOf(context, { idempotencyKey });
    const session = await knot.workSessions.attach(await knot.resolveId(task, "task"), options);
    return { data: session, document: () => [sessionLine("At work", session)] };
  },
});

export const workReport: Command = defineCommand({
  path: "work report",
  summary: "Say how your work stands",
  details:
    "Kept on the session, never on the task, so it may be said often. The same again writes nothing; after `ended` a new session is needed.",
  needsIdentity: true,
  args: { id: sessionId },
  options: {
    status: required(
      choiceOption("-s, --status <status>", "How it stands", workStatuses, { misspellings: ["--state"] }),
    ),
    message: longTextOption("-m, --message <text>", "What it waits for, what is to be looked at", {
      misspellings: ["--reason", "--note"],
    }),
    ...changeOptions,
  },
  examples: [
    {
      line: 'knot work report 2RT6M8WD --status review -m "Please look at the parser" --as agent-7',
      why: "asks for a review",
    },
  ],
  run: async (context, { id, status, message, ...write }) => {
    const knot = await context.write();
    const session = await knot.workSessions.report(await knot.resolveId(id, "work_session"), status, {
      ...given({ message }),
      ...writeOptionsOf(context, write),
    });
    return { data: session, document: () => [sessionLine("Reported", session)] };
  },
});

export const workList: Command = defineCommand({
  path: "work list",
  summary: "List who is at work on what",
  args: {},
  options: {
    task: idOption("--task <id>", "Only on this task"),
    agent: textOption("--worker <name>", "Only of this agent"),
    status: choiceOption("-s, --status <status>", "Only these", workStatuses, { misspellings: ["--state"] }),
    ...listOptions,
  },
  examples: [{ line: "knot work list --status review", why: "what waits for a look" }],
  run: async (context, { task, ...filter }) => {
    const knot = await context.read();
    const taskId = task === undefined ? undefined : await knot.resolveId(task, "task");
    const found = await knot.workSessions.list({ ...given(filter), ...given({ task: taskId }) });
    const page = envelopePage(found);
    return {
      data: { items: found.items },
      page,
      document: () =>
        listDocument({
          count: found.items.length,
          noun: "work session",
          page,
          rows: () => [sessionTable(found.items)],
        }),
    };
  },
});

export const workHistory: Command = defineCommand({
  path: "work history",
  summary: "List every status a work session had",
  args: { id: sessionId },
  options: listOptions,
  examples: [{ line: "knot work history 2RT6M8WD", why: "how it went" }],
  run: async (context, { id, ...paging }) => {
    const knot = await context.read();
    const all = await knot.workSessions.history(await knot.resolveId(id, "work_session"));
    const { items, page } = pageOfItems(all, paging, ({ seq }) => String(seq));
    return {
      data: { items },
      page,
      document: () =>
        listDocument({
          count: items.length,
          noun: "status",
          page,
          rows: () => [
            table(
              [{ title: "at" }, { title: "status" }, { title: "message", flexible: true }],
              items.map(({ at, status, message = "" }) => [span(shortTime(at), "dim"), status, message]),
            ),
          ],
        }),
    };
  },
});

function sessionLine(action: string, { id, task, status, message = "" }: WorkSession): Block {
  return line([
    span(`${action} `, "green"),
    span(id, "bold"),
    `  ${task}  ${status}`,
    span(message === "" ? "" : `  ${message}`, "dim"),
  ]);
}

function sessionTable(sessions: readonly WorkSession[]): Block {
  const short = shortIds(sessions.flatMap(({ id, task }) => [id, task]));
  return table(
    [
      { title: "id" },
      { title: "agent" },
      { title: "task" },
      { title: "status" },
      { title: "since" },
      { title: "message", flexible: true },
    ],
    sessions.map(({ id, agent, task, status, updatedAt, message = "" }) => [
      short(id),
      agent,
      short(task),
      status,
      span(shortTime(updatedAt), "dim"),
      message,
    ]),
  );
}
