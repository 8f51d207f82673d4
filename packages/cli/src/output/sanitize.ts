/**
 * The one place where stored text becomes safe to print on a terminal. Anybody may write into a shared store; a title
 * must not be able to move the cursor, hide itself, turn the reading direction round or smuggle invisible words.
 *
 * Control characters (C0, DEL, C1), bidi controls, line and paragraph separators, invisible formatting and tag
 * characters are shown as `\u....` escapes, so that a reader sees that something was there.
 */

// C0 without \t \n, DEL, C1 | soft hyphen, Arabic letter mark, Mongolian separator | zero width, marks, separators, bidi
// embeddings | invisible operators, bidi isolates | byte order mark, interlinear marks | tags, variation supplement.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;

const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** One line of text: line breaks and tabs become a space. */
export function sanitizeLine(text: string): string {
  return sanitizeText(text).replace(/[\n\t]+/g, " ");
}

/** Text of several lines: `\n` and tabs stay, `\r\n` becomes `\n`. */
export function sanitizeText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(UNSAFE, escapeUnits);
}

/** JSON text with every character escaped that a terminal or a JavaScript parser might act on. Its value is unchanged. */
export function sanitizeJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, escapeUnits);
}

function escapeUnits(character: string): string {
  let escaped = "";
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
