/** The first segment of a new store (ENGINE R3). */
import { writeFully } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import { NO_CRC } from "./line-format.ts";
import type { LogStart } from "./log-tail.ts";
import { encodeSegmentHeader } from "./segment-format.ts";
import { segmentName, walPaths } from "./segment-names.ts";

/** Creates it in `directory` (which must hold no segment), durable on return but for its name: sync the directory. */
export function createFirstSegment(disk: Disk, directory: string, storeId: string): LogStart {
  const name = segmentName(1);
  const file = disk.open(walPaths(directory).segment(name), "create-new");
  try {
    writeFully(file, encodeSegmentHeader({ store: storeId, first: 1, prev: NO_CRC }).bytes, 0);
    file.syncData();
  } finally {
    file.close();
  }
  return { segment: name, seq: 0, crc: NO_CRC, time: "" };
}
