// Every planted fault, by package.

import { threadMutants } from "./checkpoint-thread.mjs";
import { diskMutants, walMutants } from "./disk-wal.mjs";
import { cliMutants, domainMutants } from "./domain-cli.mjs";
import { graphMutants, indexerMutants, localMutants } from "./graph.mjs";
import { lookupMutants } from "./lookups.mjs";

/** @type {Readonly<Record<string, readonly import("./plant.mjs").Mutant[]>>} */
export const mutantsByPackage = {
  disk: diskMutants,
  wal: walMutants,
  indexer: indexerMutants,
  "local engine": [...localMutants, ...threadMutants],
  graph: [...graphMutants, ...lookupMutants],
  domain: domainMutants,
  cli: cliMutants,
};
