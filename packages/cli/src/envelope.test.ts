import { BrokenInvariantError, DiskError } from "@knotwork/disk";
import { expect, test } from "vitest";
import { describeError, errorEnvelope, successEnvelope } from "./envelope.ts";

test("a success is one line of JSON with data, and a page for lists", () => {
  expect(successEnvelope({ a: 1 })).toBe('{"v":1,"ok":true,"data":{"a":1}}');
  expect(successEnvelope(null)).toBe('{"v":1,"ok":true,"data":null}');
  expect(successEnvelope({ items: [] }, { next: null, truncated: false })).toBe(
    '{"v":1,"ok":true,"data":{"items":[]},"page":{"next":null,"truncated":false}}',
  );
  expect(successEnvelope({ items: [1] })).toBe(
    '{"v":1,"ok":true,"data":{"items":[1]},"page":{"next":null,"truncated":false}}',
  );
});

test("a failure has code, message, hint, retryable and context", () => {
  const error = new DiskError("LOCK_TIMEOUT", "Cannot lock", { hint: "Wait.", retryable: true, context: { pid: 7 } });
  expect(JSON.parse(errorEnvelope(describeError(error)))).toEqual({
    v: 1,
    ok: false,
    error: { code: "LOCK_TIMEOUT", message: "Cannot lock", hint: "Wait.", retryable: true, context: { pid: 7 } },
  });
});

test("wrong use of the library is a wrong argument, a defect is INTERNAL", () => {
  expect(describeError(new RangeError("seq is in the future")).code).toBe("INVALID_ARGUMENT");
  expect(describeError(new TypeError("an id is a text")).code).toBe("INVALID_ARGUMENT");
  expect(describeError(new TypeError("Cannot read properties of undefined (reading 'x')")).code).toBe("INTERNAL");
  expect(describeError(new BrokenInvariantError("no head")).code).toBe("INTERNAL");
  expect(describeError("thrown text").code).toBe("INTERNAL");
});
