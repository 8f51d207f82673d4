// Stands in for `node:child_process` in the bundled command line, as `bundle-late-crypto.mjs` does for `node:crypto`: the parser of the
// command line would use it for subcommands that are programs of their own, and there are none.

/** @type {typeof import("node:child_process").spawn} */
// @ts-expect-error The overloads are those of the function called.
export const spawn = (...given) => process.getBuiltinModule("node:child_process").spawn(...given);
