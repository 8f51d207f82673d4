import { test } from "vitest";
import { proveByteChanges } from "./byte-changes.ts";
import { sized } from "../prove/figures.ts";
import { DIR, referenceStore } from "./reference-store.ts";

/** Thousands of stores are opened. */
const timeout = sized(120_000, 3_600_000);

for (const kind of ["history", "index"] as const) {
  test(
    `[N11] every changed byte of a run of ${kind} is detected or harmless, never another answer`,
    { timeout },
    async () => {
      const store = await referenceStore("runs");
      const [name = ""] = store.memory.process("observer").list(`${DIR}/${kind}`);
      await proveByteChanges({ part: `${kind} run`, store, path: `${DIR}/${kind}/${name}` });
    },
  );
}
