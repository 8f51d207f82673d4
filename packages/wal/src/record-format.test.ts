import { expect, test } from "vitest";
import { bodyStarts, decodeRecord, decodeWholeRecord, encodeRecord, holdsRecord, resultText } from "./record-format.ts";
import { decodeSeal, decodeSegmentHeader, encodeSeal, encodeSegmentHeader } from "./segment-format.ts";
import { draft } from "./testing/log-world.ts";

const stamp = { seq: 17, durable: 15, prev: "1a2b3c4d", time: "2026-01-01T00:00:00.000Z" };
const bodies = ['{"text":"first ü"}', "null", '{"text":"third\\u2028"}'];
const full = {
  txid: "01K",
  author: "agent-7 ü",
  session: "s-1",
  key: "k",
  fingerprint: "f",
  result: '{"id":"x"}',
  rows: [
    ["put", "a"],
    ["delete", "b"],
    ["put", "c"],
  ],
  bodies,
};

test("a record gives back its head and bodies, and its bodies stand where the head says", () => {
  const { bytes, head, location } = encodeRecord(full, stamp);
  const { crc } = location;
  const decoded = decodeRecord(bytes, 0, bytes.length - 1, 100);
  expect(decoded?.head).toMatchObject({ ...stamp, txid: "01K", author: "agent-7 ü", session: "s-1", key: "k" });
  expect(decoded?.head.rows).toEqual(full.rows);
  expect(decoded?.location).toMatchObject({ offset: 100, length: bytes.length, crc });
  const starts = bodyStarts(head, location);
  for (const [index, body] of bodies.entries()) {
    const start = starts[index] ?? -1;
    expect(bytes.toString("utf8", start, start + (head.sizes[index] ?? 0))).toBe(body);
  }
  expect(resultText(head, location, bytes.subarray(0, -1))?.toString()).toBe(full.result);
  expect(decodeWholeRecord(bytes)).toMatchObject({
    seq: 17,
    result: { id: "x" },
    body: [{ text: "first ü" }, null, {}],
  });
});

test("a record without bodies and one without a result say so", () => {
  const { result, ...without } = full;
  const plain = encodeRecord(without, stamp);
  expect(resultText(plain.head, plain.location, plain.bytes.subarray(0, -1))).toBeUndefined();
  const empty = encodeRecord({ ...full, rows: [], bodies: [], result }, stamp);
  expect(bodyStarts(empty.head, empty.location)).toEqual([]);
  expect(resultText(empty.head, empty.location, empty.bytes.subarray(0, -1))?.toString()).toBe(result);
});

test("the head is an object of its own: its bytes and one brace", () => {
  const { bytes } = encodeRecord(full, stamp);
  const headBytes = Number(bytes.toString("latin1", 25, 33));
  expect(JSON.parse(`${bytes.toString("utf8", 0, headBytes)}}`)).toMatchObject({ seq: 17, txid: "01K" });
  expect(bytes.toString("utf8", headBytes, headBytes + 9)).toBe(',"body":[');
});

test("every changed byte makes a record, a seal and a header unsound", () => {
  const record = encodeRecord(draft("text"), stamp).bytes;
  const seal = encodeSeal({ next: "0000000000000018.jsonl", last: 17, prev: "1a2b3c4d" }).bytes;
  const header = encodeSegmentHeader({ store: "S", first: 1, prev: "00000000" }).bytes;
  const decoders = [
    [record, (bytes: Buffer) => decodeRecord(bytes, 0, bytes.length - 1, 0)],
    [seal, (bytes: Buffer) => decodeSeal(bytes, 0, bytes.length - 1)],
    [header, (bytes: Buffer) => decodeSegmentHeader(bytes, "S", "path")],
  ] as const;
  for (const [bytes, decode] of decoders) {
    expect(decode(bytes)).toBeDefined();
    for (let position = 0; position < bytes.length - 1; position += 1) {
      const changed = Buffer.from(bytes);
      changed[position] = (changed[position] ?? 0) ^ 0x01;
      expect(decode(changed), `byte ${position}`).toBeUndefined();
    }
  }
});

test("a seal is no record, and a record no seal", () => {
  const record = encodeRecord(draft("text"), stamp).bytes;
  const seal = encodeSeal({ next: "n", last: 17, prev: "1a2b3c4d" }).bytes;
  expect(decodeRecord(seal, 0, seal.length - 1, 0)).toBeUndefined();
  expect(decodeSeal(record, 0, record.length - 1)).toBeUndefined();
  expect(holdsRecord(seal)).toBe(false);
  expect(holdsRecord(Buffer.concat([Buffer.from("garbage\n"), seal, record]))).toBe(true);
  expect(holdsRecord(record.subarray(0, -1))).toBe(false);
});
