/** Splits the text of a condition into words, quoted texts and signs. */
import { invalidQuery } from "./invalid-query.ts";

export interface Token {
  /** `text`: it stood in quotes, and never is a keyword or a number. */
  readonly kind: "word" | "text" | "sign" | "end";
  readonly text: string;
  /** Where it begins, from 0. */
  readonly position: number;
}

/** Longer ones first: `<=` is not `<` and `=`. */
const SIGNS = ["<=", ">=", "!=", "==", "<>", "=", "<", ">", "(", ")", ","] as const;
const WORD = /[^\s()=<>!,'"]+/y;
const BLANKS = /\s*/y;

/** The last token is the end. @throws DomainError INVALID_QUERY */
export function tokenize(query: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let position = skipBlanks(query, 0); position < query.length;) {
    const [token, end] = tokenAt(query, position);
    tokens.push(token);
    position = skipBlanks(query, end);
  }
  return [...tokens, { kind: "end", text: "", position: query.length }];
}

function tokenAt(query: string, position: number): readonly [Token, end: number] {
  const first = query.charAt(position);
  if (first === "'" || first === '"') return quotedAt(query, position, first);
  const sign = SIGNS.find((candidate) => query.startsWith(candidate, position));
  if (sign !== undefined) return [{ kind: "sign", text: sign, position }, position + sign.length];
  WORD.lastIndex = position;
  const word = WORD.exec(query)?.[0];
  if (word !== undefined) return [{ kind: "word", text: word, position }, position + word.length];
  throw invalidQuery({
    query,
    position,
    problem: `"${first}" stands for nothing here`,
    hint: "Write != for unequal, and not before a condition.",
  });
}

/** A backslash keeps the quote or the backslash after it. */
function quotedAt(query: string, position: number, quote: string): readonly [Token, end: number] {
  let text = "";
  for (let at = position + 1; at < query.length; at += 1) {
    const character = query.charAt(at);
    if (character === quote) return [{ kind: "text", text, position }, at + 1];
    const next = query.charAt(at + 1);
    const isEscape = character === "\\" && (next === quote || next === "\\");
    text += isEscape ? next : character;
    if (isEscape) at += 1;
  }
  throw invalidQuery({
    query,
    position,
    problem: "a quote is not closed",
    hint: `Close it with ${quote}; the shell may have taken a pair of quotes away.`,
  });
}

function skipBlanks(query: string, position: number): number {
  BLANKS.lastIndex = position;
  return position + (BLANKS.exec(query)?.[0].length ?? 0);
}
