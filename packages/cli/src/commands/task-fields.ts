/** The options that stand for the fields of a task, in `create` and `update`. */
import { priorities, type Priority } from "@knotwork/domain";
import type { OptionSpec } from "../command.ts";
import { choiceOption, longTextOption, numberOption, textOption, wordsOption } from "../parsing/option-spec.ts";

export const taskFieldOptions: {
  readonly description: OptionSpec<string | undefined>;
  readonly priority: OptionSpec<Priority | undefined>;
  readonly category: OptionSpec<string | undefined>;
  readonly tags: OptionSpec<readonly string[] | undefined>;
  readonly estimateHours: OptionSpec<number | undefined>;
  readonly assignee: OptionSpec<string | undefined>;
  readonly due: OptionSpec<string | undefined>;
} = {
  description: longTextOption("-d, --description <text>", "What is to be done", {
    misspellings: ["--desc", "--body", "--notes", "--details", "--message"],
  }),
  priority: choiceOption("-p, --priority <level>", "How urgent it is", priorities, {
    misspellings: ["--prio", "--severity"],
  }),
  category: textOption("-c, --category <word>", "What kind of work it is", { misspellings: ["--type", "--kind"] }),
  tags: wordsOption("--tags <words>", "Tags, comma-separated", { misspellings: ["--tag", "--label", "--labels"] }),
  estimateHours: numberOption("--estimate <hours>", "How many hours it may take", {
    misspellings: ["--estimate-hours", "--hours"],
  }),
  assignee: textOption("--assignee <name>", "Whom it is meant for", {
    misspellings: ["--owner", "--assign", "--for", "--assigned-to"],
  }),
  due: textOption("--due <date>", "When it must be done: 2026-03-01 or an ISO 8601 time", {
    misspellings: ["--deadline", "--due-date"],
  }),
};
