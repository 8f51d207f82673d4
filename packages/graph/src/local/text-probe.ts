/**
 * What of a text can be looked for in the bytes of stored lines, without parsing them: wherever the text stands in a
 * string, in any case, the probe stands in the line as `foldBytes` gives it, or one of the probe's strangers does.
 *
 * Invariants:
 * - A character of a probe is written into JSON as it is, and no other character but the strangers becomes it in lower
 *   case. A test goes through all of Unicode.
 */

export interface TextProbe {
  readonly folded: string;
  /** A line that has one of these may hold the text although the probe is not there. */
  readonly strangers: readonly string[];
}

/** Shorter ones are in nearly every line. */
const probeBytesMin = 2;

/** Other programs may have written so what this one writes as it is. */
const escaped = "\\u";
const kelvinSign = "\u212a";
const dottedCapitalI = "\u0130";

/** The probe of a text in lower case; `undefined` when none of it can be looked for. */
export function probeOf(text: string): TextProbe | undefined {
  let best = "";
  let run = "";
  for (const character of text) {
    run = isPlain(character) ? run + character : "";
    if (run.length > best.length) best = run;
  }
  const folded = foldBytes(Buffer.from(best, "utf8"));
  if (folded.length < probeBytesMin) return undefined;
  const strangers = [escaped];
  if (best.includes("k")) strangers.push(foldBytes(Buffer.from(kelvinSign, "utf8")));
  if (best.includes("i")) strangers.push(foldBytes(Buffer.from(dottedCapitalI, "utf8")));
  return { folded, strangers };
}

/** One character for each byte; letters of ASCII in lower case, and what stands for others changed the same way everywhere. */
export function foldBytes(bytes: Buffer): string {
  return bytes.toString("latin1").toLowerCase();
}

/** Whether the folded line may hold the text of the probe. */
export function mayHold(folded: string, { folded: probe, strangers }: TextProbe): boolean {
  return folded.includes(probe) || strangers.some((stranger) => folded.includes(stranger));
}

function isPlain(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  // A slash may be escaped; a quotation mark and a backslash are; what is below the space, too.
  if (code < 0x7f) return code >= 0x20 && !'"\\/'.includes(character) && character.toLowerCase() === character;
  // The dot above is what is left of a dotted capital I in lower case.
  if (code === 0x7f || code === 0x0307 || code === 0x2028 || code === 0x2029) return false;
  if (code >= 0xd800 && code <= 0xdfff) return false;
  return character.toLowerCase() === character && character.toUpperCase() === character;
}
