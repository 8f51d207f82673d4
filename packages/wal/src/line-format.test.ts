import { expect, test } from "vitest";
import { crcHex, decodeObjectLine, encodeObjectLine, jsonText, verifiedCrc } from "./line-format.ts";

const value = {
  name: 'quote " backslash \\ line\nfeed',
  separators: "\u2028\u2029",
  emoji: "😀",
  nothing: null,
  n: 17,
};

test("a line gives back the object it was made of, and its CRC is that of all behind it", () => {
  const { bytes, crc } = encodeObjectLine(value);
  expect(bytes.at(-1)).toBe(0x0a);
  expect(bytes.indexOf(0x0a)).toBe(bytes.length - 1);
  expect(decodeObjectLine(bytes)).toEqual({ crc, ...value });
  expect(crcHex(bytes.subarray('{"crc":"00000000",'.length, bytes.length - 1))).toBe(crc);
});

test("a line is plain JSON", () => {
  const { bytes, crc } = encodeObjectLine(value);
  expect(JSON.parse(bytes.toString())).toEqual({ crc, ...value });
});

test("every changed byte makes a line unsound, whatever it is changed to", () => {
  const { bytes } = encodeObjectLine({ seq: 17, text: "some text" });
  for (let position = 0; position < bytes.length - 1; position += 1) {
    for (const change of [0x01, 0x20, 0x80, bytes[position] ?? 0xff]) {
      const changed = Buffer.from(bytes);
      changed[position] = (changed[position] ?? 0) ^ change;
      expect(verifiedCrc(changed, 0, changed.length - 1), `byte ${position}`).toBeUndefined();
    }
  }
});

test("a line cut short, or with bytes too many, is unsound at every length", () => {
  const { bytes } = encodeObjectLine({ seq: 17 });
  const longer = Buffer.concat([bytes.subarray(0, -1), Buffer.from("x")]);
  for (let length = 0; length < bytes.length - 1; length += 1) expect(verifiedCrc(bytes, 0, length)).toBeUndefined();
  expect(verifiedCrc(longer, 0, longer.length)).toBeUndefined();
  expect(verifiedCrc(bytes, 0, bytes.length - 1)).toBeDefined();
});

test("line and paragraph separators are escaped, so that no reader splits a line there", () => {
  expect(jsonText("a\u2028b\u2029c")).toBe('"a\\u2028b\\u2029c"');
  expect(JSON.parse(jsonText("a\u2028b\u2029c"))).toBe("a\u2028b\u2029c");
});
