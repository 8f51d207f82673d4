/**
 * Documents, context layers, teams and personas of the first Graph-of-Thought store. Teams and personas name others by
 * the ids they had there, which they keep here.
 */
import type { JsonObject, JsonValue } from "@knotwork/graph";
import { hashContent } from "../layer-view.ts";
import { type DocumentKind, documentKinds } from "../types/document.ts";
import {
  type FreshnessStatus,
  freshnessStatuses,
  type InclusionRule,
  inclusionRules,
  type LayerKind,
  layerKinds,
} from "../types/layer.ts";
import type { ImportedNode } from "./imported-graph.ts";
import { present, type RecordReader } from "./record-reader.ts";

type Props = ImportedNode["props"];

const kindsOfDocuments = identity<DocumentKind>(documentKinds);
const kindsOfLayers = identity<LayerKind>(layerKinds);
const rules = identity<InclusionRule>(inclusionRules);
const statuses = identity<FreshnessStatus>(freshnessStatuses);

export function readGotDocument(reader: RecordReader): Props {
  const path = reader.text("path") ?? "";
  return present({
    path,
    title: reader.text("title") ?? path,
    kind: reader.oneOf("doc_type", kindsOfDocuments) ?? "general",
    contentHash: reader.name("content_hash"),
    lineCount: reader.count("line_count"),
    wordCount: reader.count("word_count"),
    verifiedAt: reader.instant("last_verified"),
    category: reader.name("category"),
    tags: reader.names("tags"),
    filedAt: reader.instant("created_at"),
  });
}

export function readGotLayer(reader: RecordReader): Props {
  const number = reader.count("layer_number") ?? 0;
  const content = reader.text("content") ?? "";
  const filedAt = reader.instant("created_at");
  const decayDays = reader.count("freshness_decay_days");
  // Its hash is that of this store: the one it had there may be of another kind.
  const foreignHash = reader.text("content_hash");
  if (foreignHash !== undefined && foreignHash !== hashContent(content)) reader.putBack("content_hash", foreignHash);
  const section = reader.name("section_id") ?? "section";
  return present({
    kind: reader.oneOf("layer_type", kindsOfLayers) ?? layerKinds[number] ?? "core",
    section,
    title: reader.text("title") ?? section,
    content,
    contentHash: hashContent(content),
    contentVersion: reader.count("version_number") ?? 1,
    inclusion: reader.oneOf("inclusion_rule", rules) ?? "always",
    freshness: reader.oneOf("freshness_status", statuses) ?? "fresh",
    decayDays: decayDays === 0 ? undefined : decayDays,
    regeneratedAt: reader.instant("last_regenerated") ?? filedAt ?? "1970-01-01T00:00:00Z",
    regenerationTrigger: reader.text("regeneration_trigger"),
    branches: reader.names("context_branches"),
    modules: reader.names("context_modules"),
    filedAt,
  });
}

export function readGotTeam(reader: RecordReader): Props {
  return present({
    name: reader.name("name") ?? "(unnamed)",
    description: reader.text("description"),
    parent: reader.text("parent_team_id"),
    branches: reader.names("branch_patterns"),
    modules: reader.names("module_scope"),
    layers: reader.names("layer_ids"),
    members: reader.names("member_profiles"),
    settings: reader.object("settings"),
    filedAt: reader.instant("created_at"),
  });
}

export function readGotPersona(reader: RecordReader): Props {
  const preferences = reader.object("layer_preferences");
  const wishes = preferences !== undefined && isWishes(preferences) ? preferences : undefined;
  if (preferences !== undefined && wishes === undefined) reader.putBack("layer_preferences", preferences);
  return present({
    name: reader.name("name") ?? "(unnamed)",
    role: reader.name("role"),
    team: reader.text("team_id"),
    inheritsFrom: reader.text("inherits_from"),
    preferences: wishes,
    defaultBranch: reader.name("default_branch"),
    defaultModules: reader.names("default_modules"),
    customLayers: reader.names("custom_layers"),
    excludedLayers: reader.names("excluded_layers"),
    filedAt: reader.instant("created_at"),
  });
}

function isWishes(value: JsonObject): boolean {
  return Object.entries(value).every(([section, wish]: [string, JsonValue | undefined]) => {
    return section.trim() !== "" && section.length <= 200 && typeof wish === "boolean";
  });
}

function identity<T extends string>(values: readonly T[]): Readonly<Record<string, T>> {
  return Object.fromEntries(values.map((value) => [value, value])) as Readonly<Record<string, T>>;
}
