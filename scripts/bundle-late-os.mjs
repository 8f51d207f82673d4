// Stands in for `node:os` in the bundled command line: who locks asks for the name of the host, and nobody else for anything.

const load = () => process.getBuiltinModule("node:os");

export const hostname = () => load().hostname();
export const tmpdir = () => load().tmpdir();
export const uptime = () => load().uptime();
