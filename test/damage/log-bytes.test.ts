import { expect, test } from "vitest";
import { proveByteChanges } from "./byte-changes.ts";
import { sized } from "../prove/figures.ts";
import { DIR, referenceStore } from "./reference-store.ts";

/** Thousands of stores are opened. */
const timeout = sized(120_000, 3_600_000);

test(
  "[N11] [T11] every changed byte of the log is detected or harmless, never another answer",
  { timeout },
  async () => {
    const store = await referenceStore("log");
    expect(store.answersAt.length).toBeGreaterThan(30);
    await proveByteChanges({ part: "log", store, path: `${DIR}/wal/0000000000000001.jsonl` });
  },
);

test("[N11] every changed byte of a manifest is detected or harmless, never another answer", { timeout }, async () => {
  const store = await referenceStore("manifest");
  const [name = ""] = store.memory.process("observer").list(`${DIR}/manifest`).slice(-1);
  await proveByteChanges({ part: "manifest", store, path: `${DIR}/manifest/${name}` });
});
