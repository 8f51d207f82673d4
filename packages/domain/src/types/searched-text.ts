/** The texts of entities that are searched, and how much a word in each counts. */

const weights = {
  title: 8,
  tags: 5,
  category: 4,
  path: 4,
  description: 3,
  purpose: 3,
  rationale: 3,
  instructions: 3,
  text: 3,
  context: 2,
  alternatives: 2,
  consequences: 2,
  retrospective: 2,
  blockedReason: 2,
  done: 2,
  remaining: 2,
  decisions: 2,
  uncertain: 2,
  questions: 2,
  goals: 2,
  notes: 2,
  content: 2,
} as const;

export type SearchedField = keyof typeof weights;

/** By field; other texts of an entity are not looked at. */
export const searchedText: Readonly<Record<SearchedField, number>> = weights;

/** The weights of these fields: what a type that has them declares as its text. */
export function textOf(...fields: readonly SearchedField[]): Readonly<Record<string, number>> {
  return Object.fromEntries(fields.map((field) => [field, weights[field]]));
}
