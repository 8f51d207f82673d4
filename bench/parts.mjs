/** The parts of the bench, in the order of the report, and which of them the words of `--only` mean. */
import { benchBulk } from "./bulk.mjs";
import { benchCommands } from "./commands.mjs";
import { benchCommits } from "./commits.mjs";
import { benchFreshProcess } from "./fresh-process.mjs";
import { benchGrowth } from "./growth.mjs";
import { benchLogBytes } from "./log-bytes.mjs";
import { benchMix } from "./mix.mjs";
import { benchNotice } from "./notice.mjs";
import { benchReads, READ_TITLES } from "./reads.mjs";
import { benchRecovery } from "./recovery.mjs";
import { ROWS } from "./rows.mjs";
import { benchTakeover } from "./takeover.mjs";
import { benchTraversals } from "./traversals.mjs";

/** `titles`: what else `--only` may name. A part with `onlyWhenNamed` is no line of DESIGN section 9. */
export const PARTS = [
  { name: "commits", titles: ROWS.map(({ title }) => title), run: benchCommits },
  { name: "mix", titles: ["LinkBench-like mix"], run: benchMix },
  { name: "log bytes", titles: ["bytes of the log"], run: benchLogBytes },
  { name: "bulk load", titles: [], run: benchBulk },
  { name: "reads", titles: READ_TITLES, run: benchReads },
  { name: "traversals", titles: ["1 hop", "3 hops"], run: benchTraversals },
  { name: "fresh process", titles: ["start-up"], run: benchFreshProcess },
  { name: "recovery", titles: ["first open after SIGKILL"], run: benchRecovery },
  { name: "growth", titles: ["W21", "T18", "size of the store"], run: benchGrowth },
  { name: "takeover", titles: ["kill -9 of a lock holder"], run: benchTakeover },
  { name: "notice", titles: ["another process's commit"], run: benchNotice },
  { name: "commands", titles: [], run: benchCommands, onlyWhenNamed: true },
];

/** The parts with their `wants`, which tells the rows of a part that are meant. */
export function partsFor(words) {
  if (words === undefined) {
    return PARTS.filter(({ onlyWhenNamed }) => !onlyWhenNamed).map((part) => ({ ...part, wants: () => true }));
  }
  const holds = (text) => text.toLowerCase().includes(words.toLowerCase());
  return PARTS.flatMap((part) => {
    if (holds(part.name)) return [{ ...part, wants: () => true }];
    return part.titles.some(holds) ? [{ ...part, wants: holds }] : [];
  });
}
