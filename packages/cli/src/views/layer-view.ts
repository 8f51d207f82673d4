/** Context layers, teams and personas as people see them. */
import type {
  DiffLine,
  JudgedLayer,
  Layer,
  LayerVersion,
  Persona,
  PulledSection,
  ResolvedLayers,
  Team,
} from "@knotwork/domain";
import {
  type Block,
  type Document,
  fields,
  heading,
  line,
  type Span,
  span,
  type Style,
  table,
  text,
} from "../output/document.ts";
import { shortIds } from "./short-ids.ts";
import { shortTime } from "./times.ts";

const FRESHNESS_STYLES: Readonly<Record<Layer["freshness"], Style>> = {
  fresh: "green",
  stale: "yellow",
  regenerating: "cyan",
};

/** The fields of a layer that a list gives; `layer show` has all, the content among them. */
export function briefLayer({ content, ...layer }: Layer): object {
  return { ...layer, lines: content === "" ? 0 : content.trimEnd().split("\n").length };
}

export function layerTable(layers: readonly Layer[]): Block {
  const short = shortIds(layers.map(({ id }) => id));
  return table(
    [
      { title: "no", align: "right" },
      { title: "kind" },
      { title: "id" },
      { title: "freshness" },
      { title: "v", align: "right" },
      { title: "section", flexible: true },
      { title: "when", flexible: true },
    ],
    layers.map((layer) => [
      String(layer.number),
      layer.kind,
      short(layer.id),
      span(layer.freshness, FRESHNESS_STYLES[layer.freshness]),
      String(layer.contentVersion),
      layer.section,
      span(whenText(layer), "dim"),
    ]),
  );
}

export function layerLine(action: string, { id, section, kind }: Layer, rest = ""): Block {
  return line([
    span(`${action} `, "green"),
    span(id, "bold"),
    `  ${kind} ${section}`,
    ...(rest === "" ? [] : [span(`  ${rest}`, "dim")]),
  ]);
}

export function layerDocument(layer: Layer, content: string = layer.content): Document {
  return [
    line([
      span(layer.id, "bold"),
      `  ${layer.number} ${layer.kind}  `,
      span(layer.freshness, FRESHNESS_STYLES[layer.freshness]),
      span(`  version ${layer.version}`, "dim"),
    ]),
    line(span(layer.title, "bold")),
    fields([
      ["section", layer.section],
      ["included", whenText(layer)],
      ["content", `version ${layer.contentVersion} of ${shortTime(layer.regeneratedAt)}`],
      ["why", layer.rationale],
      ["decays", layer.decaysAt === undefined ? undefined : shortTime(layer.decaysAt)],
      ["trigger", layer.regenerationTrigger],
      [
        "pulled from",
        layer.origin === undefined ? undefined : `${layer.origin.layer} version ${layer.origin.contentVersion}`,
      ],
    ]),
    heading(span("Content", "bold")),
    text(content),
  ];
}

export function versionTable(versions: readonly LayerVersion[]): Block {
  return table(
    [
      { title: "v", align: "right" },
      { title: "at" },
      { title: "by" },
      { title: "lines" },
      { title: "why", flexible: true },
    ],
    versions.map(({ contentVersion, at, by, added, removed, rationale }) => [
      String(contentVersion),
      span(shortTime(at), "dim"),
      by,
      [span(`+${added}`, "green"), " ", span(`-${removed}`, "red")],
      rationale ?? "",
    ]),
  );
}

export function diffDocument(lines: readonly DiffLine[]): Document {
  const looks: Readonly<Record<DiffLine["kind"], readonly [sign: string, style: Style]>> = {
    same: [" ", "dim"],
    added: ["+", "green"],
    removed: ["-", "red"],
  };
  return lines.map(({ kind, text: words }) => line(span(`${looks[kind][0]} ${words}`, looks[kind][1])));
}

export function resolvedDocument(resolved: ResolvedLayers, withContent: boolean): Document {
  const { branch, modules, personas, teams, included, left } = resolved;
  const head = fields([
    ["branch", branch ?? "none"],
    ["modules", modules.length === 0 ? undefined : modules.join(", ")],
    ["persona", personas.length === 0 ? undefined : personas.join(" ← ")],
    ["team", teams.length === 0 ? undefined : teams.join(" ← ")],
  ]);
  if (withContent) {
    return included.flatMap(({ layer }) => [heading(span(layer.title, "bold")), text(layer.content)]);
  }
  const part = (title: string, layers: readonly JudgedLayer[]): Document =>
    layers.length === 0 ? [] : [heading(span(title, "bold")), judgedTable(layers)];
  return [head, ...part("In, in this order", included), ...part("Out", left)];
}

function judgedTable(layers: readonly JudgedLayer[]): Block {
  const short = shortIds(layers.map(({ layer }) => layer.id));
  return table(
    [
      { title: "no", align: "right" },
      { title: "id" },
      { title: "section", flexible: true },
      { title: "freshness" },
      { title: "why", flexible: true },
    ],
    layers.map(({ layer, why }) => [
      String(layer.number),
      short(layer.id),
      layer.section,
      span(layer.freshness, FRESHNESS_STYLES[layer.freshness]),
      span(why, "dim"),
    ]),
  );
}

export function pullTable(sections: readonly PulledSection[]): Block {
  const styles: Readonly<Record<PulledSection["outcome"], Style>> = {
    same: "dim",
    kept: "cyan",
    taken: "green",
    conflict: "red",
  };
  const changes = (counts: PulledSection["oursChanged"]): readonly (string | Span)[] =>
    counts === undefined ? [""] : [span(`+${counts.added}`, "green"), " ", span(`-${counts.removed}`, "red")];
  return table(
    [
      { title: "outcome" },
      { title: "kind" },
      { title: "section", flexible: true },
      { title: "ours" },
      { title: "theirs" },
    ],
    sections.map(({ outcome, settled, kind, section, oursChanged, theirsChanged }) => [
      span(settled === undefined ? outcome : `${outcome}: ${settled}`, styles[outcome]),
      kind,
      section,
      changes(oursChanged),
      changes(theirsChanged),
    ]),
  );
}

export function namedTable(items: readonly (Team | Persona)[], about: (item: Team | Persona) => string): Block {
  const short = shortIds(items.map(({ id }) => id));
  return table(
    [{ title: "id" }, { title: "name" }, { title: "about", flexible: true }],
    items.map((item) => [short(item.id), span(item.name, "bold"), span(about(item), "dim")]),
  );
}

function whenText({ inclusion, branches = [], modules = [] }: Layer): string {
  return [
    inclusion,
    ...(branches.length === 0 ? [] : [`on ${branches.join(", ")}`]),
    ...(modules.length === 0 ? [] : [`modules ${modules.join(", ")}`]),
  ].join("; ");
}
