import { defineConfig } from "vitest/config";

// Packages import each other by name; this condition leads to their sources, so no test of these projects needs a build
// to import what it tests. Tests that start processes run `dist/` and refuse a stale build.
const source = { resolve: { conditions: ["@knotwork/source", "module", "node", "import", "default"] } };
const fromSource = { ssr: source, ...source };

/** `npm run prove` runs the same tests at their full size (test/prove/figures.ts). */
const isFullSize = process.env["KNOT_LONG"] === "1";

export default defineConfig({
  ...fromSource,
  test: {
    pool: "forks",
    // By itself it leaves one core idle: on two cores that doubles the time.
    maxWorkers: "100%",
    projects: [
      {
        // In one process, on the disk in memory wherever possible: seconds.
        ...fromSource,
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "test/{crash,damage,docs,engine,faults,format,isolation,model,types}/**/*.test.ts",
            "scripts/**/*.test.ts",
            "bench/**/*.test.mjs",
          ],
          exclude: ["test/docs/examples.test.ts"],
          testTimeout: isFullSize ? 3_600_000 : 30_000,
        },
      },
      {
        // Starts operating-system processes from dist/, one file after the other: a minute or two.
        ...fromSource,
        test: {
          name: "process",
          include: ["test/process/**/*.test.ts", "test/docs/examples.test.ts"],
          globalSetup: ["test/process/build-is-fresh.ts"],
          testTimeout: isFullSize ? 3_600_000 : 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        // The same kind at full size, for `npm run prove`: many minutes.
        ...fromSource,
        test: {
          name: "long",
          include: ["test/long/**/*.test.ts"],
          globalSetup: ["test/process/build-is-fresh.ts"],
          testTimeout: 1_200_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
