/**
 * What each type accepts, field by field: an unknown field is refused. Loaded at the first write (see lazy-schema.ts);
 * the annotations hold every schema to the interface of its type.
 */
import * as v from "valibot";
import type { JsonObject } from "@knotwork/graph";
import type { AgentProps } from "./agent.ts";
import { type ClaimProps, claimStates } from "./claim.ts";
import { type DecisionProps, decisionStatuses } from "./decision.ts";
import { type DocumentProps, documentKinds } from "./document.ts";
import type { EdgeTypeProps } from "./edge-type.ts";
import { type EpicProps, epicStatuses } from "./epic.ts";
import type { AuthorProps, CommitProps, FileProps } from "./git.ts";
import { type HandoffProps, handoffStatuses } from "./handoff.ts";
import { freshnessStatuses, inclusionRules, layerKinds, type LayerProps } from "./layer.ts";
import { type NoteProps, noteKinds } from "./note.ts";
import type { PersonaProps } from "./persona.ts";
import type { SettingProps } from "./setting.ts";
import { type SprintProps, sprintStatuses } from "./sprint.ts";
import type { TeamProps } from "./team.ts";
import { priorities, type TaskProps, taskStatuses } from "./task.ts";
import { type WorkSessionProps, workStatuses } from "./work-session.ts";

type Schema<Props> = v.GenericSchema<unknown, Props>;

const text = v.string();
const name = v.pipe(v.string(), v.minLength(1, "must not be empty"), v.maxLength(200, "is longer than 200 characters"));
const title = v.pipe(
  v.string(),
  v.minLength(1, "must not be empty"),
  v.maxLength(500, "is longer than 500 characters"),
);
const texts = v.array(v.string());
const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, "is no instant such as 2026-03-01T12:00:00Z"),
);
const dateOrInstant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/, "is no date such as 2026-03-01"),
  v.check((value) => !Number.isNaN(Date.parse(value)), "is no date of the calendar"),
);
const count = v.pipe(v.number(), v.integer("must be a whole number"), v.minValue(0, "must not be negative"));
const object = v.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

const record = {
  filedAt: instant,
  filedBy: v.exactOptional(name),
  source: v.exactOptional(v.strictObject({ system: name, id: text, digest: text })),
  extra: v.exactOptional(object),
};

export const taskSchema: Schema<TaskProps> = v.strictObject({
  ...record,
  title,
  description: v.exactOptional(text),
  status: v.picklist(taskStatuses),
  priority: v.picklist(priorities),
  category: v.exactOptional(name),
  tags: v.exactOptional(v.array(name)),
  estimateHours: v.exactOptional(v.pipe(v.number(), v.minValue(0, "must not be negative"))),
  assignee: v.exactOptional(name),
  due: v.exactOptional(dateOrInstant),
  retrospective: v.exactOptional(text),
  blockedReason: v.exactOptional(text),
  startedAt: v.exactOptional(instant),
  startedBy: v.exactOptional(name),
  completedAt: v.exactOptional(instant),
  completedBy: v.exactOptional(name),
});

export const claimSchema: Schema<ClaimProps> = v.strictObject({
  task: text,
  agent: name,
  state: v.picklist(claimStates),
  fence: count,
  tokenHash: text,
  ttlMs: count,
  lease: v.strictObject({ bootId: text, monotonicDeadlineMs: v.number(), wallDeadlineMs: v.number() }),
  claimedAt: instant,
});

export const decisionSchema: Schema<DecisionProps> = v.strictObject({
  ...record,
  title,
  status: v.picklist(decisionStatuses),
  context: v.exactOptional(text),
  rationale: v.exactOptional(text),
  alternatives: v.exactOptional(texts),
  consequences: v.exactOptional(texts),
  tags: v.exactOptional(v.array(name)),
  supersededBy: v.exactOptional(text),
  retiredReason: v.exactOptional(text),
});

export const handoffSchema: Schema<HandoffProps> = v.strictObject({
  ...record,
  fromAgent: name,
  toAgent: name,
  task: text,
  status: v.picklist(handoffStatuses),
  fence: v.exactOptional(count),
  instructions: v.exactOptional(text),
  done: v.exactOptional(texts),
  remaining: v.exactOptional(texts),
  decisions: v.exactOptional(texts),
  uncertain: v.exactOptional(texts),
  questions: v.exactOptional(texts),
  files: v.exactOptional(texts),
  branch: v.exactOptional(text),
  context: v.exactOptional(object),
  artifacts: v.exactOptional(texts),
  acceptedAt: v.exactOptional(instant),
  acceptedBy: v.exactOptional(name),
  completedAt: v.exactOptional(instant),
  result: v.exactOptional(object),
  rejectedAt: v.exactOptional(instant),
  rejectedBy: v.exactOptional(name),
  rejectReason: v.exactOptional(text),
  supersededBy: v.exactOptional(text),
});

export const noteSchema: Schema<NoteProps> = v.strictObject({
  ...record,
  about: text,
  kind: v.picklist(noteKinds),
  text: v.pipe(v.string(), v.minLength(1, "must not be empty")),
  fence: v.exactOptional(count),
});

export const epicSchema: Schema<EpicProps> = v.strictObject({
  ...record,
  title,
  status: v.picklist(epicStatuses),
  description: v.exactOptional(text),
  priority: v.exactOptional(v.picklist(priorities)),
  category: v.exactOptional(name),
  tags: v.exactOptional(v.array(name)),
  phase: v.exactOptional(count),
  phases: v.exactOptional(v.array(object)),
});

const sprintGoal = v.strictObject({
  text,
  completed: v.boolean(),
  progress: v.exactOptional(v.pipe(v.number(), v.minValue(0, "must not be negative"), v.maxValue(100, "is over 100"))),
  priority: v.exactOptional(v.picklist(priorities)),
  completedAt: v.exactOptional(instant),
  completedBy: v.exactOptional(name),
});

export const sprintSchema: Schema<SprintProps> = v.strictObject({
  ...record,
  title,
  status: v.picklist(sprintStatuses),
  number: v.exactOptional(count),
  description: v.exactOptional(text),
  owner: v.exactOptional(v.strictObject({ agent: name, session: v.exactOptional(name), claimedAt: instant })),
  blockedReason: v.exactOptional(text),
  startedAt: v.exactOptional(instant),
  startedBy: v.exactOptional(name),
  completedAt: v.exactOptional(instant),
  completedBy: v.exactOptional(name),
  goals: v.exactOptional(v.array(sprintGoal)),
  notes: v.exactOptional(texts),
  isolation: v.exactOptional(texts),
});

export const agentSchema: Schema<AgentProps> = v.strictObject({
  ...record,
  name,
  roles: v.exactOptional(v.array(name)),
  description: v.exactOptional(text),
});

export const commitSchema: Schema<CommitProps> = v.strictObject({
  ...record,
  hash: text,
  subject: text,
  body: v.exactOptional(text),
  parents: v.exactOptional(texts),
});

export const authorSchema: Schema<AuthorProps> = v.strictObject({
  ...record,
  name: text,
  email: v.exactOptional(text),
});

export const fileSchema: Schema<FileProps> = v.strictObject({ ...record, path: text });

export const documentSchema: Schema<DocumentProps> = v.strictObject({
  ...record,
  path: v.pipe(v.string(), v.minLength(1, "must not be empty"), v.maxLength(1000, "is longer than 1,000 characters")),
  title,
  kind: v.picklist(documentKinds),
  contentHash: v.exactOptional(name),
  lineCount: v.exactOptional(count),
  wordCount: v.exactOptional(count),
  verifiedAt: v.exactOptional(instant),
  category: v.exactOptional(name),
  tags: v.exactOptional(v.array(name)),
});

export const layerSchema: Schema<LayerProps> = v.strictObject({
  ...record,
  kind: v.picklist(layerKinds),
  section: name,
  title,
  content: text,
  contentHash: name,
  contentVersion: count,
  rationale: v.exactOptional(text),
  inclusion: v.picklist(inclusionRules),
  freshness: v.picklist(freshnessStatuses),
  decayDays: v.exactOptional(count),
  regeneratedAt: instant,
  regenerationTrigger: v.exactOptional(text),
  branches: v.exactOptional(v.array(name)),
  modules: v.exactOptional(v.array(name)),
  origin: v.exactOptional(v.strictObject({ layer: text, contentVersion: count, contentHash: name })),
});

export const teamSchema: Schema<TeamProps> = v.strictObject({
  ...record,
  name,
  description: v.exactOptional(text),
  parent: v.exactOptional(text),
  branches: v.exactOptional(v.array(name)),
  modules: v.exactOptional(v.array(name)),
  layers: v.exactOptional(v.array(name)),
  members: v.exactOptional(v.array(name)),
  settings: v.exactOptional(object),
});

export const personaSchema: Schema<PersonaProps> = v.strictObject({
  ...record,
  name,
  role: v.exactOptional(name),
  description: v.exactOptional(text),
  team: v.exactOptional(text),
  inheritsFrom: v.exactOptional(text),
  preferences: v.exactOptional(v.record(name, v.boolean())),
  defaultBranch: v.exactOptional(name),
  defaultModules: v.exactOptional(v.array(name)),
  customLayers: v.exactOptional(v.array(name)),
  excludedLayers: v.exactOptional(v.array(name)),
});

export const edgeTypeSchema: Schema<EdgeTypeProps> = v.strictObject({
  ...record,
  name,
  description: v.exactOptional(text),
  acyclic: v.boolean(),
});

export const settingSchema: Schema<SettingProps> = v.strictObject({ ...record, key: name, value: text });

export const workSessionSchema: Schema<WorkSessionProps> = v.strictObject({
  ...record,
  task: text,
  agent: name,
  status: v.picklist(workStatuses),
  message: v.exactOptional(text),
});
