/** `knot layer resolve`, `layer pull`: which layers hold, and taking them over from another branch. */
import { type Command, defineCommand } from "../command.ts";
import { line, span } from "../output/document.ts";
import { choiceOption, flag, required, textOption, wordsOption } from "../parsing/option-spec.ts";
import { currentBranch } from "../project-files.ts";
import { briefLayer, pullTable, resolvedDocument } from "../views/layer-view.ts";
import { dryRunOptions, given, retryOptions, writeOptionsOf } from "./shared-options.ts";

export const layerResolve: Command = defineCommand({
  path: "layer resolve",
  summary: "Tell which layers hold for a branch and a persona, and why",
  details:
    "First word counts: the persona (excluded, chosen, its wishes; what it does not say, those it inherits from say), its team and the teams that one is a part of, the inclusion rule of the layer. Without --branch: the branch checked out here, or the default branch of the persona.",
  args: {},
  options: {
    branch: textOption("-b, --branch <name>", "The branch", { misspellings: ["--ref"] }),
    persona: textOption("-p, --persona <name>", "The persona: its name or its id", { misspellings: ["--profile"] }),
    team: textOption("--team <name>", "The team, instead of that of the persona"),
    modules: wordsOption("-m, --modules <names>", "The modules worked on, comma-separated", {
      misspellings: ["--module"],
    }),
    content: flag("--content", "What the layers say, one after the other", { misspellings: ["--full", "--text"] }),
  },
  examples: [
    { line: "knot layer resolve --branch feature/wal --persona tester", why: "what is in, in order, and why" },
    { line: "knot layer resolve --persona tester --content", why: "the text itself" },
  ],
  run: async (context, { branch, persona, team, modules, content }) => {
    const knot = await context.read();
    const personaId = persona === undefined ? undefined : await knot.personas.resolve(persona);
    const own = personaId === undefined ? undefined : await knot.personas.lineage(personaId);
    const hasDefault = own?.some(({ defaultBranch }) => defaultBranch !== undefined) ?? false;
    const resolved = await knot.layers.resolve(
      given({
        branch: branch ?? (hasDefault ? undefined : currentBranch(context)),
        persona: personaId,
        team: team === undefined ? undefined : await knot.teams.resolve(team),
        modules,
      }),
    );
    const shown = (judged: typeof resolved.included): readonly object[] =>
      judged.map(({ layer, why }) => ({ why, layer: content ? layer : briefLayer(layer) }));
    return {
      data: { ...resolved, included: shown(resolved.included), left: shown(resolved.left) },
      document: () => resolvedDocument(resolved, content),
    };
  },
});

export const layerPull: Command = defineCommand({
  path: "layer pull",
  summary: "Take the layers of one branch over to another",
  details:
    "Section by section, three ways: what both had in common (base), ours (--to), theirs (--from). same; kept: only ours changed; taken: only theirs changed, or it is new; conflict: both changed. A conflict is refused with LAYERS_CONFLICT and nothing is written, unless --conflicts says which holds. No other branch is changed: where ours is shared with others, the target gets a variant of its own.",
  args: {},
  options: {
    from: required(textOption("--from <branch>", "The branch whose layers are taken", { misspellings: ["--source"] })),
    to: required(textOption("--to <branch>", "The branch that gets them", { misspellings: ["--target", "--into"] })),
    sections: wordsOption("--sections <names>", "Only these sections, comma-separated", {
      misspellings: ["--section"],
    }),
    conflicts: choiceOption("--conflicts <side>", "Which holds where both changed", ["ours", "theirs"] as const, {
      misspellings: ["--resolve", "--strategy", "--ours", "--theirs"],
    }),
    ...dryRunOptions,
    ...retryOptions,
  },
  examples: [{ line: "knot layer pull --from dev --to main --dry-run", why: "the report, nothing written" }],
  run: async (context, { from, to, sections, conflicts, dryRun, idempotencyKey }) => {
    const knot = dryRun ? await context.read() : await context.write();
    const options = {
      from,
      to,
      ...given({ sections, conflicts }),
      dryRun,
      ...writeOptionsOf(context, { idempotencyKey }),
    };
    const report = await knot.layers.pull(options);
    const count = report.sections.filter(({ outcome }) => outcome === "taken").length;
    return {
      data: { ...report, dryRun },
      document: () => [
        ...(report.sections.length === 0
          ? [line(span("The branch has no layers.", "dim"))]
          : [pullTable(report.sections)]),
        line(
          span(
            `${dryRun ? "Would take" : "Took"} ${count} of ${report.sections.length} sections from ${from} to ${to}.`,
            "bold",
          ),
        ),
      ],
    };
  },
});
