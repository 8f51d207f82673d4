/** What must be done in an example world before an example of the help can be run. */

/** The commands that must come before it. */
export function preparation(line: string): readonly string[] {
  const starts = Object.keys(before).filter((start) => line.includes(start));
  return before[starts.sort((a, b) => b.length - a.length)[0] ?? ""] ?? [];
}

/** By the first words of an example; the longest fitting beginning counts. */
const claimed = ["knot task claim 7QK4ZB1M --as agent-7 --token …"];
const edited = (times: number): readonly string[] =>
  Array.from({ length: times }, (_, index) => `knot task update 7QK4ZB1M --title Edit-${index}`);
const backedUp = ["knot backup create ../backups/monday"];
const before: Readonly<Record<string, readonly string[]>> = {
  "config unset": ["knot config set prime.tokens 500"],
  "--priority critical --if-version 3": edited(1),
  "task delete 7QK4ZB1M --if-version 4": edited(2),
  // The third claim of the task has fence 3.
  "task complete 7QK4ZB1M --fence 3": ["A", "B"]
    .flatMap((name) => [
      `knot task claim 7QK4ZB1M --as ${name} --token …`,
      `knot task release 7QK4ZB1M --as ${name} --token …`,
    ])
    .concat(claimed),
  "handoff initiate": ["A", "B"]
    .flatMap((name) => [
      `knot task claim 7QK4ZB1M --as ${name} --token …`,
      `knot task release 7QK4ZB1M --as ${name} --token …`,
    ])
    .concat("knot task claim 7QK4ZB1M --as agent-1 --token …"),
  "task unblock": ['knot task block 7QK4ZB1M --reason "No key"'],
  "task reopen": ["knot task start 7QK4ZB1M", "knot task complete 7QK4ZB1M"],
  "task heartbeat": claimed,
  "task release": claimed,
  locks: claimed,
  "handoff complete": ["knot handoff accept 5WZ0K3PN --as agent-2"],
  "sprint update 12": ["knot sprint update 12 --title Edit"],
  "epic phase update": ["knot epic phase add EPIC-nlu Evaluation"],
  "sprint claim 12 --from agent-3": ["knot sprint claim 12 --as agent-3"],
  "sprint release": ["knot sprint claim 12 --as agent-7"],
  "sprint complete": ["knot sprint start 12 --as agent-7"],
  "sprint reopen": ["knot sprint start 12", "knot sprint complete 12"],
  "sprint unlink": ["knot sprint link 12 7QK4ZB1M"],
  "sprint tasks": ["knot sprint link 12 7QK4ZB1M"],
  "epic unlink": ["knot epic link EPIC-nlu 12 7QK4ZB1M"],
  "docs/FORMAT.md": ["knot doc scan"],
  "doc unlink docs/FORMAT.md": ["knot doc scan", "knot doc link docs/FORMAT.md 7QK4ZB1M"],
  "edge remove": ["knot edge add 7QK4ZB1M DEPENDS_ON 9XW2T0RD"],
  "backup list": backedUp,
  "backup verify": backedUp,
  "backup restore": backedUp,
  "purge T-01K5EXAMPLE0000000000000000 --yes": ["knot task delete T-01K5EXAMPLE0000000000000000"],
};
