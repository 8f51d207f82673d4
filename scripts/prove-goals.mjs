// The rows of the table that `npm run prove` prints, in order, and how much each must reach.

/**
 * @typedef {object} Goal
 * @property {string} proof the name that the proof's lines bear (`test/prove/figures.ts`)
 * @property {string} counts what is counted
 * @property {number} full how many at least, in all parts together, when run at full size
 * @property {number} [fullPerPart] how many at least in each part
 * @property {number | undefined} [quick] how many at least with `--quick`; without it the row is left out there
 */

/** @type {readonly Goal[]} */
export const goals = [
  { proof: "crash states", counts: "distinct states", full: 20_000, fullPerPart: 500, quick: 1000 },
  { proof: "kills in memory", counts: "distinct states", full: 200, quick: 50 },
  { proof: "faults", counts: "failed calls", full: 5000, quick: 400 },
  { proof: "full disk", counts: "sizes of a tmpfs", full: 256, quick: 3 },
  { proof: "byte changes", counts: "changed bytes", full: 196_608, quick: 5000 },
  { proof: "log damage", counts: "damaged logs", full: 10, quick: 10 },
  { proof: "big log", counts: "MiB recovered", full: 1024 },
  { proof: "kills", counts: "killed processes", full: 10_000, quick: 100 },
  { proof: "histories", counts: "histories", full: 200, quick: 2 },
  { proof: "mutants", counts: "mutants killed", full: 30 },
];
