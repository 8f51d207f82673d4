/**
 * What a task may belong to, judged by words, tags and category. A word counts the more the fewer entities have it; a
 * score is the share of the task's words that the other has, so that it can be compared between tasks.
 */
import type { Entity, JsonValue } from "@knotwork/graph";
import { titleOf } from "./meaning.ts";
import type { Reader } from "./reader.ts";
import type { TaskProps } from "./types/task.ts";
import type { LinkSuggestion } from "./orphans.ts";

/** What may be linked to, and the words it is known by. */
export interface LinkCandidate {
  readonly id: string;
  readonly type: "task" | "epic" | "sprint" | "decision";
  readonly title: string;
  readonly tags: ReadonlySet<string>;
  readonly category: string | undefined;
  readonly words: ReadonlySet<string>;
}

/** All of them, and who has which word: only those that share one are ever compared. */
export interface Candidates {
  readonly count: number;
  readonly byWord: ReadonlyMap<string, readonly LinkCandidate[]>;
}

const candidateTypes = ["epic", "sprint", "decision", "task"] as const;
const wordLengthMin = 3;
const reasonWordsMax = 5;
const lookedForMax = 64;
/** Of two units, as a letter may take two. */
const endsInWord = /[\p{L}\p{N}]$/u;
const startsInWord = /^[\p{L}\p{N}]/u;

/** Words that say nothing about what a task is. */
const emptyWords = new Set(
  "the and for with from that this into are was not all but can has have its our out via per when then than also will should must add use new fix update make".split(
    " ",
  ),
);

/** Everything that these tasks may be linked to, and which of their words it has. */
export async function readCandidates(reader: Reader, tasks: readonly Entity<TaskProps>[]): Promise<Candidates> {
  const wanted = new Set(tasks.flatMap((task) => [...wordsOf(textOf(task as unknown as Entity))]));
  const byWord = new Map<string, LinkCandidate[]>();
  let count = 0;
  for (const type of candidateTypes) {
    for await (const entity of reader.query(type) as AsyncIterable<Entity>) {
      const candidate = candidateOf(entity, type, (text) => wordsAmong(text, wanted));
      count += 1;
      for (const word of candidate.words) {
        const having = byWord.get(word);
        if (having === undefined) byWord.set(word, [candidate]);
        else having.push(candidate);
      }
    }
  }
  return { count, byWord };
}

export interface SuggestionBounds {
  readonly limit: number;
  readonly scoreMin: number;
}

/** The best candidates for a task, best first; equal ones by id. */
export function suggestFor(
  task: Entity<TaskProps>,
  candidates: Candidates,
  { limit, scoreMin }: SuggestionBounds,
): readonly LinkSuggestion[] {
  const own = candidateOf(task as unknown as Entity, "task", wordsOf);
  const rarity = rarityOf(own.words, candidates);
  const total = [...rarity.values()].reduce((sum, weight) => sum + weight, 0);
  const alike = new Set([...own.words].flatMap((word) => candidates.byWord.get(word) ?? []));
  const scored = [...alike].flatMap((other) => {
    if (other.id === task.id) return [];
    const judged = judge(own, other, { rarity, total });
    return judged.score >= scoreMin ? [{ other, ...judged }] : [];
  });
  scored.sort((a, b) => b.score - a.score || (a.other.id < b.other.id ? -1 : 1));
  return scored.slice(0, limit).map(({ other, score, reasons }) => suggestion(task.id, other, { score, reasons }));
}

interface Judgement {
  readonly score: number;
  readonly reasons: readonly string[];
}

/** Words make up to 0.7, tags to 0.2, the category 0.1. */
function judge(
  own: LinkCandidate,
  other: LinkCandidate,
  { rarity, total }: { readonly rarity: ReadonlyMap<string, number>; readonly total: number },
): Judgement {
  const reasons: string[] = [];
  const common = [...own.words].filter((word) => other.words.has(word));
  common.sort((a, b) => (rarity.get(b) ?? 0) - (rarity.get(a) ?? 0) || (a < b ? -1 : 1));
  const shared = common.reduce((sum, word) => sum + (rarity.get(word) ?? 0), 0);
  let score = total === 0 ? 0 : (0.7 * shared) / total;
  if (common.length > 0) reasons.push(`words: ${common.slice(0, reasonWordsMax).join(", ")}`);
  const tags = [...own.tags].filter((tag) => other.tags.has(tag)).sort();
  if (tags.length > 0) {
    score += (0.2 * tags.length) / own.tags.size;
    reasons.push(`tags: ${tags.join(", ")}`);
  }
  if (own.category !== undefined && own.category === other.category) {
    score += 0.1;
    reasons.push(`category: ${own.category}`);
  }
  // A category or a tag alone is shared by too many to mean anything.
  return common.length === 0 ? { score: 0, reasons } : { score: Math.round(score * 100) / 100, reasons };
}

function suggestion(taskId: string, other: LinkCandidate, judged: Judgement): LinkSuggestion {
  const { id, type, title } = other;
  const about = { other: { id, type, title }, ...judged };
  if (type === "epic" || type === "sprint") return { from: id, type: "CONTAINS", to: taskId, ...about };
  if (type === "decision") return { from: id, type: "JUSTIFIES", to: taskId, ...about };
  return { from: taskId, type: "RELATES_TO", to: id, ...about };
}

/** How much each word of the task says: the fewer have it, the more. */
function rarityOf(words: ReadonlySet<string>, { count, byWord }: Candidates): ReadonlyMap<string, number> {
  const rarity = new Map<string, number>();
  for (const word of words) rarity.set(word, Math.log((count + 1) / ((byWord.get(word)?.length ?? 0) + 0.5)));
  return rarity;
}

function candidateOf(
  entity: Entity,
  type: LinkCandidate["type"],
  wordsIn: (text: string) => ReadonlySet<string>,
): LinkCandidate {
  const { id, props } = entity;
  return {
    id,
    type,
    title: titleOf(props),
    tags: new Set(Array.isArray(props["tags"]) ? (props["tags"] as readonly string[]) : []),
    category: typeof props["category"] === "string" ? props["category"] : undefined,
    words: wordsIn(textOf(entity)),
  };
}

/** The texts by which an entity is known. */
function textOf({ props }: Entity): string {
  const texts = [titleOf(props), props["description"], props["rationale"], goalsOf(props["goals"])];
  return texts.filter((text) => typeof text === "string").join(" ");
}

function goalsOf(goals: JsonValue | undefined): string {
  if (!Array.isArray(goals)) return "";
  return (goals as readonly { readonly text?: string }[]).map(({ text = "" }) => text).join(" ");
}

function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => word.length >= wordLengthMin && !emptyWords.has(word)));
}

/** Those of the wanted words that the text has. Few are looked for one by one: to take all texts apart costs far more. */
function wordsAmong(text: string, wanted: ReadonlySet<string>): ReadonlySet<string> {
  if (wanted.size > lookedForMax) return new Set([...wordsOf(text)].filter((word) => wanted.has(word)));
  const lower = text.toLowerCase();
  return new Set([...wanted].filter((word) => hasWord(lower, word)));
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (
      !endsInWord.test(text.slice(Math.max(0, at - 2), at)) &&
      !startsInWord.test(text.slice(at + word.length, at + word.length + 2))
    )
      return true;
  }
  return false;
}
