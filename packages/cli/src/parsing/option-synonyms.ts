/** Option names that other trackers use for what an option here is called. Only ever a hint: no synonym is an alias. */

const GROUPS: readonly (readonly string[])[] = [
  ["--status", "--state", "--is", "--stage"],
  ["--assignee", "--assigned-to", "--assign", "--owner"],
  ["--depends-on", "--deps", "--dependencies", "--blocked-by", "--needs", "--requires", "--on"],
  ["--blocks", "--blocking"],
  ["--description", "--desc", "--body", "--details", "--content"],
  ["--instructions", "--message", "--notes", "--note", "--description"],
  ["--rationale", "--reason", "--because", "--why", "--notes"],
  ["--reason", "--because", "--why", "--message", "--comment", "--notes"],
  ["--retrospective", "--notes", "--result", "--summary", "--reason", "--message"],
  ["--title", "--name", "--subject", "--summary"],
  ["--priority", "--prio", "--importance"],
  ["--category", "--type", "--kind", "--issue-type"],
  ["--type", "--kind"],
  ["--tags", "--tag", "--labels", "--label"],
  ["--tag", "--tags", "--labels", "--label"],
  ["--limit", "--max", "--count", "--top", "--first", "--size"],
  ["--after", "--cursor", "--offset", "--page"],
  ["--text", "--search", "--query", "--grep", "--contains"],
  ["--parent", "--child-of", "--epic"],
  ["--ttl", "--lease", "--timeout", "--for"],
  ["--token", "--secret", "--claim-token"],
  ["--dry-run", "--preview", "--simulate", "--what-if", "--check"],
  ["--idempotency-key", "--key", "--request-id"],
  ["--if-version", "--expect-version", "--version-is", "--if-match"],
  ["--output", "--file", "--out"],
  ["--json", "--format", "--output-format", "--plain", "--robot"],
  ["--as", "--agent", "--actor", "--author", "--user", "--who"],
];

/** The option of the command that means what was typed elsewhere. */
export function synonymAmong(typed: string, labels: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  const group = GROUPS.find(([name = "", ...others]) => others.includes(wanted) && labels.includes(name));
  return group?.[0];
}

/** Whether the option is about being asked: there is nothing like it, because nothing asks. */
export function asksToBeAsked(typed: string): boolean {
  return ["--yes", "-y", "--force", "-f", "--no-input", "--non-interactive", "--batch", "--interactive"].includes(
    typed,
  );
}
