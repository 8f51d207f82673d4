// The type of the tests of indexes, for both processes.

import { defineType } from "@knotwork/graph";

/** @type {import("@knotwork/graph").TypeDefinition["fields"]} */
const anything = { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } };

export const itemTypes = [
  defineType("item", { fields: anything, indexes: [["rank"]], text: ["title"], endings: true }),
];
