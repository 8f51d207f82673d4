import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonObject } from "../json.ts";

/** A schema that takes every object, for tests of what types do besides validating. */
export const anySchema: StandardSchemaV1<JsonObject> = {
  "~standard": { version: 1, vendor: "knotwork-testing", validate: (value) => ({ value: value as JsonObject }) },
};
