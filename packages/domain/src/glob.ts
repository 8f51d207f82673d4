/** Patterns of names: as branches are matched (fnmatch), and as git's ignore files match paths. */

/** fnmatch: `*` any run, `?` one character, `[a-z]`, `[!a]`; `*` goes over slashes, as in Python's fnmatch. */
export function matchesName(pattern: string, name: string): boolean {
  return toRegExp(pattern, { any: "[^]*", one: "[^]" }).test(name);
}

/** Whether some pattern matches; no patterns: everything matches. */
export function matchesSome(patterns: readonly string[] | undefined, name: string): boolean {
  return patterns === undefined || patterns.length === 0 || patterns.some((pattern) => matchesName(pattern, name));
}

/** Whether a file or directory is left out; `path` is relative, with slashes. */
export type IgnoreRule = (path: string, isDirectory: boolean) => boolean | undefined;

/** The rules of a text as in `.gitignore`: the last one that matches decides, `!` takes back. */
export function readIgnoreRules(text: string): readonly IgnoreRule[] {
  return text.split(/\r?\n/).flatMap((line) => readIgnoreRule(line) ?? []);
}

export function isIgnored(rules: readonly IgnoreRule[], path: string, isDirectory: boolean): boolean {
  return rules.reduce((ignored, rule) => rule(path, isDirectory) ?? ignored, false);
}

function readIgnoreRule(line: string): IgnoreRule | undefined {
  const trimmed = line.trimEnd();
  if (trimmed === "" || trimmed.startsWith("#")) return undefined;
  const negated = trimmed.startsWith("!");
  const pattern = negated ? trimmed.slice(1) : trimmed;
  const onlyDirectories = pattern.endsWith("/");
  const body = onlyDirectories ? pattern.slice(0, -1) : pattern;
  if (body === "" || body === "/") return undefined;
  // A slash inside ties the pattern to the root; without one it matches a name at any depth.
  const anchored = body.includes("/");
  const expression = toRegExp(body.replace(/^\//, ""), { any: "[^/]*", one: "[^/]" });
  return (path, isDirectory) => {
    if (onlyDirectories && !isDirectory) return undefined;
    const name = anchored ? path : path.slice(path.lastIndexOf("/") + 1);
    return expression.test(name) ? !negated : undefined;
  };
}

function toRegExp(pattern: string, { any, one }: { readonly any: string; readonly one: string }): RegExp {
  let source = "";
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index] ?? "";
    if (pattern.startsWith("**/", index)) {
      source += "(?:[^]*/)?";
      index += 2;
    } else if (pattern.startsWith("**", index)) {
      source += "[^]*";
      index += 1;
    } else if (char === "*") source += any;
    else if (char === "?") source += one;
    else if (char === "[" && pattern.indexOf("]", index + 2) > 0) {
      const end = pattern.indexOf("]", index + 2);
      const inside = pattern
        .slice(index + 1, end)
        .replace(/^!/, "^")
        .replaceAll(/[\\[\]]/g, String.raw`\$&`);
      source += `[${inside}]`;
      index = end;
    } else source += char.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  }
  return compile(`^${source}$`) ?? compile(`^${pattern.replaceAll(/[^\p{L}\p{N}]/gu, String.raw`\$&`)}$`) ?? /^\b$/;
}

/** A range such as [z-a] is no expression: such a pattern stands for its own text. */
function compile(source: string): RegExp | undefined {
  try {
    return new RegExp(source, "s");
  } catch {
    return undefined;
  }
}
