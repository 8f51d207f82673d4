// Appends records of 1 B to 200 kB to a log, one after the other, each durable before the next.

import { machineClock, nodeDisk } from "@knotwork/disk";
import { Log } from "@knotwork/wal";
import { runChild, seededRandom } from "./child.mjs";

/** @typedef {{ directory: string, quarantineDirectory: string, storeId: string, start: import("@knotwork/wal").LogStart, writer: number, count: number, bytesMax: number }} Job */

await runChild({
  /** @param {Job} job */
  async prepare({ directory, quarantineDirectory, storeId, start }) {
    const disk = nodeDisk();
    return new Log({
      disk,
      clock: machineClock(),
      random: Math.random,
      directory,
      quarantineDirectory,
      storeId,
      writable: true,
      start,
      durableSeq: 0,
      onRecord: () => {},
      lockTimeoutMs: 60_000,
    });
  },
  async work({ writer, count, bytesMax }, log) {
    const random = seededRandom(writer + 1);
    /** @type {{ seq: number, txid: string, bytes: number }[]} */
    const acknowledged = [];
    for (let index = 0; index < count; index += 1) {
      // The sizes are spread over the orders of magnitude; the first two are the ends of the range.
      const bytes = index < 2 ? ([1, bytesMax][index] ?? 1) : Math.ceil(bytesMax ** random());
      const txid = `writer-${writer}-${index}`;
      const draft = {
        txid,
        author: `writer-${writer}`,
        rows: [["blob", bytes]],
        bodies: [JSON.stringify("x".repeat(bytes))],
      };
      const { records, noSpace } = await log.append(() => [draft]);
      if (noSpace !== undefined) throw noSpace;
      const seq = records[0]?.seq ?? 0;
      await log.waitDurable(seq);
      acknowledged.push({ seq, txid, bytes });
    }
    log.close();
    return { acknowledged };
  },
});
