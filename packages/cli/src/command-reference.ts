/** The reference of all commands as Markdown: docs/CLI.md is exactly this (`command-reference.test.ts`). */
import type { ArgumentSpec, Command, OptionSpec } from "./command.ts";
import { commandGroups, commandTable } from "./command-table.ts";
import { argumentUsage, isOfNoGroup, usageOf } from "./help.ts";
import { globalOptionSpecs, helpSpec, versionSpec } from "./parsing/global-options.ts";

const PREFACE = `# The command line

Generated from the same declarations that parse and explain the commands: \`npx vitest run --project unit packages/cli/src/command-reference -u\`.

- **Which store**: \`--store DIR\`, else \`KNOT_STORE\`, else the nearest \`.knot\` upward, else the \`.knot\` of the main git worktree.
- **Who**: \`--as NAME\`, else \`KNOT_AGENT\`. Commands that take or give up work refuse to run for nobody.
- **Ids**: the whole id, or its last six or more characters when they are unambiguous.
- **\`--json\`**: one document on stdout, \`{"v":1,"ok":true,"data":…,"page":{"next":…,"truncated":…}}\` or
  \`{"v":1,"ok":false,"error":{"code","message","hint","retryable","context"}}\`; lists are in \`data.items\` and always have a \`page\`. Diagnostics go to
  stderr.
- **Lists**: \`--limit\` (default 20) and \`--after\` with \`page.next\`; \`page.truncated\` says whether there is more.
- **Long texts**: \`-\` as the value of an option marked so reads standard input. Nothing ever asks back.
- **For programs**: \`knot help --all --json\` is this page as data, \`knot schema --json\` the JSON Schema of what every command prints.
- **Exit codes**: 0 ok (nothing ready: \`data\` is null), 1 failed, 2 wrong usage or missing identity, 3 not found (store included),
  4 conflict, claim held or stale fence, 5 lock timeout (may be tried again), 6 store damaged, 7 outcome unknown, 8 limit exceeded
  or no space. Codes and what to do: [ERRORS.md](ERRORS.md).
- **Environment**: \`KNOT_STORE\`, \`KNOT_AGENT\`, \`KNOT_TOKEN\` (the token of your claim), \`NO_COLOR\`, \`COLUMNS\`, \`KNOT_DEBUG=1\` (stack traces on
  stderr).
`;

export async function commandReference(): Promise<string> {
  const commands = await Promise.all(commandTable.map((entry) => entry.load()));
  const groups = commandGroups.map((group) => {
    const own = commands.filter(({ path }) => path.startsWith(`${group.name} `));
    return `## ${group.name}\n\n${group.summary}.\n\n${own.map(section).join("\n")}`;
  });
  const alone = commands.filter(isOfNoGroup).map(section);
  const everywhere = [...Object.values(globalOptionSpecs), helpSpec, versionSpec].map(optionRow);
  return [
    PREFACE,
    `## Options of every command\n\n${[TABLE_HEAD, ...everywhere].join("\n")}\n`,
    ...groups,
    `## store\n\nThe store as a whole.\n\n${alone.join("\n")}`,
  ].join("\n");
}

const TABLE_HEAD = "| option | |\n|---|---|";

function section(command: Command): string {
  const args = Object.values(command.args).map(argumentRow);
  const options = Object.values(command.options).map(optionRow);
  const rows = [...args, ...options];
  const examples = command.examples.map(({ line, why }) => `# ${why}\n${line}`);
  return [
    `### knot ${command.path}\n`,
    `${command.summary}.${command.details === undefined ? "" : ` ${command.details}`}\n`,
    `    ${usageOf(command)}\n`,
    ...(rows.length === 0 ? [] : [`${[TABLE_HEAD, ...rows].join("\n")}\n`]),
    `\`\`\`sh\n${examples.join("\n")}\n\`\`\`\n`,
  ].join("\n");
}

function argumentRow(spec: ArgumentSpec<unknown>): string {
  return `| \`${argumentUsage(spec)}\` | ${cell(spec.summary)} |`;
}

function optionRow({ flags, summary, arity }: OptionSpec<unknown>): string {
  return `| \`${flags}\` | ${cell(summary)}${arity === "many" ? "; repeatable" : ""} |`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
