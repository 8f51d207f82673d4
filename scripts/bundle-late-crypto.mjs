// Stands in for `node:crypto` in the bundled command line: to load that takes longer than to open a store and read, and most
// commands never need it. Each function loads it when it is called; a name that is missing here fails the build.

const load = () => process.getBuiltinModule("node:crypto");

/** @type {typeof import("node:crypto").createHash} */
export const createHash = (...given) => load().createHash(...given);

/** @type {typeof import("node:crypto").hash} */
// @ts-expect-error The overloads are those of the function called.
export const hash = (...given) => load().hash(...given);

/** @type {(size: number) => Buffer} */
export const randomBytes = (size) => load().randomBytes(size);

/** What `ulid` looks for when nobody gives it random numbers. */
// oxlint-disable-next-line import/no-default-export
export default { randomBytes };
