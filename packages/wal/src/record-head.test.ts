import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeRecord, decodeRecord } from "./record-format.ts";
import { decodeHead, rowAt } from "./record-head.ts";
import type { RecordDraft, RecordHead } from "./record.ts";

const STAMP = { seq: 17, durable: 12, prev: "01234567", time: "2026-11-21T10:00:00.000Z" };

/** All that a head says, its lazily parsed members too. */
function allOf(head: RecordHead): unknown {
  const { seq, durable, prev, txid, time, author, session, key, fingerprint, rows, sizes, operations, subjects } = head;
  return { seq, durable, prev, txid, time, author, session, key, fingerprint, rows, sizes, operations, subjects };
}

function decoded(draft: RecordDraft): { readonly read: unknown; readonly written: unknown } {
  const { bytes, head } = encodeRecord(draft, STAMP);
  return { read: allOf(readHead(bytes)), written: allOf(head) };
}

function readHead(bytes: Buffer): RecordHead {
  const record = decodeRecord(bytes, 0, bytes.length - 1, 0);
  if (record === undefined) throw new Error("the record is not sound");
  return record.head;
}

test("a head says the same whether it is cut out of its text or parsed, whatever its texts hold", () => {
  // Texts that look like the marks the head is cut by, in quotes, brackets, escapes and other scripts.
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom('","rows":[["put","x"]]', '\\"', "[[{", '","key":"', "\u2028", "ä\u{1F9F6}", '"],["put","y",'),
  );
  const row = fc.tuple(
    fc.constantFrom("put", "delete", "define"),
    fc.oneof(fc.constantFrom("T-1", "E-01K"), text),
    fc.jsonValue(),
    fc.oneof(text, fc.constant(0)),
  );
  const draft = fc
    .record(
      { author: text, session: text, key: text, fingerprint: text, rows: fc.array(row, { maxLength: 5 }), txid: text },
      { requiredKeys: ["author", "rows", "txid"] },
    )
    .map(({ rows, fingerprint, key, ...rest }): RecordDraft => ({
      ...(JSON.parse(JSON.stringify(rest)) as typeof rest),
      rows: JSON.parse(JSON.stringify(rows)) as typeof rows,
      bodies: rows.map(() => "{}"),
      ...(key === undefined ? {} : { key, fingerprint: fingerprint ?? "" }),
    }));
  fc.assert(
    fc.property(draft, (given) => {
      const { read, written } = decoded(given);
      expect(read).toEqual(written);
      const { bytes, head } = encodeRecord(given, STAMP);
      for (const [index, row] of head.rows.entries()) expect(rowAt(readHead(bytes), index)).toEqual(row);
      expect(rowAt(readHead(bytes), head.rows.length)).toBeUndefined();
      const { sizes, author } = readHead(bytes);
      expect([sizes, author]).toEqual([head.sizes, head.author]);
    }),
    { numRuns: 1000 },
  );
});

test("a head whose sizes do not stand at its end is read all the same", () => {
  const before = `,"seq":3,"durable":2,"prev":"89abcdef","txid":"x","time":"t","author":"a",`;
  const rows = `"rows":[["put","T-1",{"sizes":[7]}]]`;
  for (const members of [`${rows},"sizes":[2],"tags":["y"]`, `"sizes":[2],${rows}`])
    expect(decodeHead(before + members).sizes).toEqual([2]);
});

test("a head with its members in another order is read all the same", () => {
  const members = `,"time":"t","seq":3,"prev":"89abcdef","durable":2,"txid":"x","author":"a","rows":[["put","T-1"]],"sizes":[2]`;
  const head = decodeHead(members);
  expect([head.seq, head.durable, head.prev, head.time]).toEqual([3, 2, "89abcdef", "t"]);
  expect([head.operations, head.subjects]).toEqual([["put"], ["T-1"]]);
});
