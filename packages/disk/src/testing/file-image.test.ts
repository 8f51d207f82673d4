import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FileImage } from "./file-image.ts";

type Change = { readonly write: Uint8Array; readonly at: number } | { readonly resize: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ write: fc.uint8Array({ minLength: 1, maxLength: 20 }), at: fc.nat(60) }),
  fc.record({ resize: fc.nat(80) }),
);

function changeNaively(bytes: Uint8Array, made: Change): Uint8Array {
  const size = "resize" in made ? made.resize : Math.max(bytes.length, made.at + made.write.length);
  const next = new Uint8Array(size);
  next.set(bytes.subarray(0, size));
  if ("write" in made) next.set(made.write, made.at);
  return next;
}

test("images agree with plain byte arrays, and none ever changes, whichever one is built on", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), change), { maxLength: 30 }), (steps) => {
      const images: FileImage[] = [FileImage.EMPTY];
      const expected: Uint8Array[] = [new Uint8Array(0)];
      for (const [pick, made] of steps) {
        const from = pick % images.length;
        const image = images[from] ?? FileImage.EMPTY;
        images.push("resize" in made ? image.resize(made.resize) : image.write(made.write, made.at));
        expected.push(changeNaively(expected[from] ?? new Uint8Array(0), made));
      }
      expect(images.map((image) => image.toBytes())).toEqual(expected);
    }),
  );
});

test("equal bytes have equal digests, however they came about", () => {
  const whole = FileImage.EMPTY.write(Buffer.from("abcd"), 0);
  const pieces = FileImage.EMPTY.write(Buffer.from("abXd-"), 0).write(Buffer.from("c"), 2).resize(4);
  expect(pieces.digest).toBe(whole.digest);
  expect(pieces.write(Buffer.from("e"), 3).digest).not.toBe(whole.digest);
});

test("a thousand appends share memory: each image costs its record, not the file", () => {
  const record = new Uint8Array(1000).fill(1);
  let image = FileImage.EMPTY;
  const images: FileImage[] = [];
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 1000; count += 1) images.push((image = image.write(record, image.sizeBytes)));
  // 1 MB of records, doubled a few times on the way; a copy for each image would be 500 MB.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  expect(images[499]?.sizeBytes).toBe(500_000);
});
