import { expect, test } from "vitest";
import { foldBytes, mayHold, probeOf } from "./text-probe.ts";

test("a probe is the longest part of a text that stands in JSON as it is", () => {
  expect(probeOf('say "torn record" now')?.folded).toBe("torn record");
  expect(probeOf("packages/graph")?.folded).toBe("packages");
  expect(probeOf("a\nbc\\d")?.folded).toBe("bc");
  expect(probeOf("数据库")?.folded).toBe(foldBytes(Buffer.from("数据库")));
  for (const nothing of ["", "x", '"\\', "é", "ΣΑΣ".toLowerCase(), "\u0307"]) expect(probeOf(nothing)).toBeUndefined();
});

test("no character but the strangers becomes a part of a probe in lower case", () => {
  let changed = 0;
  for (let code = 0; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    const lower = character.toLowerCase();
    if (lower === character) continue;
    changed += 1;
    for (const part of lower) {
      const probe = probeOf(part.repeat(2));
      if (probe === undefined) continue;
      const line = foldBytes(Buffer.from(JSON.stringify(character.repeat(2))));
      if (!mayHold(line, probe))
        throw new Error(`U+${code.toString(16)} becomes "${part}", which is looked for in vain`);
    }
  }
  expect(changed).toBeGreaterThan(1_000);
});
