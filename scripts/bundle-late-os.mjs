// Stands in for `node:os` in the bundled command line: it is asked by who locks, and for the time of the boot where the kernel does not tell it.

const load = () => process.getBuiltinModule("node:os");

export const hostname = () => load().hostname();
export const uptime = () => load().uptime();
