// Stands in for `node:timers/promises` in the bundled command line: most commands end before they wait for anything.

const load = () => process.getBuiltinModule("node:timers/promises");

/** @type {typeof import("node:timers/promises").setImmediate} */
export const setImmediate = (...given) => load().setImmediate(...given);

/** @type {typeof import("node:timers/promises").setTimeout} */
export const setTimeout = (...given) => load().setTimeout(...given);
